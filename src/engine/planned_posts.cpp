#include "engine/planned_posts.hpp"

#include <string>
#include <utility>
#include <vector>

#include "base/byte_io.hpp"
#include "engine/copy_row.hpp"
#include "engine/owed_row.hpp"

namespace baudot::engine {
namespace {

const std::string all_marked_key = "planned_posts";

// The keys of sightings have 16 or 24 bytes.
constexpr char mark_suffix = 'p';
constexpr std::size_t absent_max = 10'000;

std::string mark_key(chat_id source, message_id message) {
    std::string key;
    put_ordered(key, source);
    put_ordered(key, message);
    key += mark_suffix;
    return key;
}

}  // namespace

result<void> planned_posts::restore(bool is_empty) {
    if (is_empty) rows_.put(store::family::meta, all_marked_key, "1");
    const auto row = rows_.get(store::family::meta, all_marked_key);
    if (!row) return std::unexpected(row.error());
    are_all_marked_ = row->has_value();
    return {};
}

result<void> planned_posts::planned(sequence position, const deliveries_planned& what) {
    std::string key = mark_key(what.source, what.message);
    std::string value;
    if (absent_.erase(key) == 0) {
        auto mark = rows_.get(store::family::seen, key);
        if (!mark) return std::unexpected(mark.error());
        value = std::move(*mark).value_or("");
    }
    put(value, position);
    put(value, static_cast<std::uint32_t>(what.deliveries.size()));
    rows_.put(store::family::seen, std::move(key), std::move(value));
    return {};
}

result<planned_posts::ids> planned_posts::owed_of(std::string_view mark) const {
    ids found;
    byte_reader reader(mark);
    while (!reader.done()) {
        sequence position{};
        std::uint32_t count = 0;
        reader.take(position);
        if (!reader.take(count)) return fail(errc::corrupt, "store: a mark cannot be read");
        for (std::uint32_t index = 0; index < count; index += deliveries_per_row) {
            if (!owed_.owes(position, index, index + deliveries_per_row)) continue;
            const auto value = rows_.get(store::family::pending, encode(row_of({position, index})));
            if (!value) return std::unexpected(value.error());
            if (!*value) return fail(errc::corrupt, "store: what is owed has no row");
            const auto row = owed_row::read(**value, index / deliveries_per_row);
            if (!row) return std::unexpected(row.error());
            for (auto at = row->first(); at < row->last(); ++at) found.insert(row->at(at).id);
        }
    }
    return found;
}

result<void> planned_posts::drop_known(deliveries_planned& what) {
    std::string key = mark_key(what.source, what.message);
    if (absent_.contains(key) && are_all_marked_) return {};
    const auto mark = rows_.get(store::family::seen, key);
    if (!mark) return std::unexpected(mark.error());
    if (!*mark) {
        if (absent_.size() >= absent_max) absent_.clear();  // it only saves a look
        absent_.insert(std::move(key));
        if (are_all_marked_) return {};
    }
    const auto owed = owed_of(mark->value_or(""));
    if (!owed) return std::unexpected(owed.error());
    std::vector<planned_delivery> fresh;
    for (const planned_delivery& each : what.deliveries) {
        if (owed->contains(each.id)) continue;
        const auto row =
            rows_.get(store::family::copies, copy_key(what.source, what.message, each.id));
        if (!row) return std::unexpected(row.error());
        if (!*row) fresh.push_back(each);
    }
    what.deliveries = std::move(fresh);
    return {};
}

}  // namespace baudot::engine
