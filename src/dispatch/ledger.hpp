#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/event.hpp"

namespace baudot::dispatch {

/// Which deliveries are still owed: the projection of planned, started and settled events onto
/// the deliveries without a fate. Live and at recovery the same calls build the same ledger.
///
/// Guarantee: every planned delivery is in here until a settlement gives it a fate (delivered,
/// rejected, or uncertain and given up). Refused and not_sent settlements undo its start; a
/// refused one is tied to its account from then on (P7).
/// Every call is idempotent: a replay may overlap what a checkpoint already holds.
///
/// It knows a delivery by its planned event and its index and nothing else of it: what the
/// delivery is, the rows of the store say, and its content the journal.
///
/// Limits (P8): 8 bytes for a planned event of up to 16 deliveries, about 80 and two bits for each
/// delivery beyond; half as much again where three in four have been settled. Owned by one shard;
/// not thread-safe.
class ledger {
public:
    enum class state : std::uint8_t {
        waiting,
        started,
        settled,
        tied,  // waiting, and for the account to which it was refused
    };

    /// A planned event became durable at `position`. What nobody can deliver ends with it, so that
    /// is never owed. False: nothing is owed anew, because it was known already, only moves the
    /// content of an earlier one (`moved_from`), or nobody can deliver any of it.
    bool planned(sequence position, const deliveries_planned& what);

    void started(const deliveries_started& what);

    /// `fate` is told of each delivery that has ended, when it is no longer owed.
    using fate_visitor = std::function<void(const settlement&)>;
    void settled(const deliveries_settled& what, const fate_visitor& fate);

    /// Of a planned event: whether any of its deliveries, or of those with an index in
    /// [first, last), has no fate.
    bool owes(sequence position) const;
    bool owes(sequence position, std::uint32_t first, std::uint32_t last) const;

    /// Empty: nothing of its planned event is owed.
    std::optional<state> find(const delivery_ref& ref) const;

    /// The journal's record that holds the content of a planned event of which something is owed:
    /// its own, or where copy-forward moved it.
    sequence content_at(sequence position) const;

    std::size_t pending() const { return pending_; }  // deliveries without a fate
    sequence oldest() const;  // record that holds content of what is owed; sequence{0}: none

    /// Planned events whose content lies before `limit`, in order of planning; empty when they
    /// are more than `most`.
    std::vector<sequence> held_before(sequence limit, std::size_t most) const;

    /// Started and without a fate, in order of planning: after a crash these are uncertain.
    std::vector<delivery_ref> started_deliveries() const { return all_in(state::started); }
    std::vector<delivery_ref> tied_deliveries() const { return all_in(state::tied); }

    /// Of each planned event of which something happened since the last call: what restore()
    /// needs to know beside its plan; null when nothing of it is owed any more and an earlier
    /// call told of it.
    using change_visitor = std::function<void(sequence, const std::string* progress)>;
    void take_changes(const change_visitor& each);

    /// In order of position. `count`: deliveries planned; `progress`: the newest of
    /// take_changes(), or empty when there is none. errc::corrupt when it is not one.
    result<void> restore(sequence position, std::uint32_t count, std::string_view progress);

    /// What all of this takes in memory.
    std::size_t bytes() const;

private:
    static constexpr std::uint32_t narrow_max = 16;  // deliveries whose states fit in 32 bits

    // A planned event. Those with more deliveries have their states in wide_, and a count of 0.
    struct plan {
        std::uint32_t distance : 25;  // from the key of its chunk
        std::uint32_t is_stored : 1;  // take_changes() or restore() has seen progress of it
        std::uint32_t is_moved : 1;   // its content: moved_ says where
        std::uint32_t count : 5;
        std::uint32_t states;  // two bits each; all settled: it is dead
    };
    static_assert(sizeof(plan) == 8);

    // Plans by position, as neighbours in one allocation.
    struct chunk {
        std::vector<plan> plans;
        std::size_t dead = 0;
    };
    struct wide_plan {
        std::uint32_t count = 0;
        std::uint32_t open = 0;
        std::vector<std::uint8_t> states;  // four in a byte
    };
    using chunks = std::map<sequence, chunk>;

    struct place {
        chunks::iterator in;
        plan* at = nullptr;  // null: nothing of it is owed
    };
    place locate(sequence position);
    const plan* locate(sequence position) const;
    void add(sequence position, std::uint32_t count);
    void bury(chunks::iterator in, plan& dead);
    void shrink(chunks::iterator in);
    static bool is_dead(const plan& what);
    bool has_open(const plan& what, sequence position) const;
    std::uint32_t count_of(const plan& what, sequence position) const;
    state get(const plan& what, sequence position, std::uint32_t index) const;
    void set(plan& what, sequence position, std::uint32_t index, state to);
    std::string progress_of(const plan& what, sequence position) const;
    std::vector<delivery_ref> all_in(state wanted) const;
    template <class Visit>
    void each_live(Visit visit) const;

    chunks chunks_;
    boost::unordered_flat_map<sequence, wide_plan> wide_;
    boost::unordered_flat_map<sequence, sequence> moved_;
    boost::unordered_flat_map<sequence, bool> changed_;  // true: the store knows of progress
    sequence newest_{};
    std::size_t pending_ = 0;
};

}  // namespace baudot::dispatch
