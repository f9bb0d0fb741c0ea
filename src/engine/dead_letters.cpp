#include "engine/dead_letters.hpp"

#include <chrono>

#include "base/byte_io.hpp"
#include "base/bytes.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace {

constexpr std::uint8_t row_version = 1;
constexpr std::size_t key_bytes = 12;

std::string key_of(const delivery_ref& letter) {
    std::string key;
    put_ordered(key, letter.planned);
    put_ordered(key, letter.index);
    return key;
}

std::unexpected<error> corrupt() {
    return fail(errc::corrupt, "store: a row of the family dead cannot be read");
}

}  // namespace

// Little-endian: version u8, died_at i64, retried_as u64, fate u8, why u8, length of the
// description u32 and the description, then the planned event as the journal has it.
std::string encode(const dead_letter& what) {
    std::string value;
    put(value, row_version);
    put(value, what.died_at);
    put(value, what.retried_as);
    put(value, what.fate);
    put(value, what.why);
    put(value, static_cast<std::uint32_t>(what.description.size()));
    value += what.description;
    encode(event(what.what), value);
    return value;
}

result<dead_letter> decode_dead_letter(const delivery_ref& letter, std::string_view value) {
    byte_reader reader(value);
    dead_letter what{.letter = letter};
    std::uint8_t version = 0;
    std::uint32_t size = 0;
    std::string_view description;
    const bool is_whole = reader.take(version) && version == row_version &&
                          reader.take(what.died_at) && reader.take(what.retried_as) &&
                          reader.take(what.fate) && reader.take(what.why) && reader.take(size) &&
                          reader.take(size, description);
    if (!is_whole || !is_dead(what.fate) || what.why > reject_class_last) return corrupt();
    what.description = description;
    auto plan = decode_event(event_type::deliveries_planned, reader.rest());
    if (!plan) return std::unexpected(plan.error());
    what.what = std::get<deliveries_planned>(*std::move(plan));
    if (what.what.deliveries.size() != 1 || what.what.variants.size() > 1) return corrupt();
    return what;
}

result<void> dead_letters::restore() {
    result<void> outcome;
    const auto row = [&](std::string_view key, std::string_view value) {
        byte_reader reader(value);
        std::uint8_t version = 0;
        std::int64_t died_at = 0;
        if (key.size() != key_bytes || !reader.take(version) || !reader.take(died_at)) {
            outcome = corrupt();
            return false;
        }
        by_age_.emplace(died_at, delivery_ref{sequence{load_big_endian<std::uint64_t>(key.data())},
                                              load_big_endian<std::uint32_t>(key.data() + 8)});
        return true;
    };
    const result<void> scanned = below_.scan(store::family::dead, "", "", row);
    return scanned ? outcome : scanned;
}

void dead_letters::add(const dead_letter& what) {
    by_age_.emplace(what.died_at, what.letter);
    rows_.put(store::family::dead, key_of(what.letter), encode(what));
}

result<std::optional<dead_letter>> dead_letters::find(const delivery_ref& letter) const {
    const auto row = rows_.get(store::family::dead, key_of(letter));
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::nullopt;
    auto found = decode_dead_letter(letter, **row);
    if (!found) return std::unexpected(found.error());
    return *std::move(found);
}

result<bool> dead_letters::retried(const delivery_ref& letter, sequence as) {
    auto found = find(letter);
    if (!found) return std::unexpected(found.error());
    if (!*found || (*found)->retried_as != sequence{0}) return false;
    (*found)->retried_as = as;
    (*found)->what.variants.clear();
    rows_.put(store::family::dead, key_of(letter), encode(**found));
    return true;
}

result<void> dead_letters::drop(const delivery_ref& letter) {
    const auto found = find(letter);
    if (!found) return std::unexpected(found.error());
    if (!*found) return {};
    by_age_.erase({(*found)->died_at, letter});
    rows_.erase(store::family::dead, key_of(letter));
    return {};
}

result<void> dead_letters::each_from_newest(const visitor& visit) const {
    for (auto at = by_age_.rbegin(); at != by_age_.rend(); ++at) {
        const auto found = find(at->second);
        if (!found) return std::unexpected(found.error());
        if (!*found) return corrupt();
        if (!visit(**found)) break;
    }
    return {};
}

std::optional<dead_letters_dropped> dead_letters::beyond(const letters_kept& kept, std::int64_t now,
                                                         std::size_t most) const {
    const std::int64_t oldest =
        now - std::chrono::duration_cast<std::chrono::microseconds>(kept.age).count();
    dead_letters_dropped what{.letters = {}, .why = drop_reason::age};
    for (const auto& [died_at, letter] : by_age_) {
        if (died_at >= oldest || what.letters.size() == most) break;
        what.letters.push_back(letter);
    }
    if (!what.letters.empty()) return what;
    if (by_age_.size() <= kept.count) return std::nullopt;
    what.why = drop_reason::count;
    for (const auto& [died_at, letter] : by_age_) {
        if (by_age_.size() - what.letters.size() <= kept.count || what.letters.size() == most) {
            break;
        }
        what.letters.push_back(letter);
    }
    return what;
}

}  // namespace baudot::engine
