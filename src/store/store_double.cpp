#include "store/store_double.hpp"

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

result<void> store_double::admit(std::string_view act) const {
    if (!failing_) return {};
    if (failing_->first > 0) {
        --failing_->first;
        return {};
    }
    return fail(failing_->second, "store: injected failure of " + std::string(act));
}

result<void> store_double::admit_write(std::string_view act) {
    if (const auto code = std::exchange(failure_, std::nullopt)) {
        return fail(*code, "store: injected failure of " + std::string(act));
    }
    if (is_full_) return fail(errc::no_space, "store: no room to " + std::string(act));
    return admit(act);
}

result<void> store_double::apply(const write_batch& batch, sequence position) {
    BAUDOT_ASSERT(position >= newest_.position, "positions never go back");
    if (auto admitted = admit_write("apply"); !admitted) return admitted;
    newest_.apply(batch, position);
    unflushed_.emplace_back(batch, position);
    return {};
}

result<std::optional<std::string>> store_double::get(family where, std::string_view key) const {
    if (auto admitted = admit("get"); !admitted) return std::unexpected(admitted.error());
    const auto& rows = newest_.families[std::to_underlying(where)];
    const auto found = rows.find(key);
    if (found == rows.end()) return std::nullopt;
    return found->second;
}

result<void> store_double::scan(family where, std::string_view lower, std::string_view upper,
                                const visitor& visit) const {
    if (auto admitted = admit("scan"); !admitted) return admitted;
    const auto& rows = newest_.families[std::to_underlying(where)];
    for (auto row = rows.lower_bound(lower); row != rows.end(); ++row) {
        if (!upper.empty() && row->first >= upper) break;
        if (!visit(row->first, row->second)) break;
    }
    return {};
}

result<void> store_double::flush() {
    if (auto admitted = admit_write("flush"); !admitted) return admitted;
    flushed_ = newest_;
    unflushed_.clear();
    if (after_flush_) after_flush_();
    return {};
}

result<void> store_double::checkpoint(const std::string& to) {
    if (checkpoints_.contains(to)) {
        return fail(errc::invalid_argument, "checkpoint: " + to + " exists; name a new directory");
    }
    // As the real one: what is copied has been flushed.
    if (auto flushed = flush(); !flushed) return flushed;
    checkpoints_.emplace(to, flushed_);
    return {};
}

void store_double::crash(random_source& random) {
    const std::size_t kept = random.below(unflushed_.size() + 1);
    for (std::size_t at = 0; at < kept; ++at) {
        flushed_.apply(unflushed_[at].first, unflushed_[at].second);
    }
    unflushed_.clear();
    newest_ = flushed_;
}

std::unique_ptr<store_double> store_double::open_checkpoint(const std::string& name) const {
    const auto found = checkpoints_.find(name);
    if (found == checkpoints_.end()) return nullptr;
    auto opened = std::make_unique<store_double>();
    opened->newest_ = opened->flushed_ = found->second;
    return opened;
}

}  // namespace baudot::store
