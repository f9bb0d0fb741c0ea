#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/event.hpp"

namespace baudot::dispatch {

/// What is still owed: the projection of planned, started and settled events onto the
/// deliveries without a fate. Live and at recovery the same calls build the same ledger.
///
/// Guarantee: every planned delivery is in here until a settlement gives it a fate (delivered,
/// rejected, or uncertain and given up). Refused and not_sent settlements undo its start.
/// Every call is idempotent: a replay may overlap what a checkpoint already holds.
///
/// Limits: content is not kept (the journal has it); about 120 bytes per pending delivery.
/// Owned by one shard; not thread-safe.
class ledger {
public:
    enum class state : std::uint8_t { waiting, started, settled };

    struct delivery {
        delivery_id id{};
        chat_id destination{};
        account_id sender{};
        state now = state::waiting;
    };

    /// One planned event with at least one delivery without a fate. Its position is the identity of
    /// its deliveries for ever; its content moves when copy-forward frees an old segment.
    struct entry {
        sequence content_at{};  // the journal's record that holds the content
        chat_id source{};
        message_id message{};
        std::int64_t received_at = 0;  // wall clock, microseconds
        std::uint32_t version = 0;
        std::uint32_t open = 0;  // deliveries not settled
        std::uint16_t route = 0;
        uncertain_policy on_uncertain = uncertain_policy::repeat;
        bool is_stored = false;            // take_changes() or restore() has seen it
        std::vector<delivery> deliveries;  // by index
    };

    /// Told of each delivery that has ended, before its entry may vanish.
    using fate_visitor = std::function<void(const entry&, const settlement&)>;

    /// A planned event became durable at `position`; what nobody can deliver ends with it. False:
    /// nothing is owed anew, because it was known already, only moves the content of an earlier
    /// one (`moved_from`), or nobody can deliver any of it.
    bool planned(sequence position, const deliveries_planned& what, const fate_visitor& fate);

    void started(const deliveries_started& what);

    void settled(const deliveries_settled& what, const fate_visitor& fate);

    const entry* find(sequence position) const;
    const delivery* find(const delivery_ref& ref) const;
    const std::string& route_name(const entry& of) const { return routes_[of.route]; }

    std::size_t pending() const { return pending_; }  // deliveries without a fate
    sequence oldest() const;  // record that holds content of what is owed; sequence{0}: none

    /// Planned events whose content lies before `limit`, in order of planning.
    std::vector<sequence> held_before(sequence limit) const;

    /// Started and without a fate, in order of planning: after a crash these are uncertain.
    std::vector<delivery_ref> started_deliveries() const;

    /// Every entry in order of planning.
    using visitor = std::function<void(sequence, const entry&)>;
    void visit(const visitor& each) const;

    /// What changed since the last call: for each position its value, or null when it is gone and
    /// an earlier call told of it. The values restore() takes.
    using change_visitor = std::function<void(sequence, const std::string* value)>;
    void take_changes(const change_visitor& each);

    /// errc::corrupt when `value` is not one of take_changes().
    result<void> restore(sequence position, std::string_view value);

private:
    std::uint16_t intern(std::string_view route);
    std::string encode(const entry& what) const;
    std::vector<sequence> ordered() const;
    void touch(sequence position, const entry& of) { changed_[position] |= of.is_stored; }

    boost::unordered_flat_map<sequence, entry> entries_;
    boost::unordered_flat_map<sequence, bool> changed_;  // true: the store knows the position
    std::vector<std::string> routes_;                    // interned names; few
    std::size_t pending_ = 0;
};

}  // namespace baudot::dispatch
