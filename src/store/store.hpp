#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace baudot::store {

/// Kinds of point state, a RocksDB column family each. Names are stored: append only.
enum class family : std::uint8_t {
    meta,     // about the whole: fingerprint of the rules, clean-stop mark
    cursors,  // per account: next update id to confirm
    seen,     // per source message: newest version, digest of its content
    pending,  // planned and not wholly settled deliveries, by position
    copies,   // source message -> its copies
    holds,    // server waits
    chats,    // resolved names, migrations, memberships
    dead,     // dead letters, by delivery
    limits,   // what was learned of limits that nobody publishes
};
constexpr std::size_t family_count = 9;

/// Changes that become visible and durable together.
class write_batch {
public:
    struct change {
        family where;
        std::string key;
        std::optional<std::string> value;  // empty: erase
    };

    void put(family where, std::string key, std::string value) {
        changes_.push_back({where, std::move(key), std::move(value)});
    }
    void erase(family where, std::string key) {
        changes_.push_back({where, std::move(key), std::nullopt});
    }
    bool empty() const { return changes_.empty(); }
    void clear() { changes_.clear(); }
    const std::vector<change>& changes() const { return changes_; }

private:
    std::vector<change> changes_;
};

/// Point state projected from the journal. There is no log of its own: what was applied after
/// the last flush is lost in a crash, a prefix of the batches always remains, and the journal
/// after position() brings the rest back.
///
/// One writer; readers, and flush() and checkpoint(), on any thread beside it. Destroying it
/// flushes nothing. Errors: errc::io_failed, errc::no_space, errc::corrupt.
class store {
public:
    virtual ~store() = default;

    /// Visible at once. `position`: the newest journal record whose effect is included; never
    /// goes back. Usually microseconds (a memtable insert); may block when the disk is behind.
    virtual result<void> apply(const write_batch& batch, sequence position) = 0;

    virtual result<std::optional<std::string>> get(family where, std::string_view key) const = 0;

    /// Keys in [lower, upper) in byte order; an empty `upper` means to the end. Return false
    /// to stop.
    using visitor = std::function<bool(std::string_view key, std::string_view value)>;
    virtual result<void> scan(family where, std::string_view lower, std::string_view upper,
                              const visitor& visit) const = 0;

    /// Makes everything applied so far durable, all families together. Blocking.
    virtual result<void> flush() = 0;

    virtual sequence position() const = 0;          // of the newest batch applied
    virtual sequence flushed_position() const = 0;  // at least this survives a crash

    /// A consistent copy in the new directory `to`, by hard links where possible. Flushes.
    /// errc::invalid_argument when `to` exists. Blocking.
    virtual result<void> checkpoint(const std::string& to) = 0;
};

}  // namespace baudot::store
