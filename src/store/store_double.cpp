#include "store/store_double.hpp"

#include <utility>

#include "base/assert.hpp"

namespace baudot::store {

void store_double::contents::apply(const write_batch& batch, sequence at) {
    for (const write_batch::change& each : batch.changes()) {
        auto& rows = families[std::to_underlying(each.where)];
        if (each.value) {
            rows[each.key] = *each.value;
        } else {
            rows.erase(each.key);
        }
    }
    position = at;
}

std::optional<errc> store_double::take_failure() {
    return std::exchange(failure_, std::nullopt);
}

result<void> store_double::apply(const write_batch& batch, sequence position) {
    BAUDOT_ASSERT(position >= newest_.position, "positions never go back");
    if (const auto code = take_failure()) return fail(*code, "store: injected failure of apply");
    newest_.apply(batch, position);
    unflushed_.emplace_back(batch, position);
    return {};
}

result<std::optional<std::string>> store_double::get(family where, std::string_view key) const {
    const auto& rows = newest_.families[std::to_underlying(where)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    return found->second;
}

result<void> store_double::scan(family where, std::string_view lower, std::string_view upper,
                                const visitor& visit) const {
    const auto& rows = newest_.families[std::to_underlying(where)];
    for (auto row = rows.lower_bound(lower); row != rows.end(); ++row) {
        if (!upper.empty() && row->first >= upper) break;
        if (!visit(row->first, row->second)) break;
    }
    return {};
}

result<void> store_double::flush() {
    if (const auto code = take_failure()) return fail(*code, "store: injected failure of flush");
    flushed_ = newest_;
    unflushed_.clear();
    return {};
}

result<void> store_double::checkpoint(const std::string&) {
    return fail(errc::invalid_argument, "store: a store in memory has no files to copy");
}

void store_double::crash(random_source& random) {
    const std::size_t kept = random.below(unflushed_.size() + 1);
    for (std::size_t at = 0; at < kept; ++at) {
        flushed_.apply(unflushed_[at].first, unflushed_[at].second);
    }
    unflushed_.clear();
    newest_ = flushed_;
}

}  // namespace baudot::store
