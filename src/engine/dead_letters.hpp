#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "engine/overlay.hpp"
#include "model/event.hpp"
#include "store/store.hpp"

namespace baudot::engine {

/// A delivery that was rejected, expired, or uncertain and given up, with what it would have sent.
struct dead_letter {
    delivery_ref letter;       // where it was planned: its name
    std::int64_t died_at = 0;  // wall clock, microseconds
    sequence retried_as{};     // the planned event in which it is owed again; 0: it is dead
    outcome_kind fate = outcome_kind::rejected;
    reject_class why = reject_class::none;
    std::string description;  // Telegram's words
    deliveries_planned what;  // one delivery; no variant: its content is not known

    const planned_delivery& delivery() const { return what.deliveries.front(); }

    /// Nobody knows whether it was sent: to retry it may double it.
    bool may_double() const { return fate == outcome_kind::uncertain; }

    friend bool operator==(const dead_letter&, const dead_letter&) = default;
};

// Values of the store's family `dead` (docs/formats.md); the key is the letter's name, big-endian.
std::string encode(const dead_letter& what);
result<dead_letter> decode_dead_letter(const delivery_ref& letter, std::string_view value);

/// How long and how many letters are kept.
struct letters_kept {
    duration age = std::chrono::hours(24 * 30);
    std::size_t count = 10'000;
};

/// The dead letters, each whole in a row of the store, so that no journal segment has to stay for
/// one; memory has only their order. A letter that is retried leaves a mark, without its content,
/// that says what became of it; marks are kept as long as letters.
///
/// A part of `state`: changed only by events. About 64 bytes a letter. Owned by one shard.
class dead_letters {
public:
    dead_letters(overlay& rows, const store::store& below) : rows_(rows), below_(below) {}

    result<void> restore();

    void add(const dead_letter& what);
    result<std::optional<dead_letter>> find(const delivery_ref& letter) const;

    /// False: it is no letter, or it is owed again already.
    result<bool> retried(const delivery_ref& letter, sequence as);
    result<void> drop(const delivery_ref& letter);

    /// From the one that died last; false: enough. errc::corrupt; the store's errors.
    using visitor = std::function<bool(const dead_letter&)>;
    result<void> each_from_newest(const visitor& visit) const;

    /// What is to be dropped, the oldest first, at most `most` of one reason.
    std::optional<dead_letters_dropped> beyond(const letters_kept& kept, std::int64_t now,
                                               std::size_t most) const;

    std::size_t size() const { return by_age_.size(); }  // with marks

private:
    overlay& rows_;
    const store::store& below_;
    std::set<std::pair<std::int64_t, delivery_ref>> by_age_;
};

}  // namespace baudot::engine
