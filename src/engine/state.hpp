#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "dispatch/ledger.hpp"
#include "engine/copy_row.hpp"
#include "engine/dead_letters.hpp"
#include "engine/overlay.hpp"
#include "engine/owed_row.hpp"
#include "engine/planned_posts.hpp"
#include "engine/row_cache.hpp"
#include "engine/waiting_posts.hpp"
#include "model/delivery_id.hpp"
#include "model/event.hpp"
#include "schedule/limit_scope.hpp"
#include "store/store.hpp"

namespace baudot::engine {

/// A post that is durable and not yet planned. The content of the oldest is in memory, up to a
/// bound in bytes; the journal has all of it. Of the others not even this is in memory: they are
/// rows of the store.
struct unplanned_post {
    sequence position{};
    std::uint32_t version = 0;
    std::unique_ptr<const update> what;  // null: read it from the journal
};

/// What a post takes in memory, about.
std::size_t bytes_in_memory(const update& what);

/// Everything that the journal says, as far as it has been applied: the projection of
/// ARCHITECTURE.md rule 1. apply() is the only way in, live and at recovery, so both give the
/// same state; restore() continues from what the last commit() left in the store.
///
/// Pure but for the store below it. Owned by one shard.
class state {
public:
    /// Of posts without a plan: how many memory knows of at most, and how many bytes of content it
    /// keeps.
    state(store::store& below, std::size_t unplanned_max, std::size_t unplanned_bytes_max)
        : rows_(below),
          below_(below),
          posts_(rows_, owed_),
          waiting_(rows_, below),
          dead_(rows_, below),
          unplanned_max_(unplanned_max),
          unplanned_bytes_max_(unplanned_bytes_max) {}

    /// Loads the committed state; tells of what is owed, in the order in which it was planned. Next
    /// to apply: the record after position().
    using owed_visitor = std::function<void(const delivery_ref&, const owed_delivery&)>;
    result<void> restore(const owed_visitor& owes);

    /// One durable event, in the order of the journal. errc::corrupt when the store holds what
    /// cannot be read; the store's errors.
    result<void> apply(sequence position, const event& what);

    /// Everything applied so far becomes one batch of the store.
    result<void> commit();

    /// The oldest record that the store, as of the last commit(), needs from the journal beside
    /// it; later commits need no older one. To be asked right after commit() or restore().
    sequence needed_from() const;

    sequence position() const { return position_; }  // newest applied
    std::size_t uncommitted() const { return rows_.changes(); }
    bool is_dirty() const { return position_ != below_.position(); }

    const dispatch::ledger& owed() const { return owed_; }
    const dead_letters& dead() const { return dead_; }

    /// What the delivery is. errc::corrupt when nobody owes it; the store's errors.
    result<owed_delivery> find_owed(const delivery_ref& ref);

    /// The first of the posts that still need a plan, in order of arrival: unplanned_max.
    /// planned() events remove them, and pass_unplanned() those for which no route cared.
    const std::deque<unplanned_post>& unplanned() const { return unplanned_; }
    bool has_unplanned() const { return !unplanned_.empty() || has_more_unplanned_; }
    void pass_unplanned();

    /// Brings more of them from the store where few are left: at least half of unplanned_max, or
    /// all, are there then. May commit().
    result<void> fetch_unplanned();

    /// Posts that wait for what an external API answers, before they are planned.
    const waiting_posts& waiting() const { return waiting_; }

    /// The next update id to ask for; update_id{0}: none known.
    update_id cursor(account_id account) const;

    /// Takes away what has been planned before (P2). The store's errors; errc::corrupt.
    result<void> drop_known(deliveries_planned& what) { return posts_.drop_known(what); }

    /// The message that the delivery with this key has become; 0: none, as far as is known. The
    /// store's errors.
    result<message_id> copy_of(const delivery_key& key) const;

    /// Where a basic group moved to, or the chat itself.
    chat_id resolve(chat_id chat) const;

    /// Server waits, until when: wall clock, microseconds.
    const std::map<limit_scope, std::int64_t>& holds() const { return holds_; }

    /// Forgets those of which `is_over` says so; the rows go with the next commit().
    void drop_holds(const std::function<bool(const limit_scope&)>& is_over);

    /// What was learned of a limit. The store's errors.
    result<std::optional<limit_learned>> limit(const limit_scope& of) const;

    /// Hash of the rule set of the last rules_changed.
    const std::string& rules_fingerprint() const { return rules_fingerprint_; }

    /// Told of each new plan and each settlement, after it was applied; for the lanes and the
    /// figures.
    struct listener {
        std::function<void(sequence, const deliveries_planned&)> planned;
        std::function<void(const owed_delivery&, const settlement&)> fate;
        /// Started by another account than before: `sender` is the new one.
        std::function<void(const delivery_ref&, const owed_delivery&)> moved{};
    };
    void listen(listener to) { listener_ = std::move(to); }

private:
    result<void> apply_one(sequence position, const update_received& what);
    result<void> apply_one(sequence position, const deliveries_planned& what);
    result<void> apply_one(sequence position, const deliveries_started& what);
    result<void> apply_one(sequence position, const deliveries_settled& what);
    result<void> apply_one(sequence position, const hold_set& what);
    result<void> apply_one(sequence position, const rules_changed& what);
    result<void> apply_one(sequence position, const chat_migrated& what);
    result<void> apply_one(sequence position, const dead_letters_dropped& what);
    result<void> apply_one(sequence position, const limit_learned& what);
    result<void> apply_one(sequence position, const post_waits& what);

    static constexpr std::size_t owed_rows_max = 8'192;  // some 600 bytes each, where it is full

    result<void> pass_through(sequence cause);
    void put_copies(sequence position, const deliveries_planned& what);
    void put_owed(sequence position, const deliveries_planned& what);
    result<void> move(const delivery_ref& ref, account_id to);
    result<void> end(const settlement& fate);
    void end(const owed_delivery& of, const settlement& fate);

    using stored_progress = std::pair<sequence, std::string>;  // of the planned event
    result<void> restore_pending(const owed_visitor& owes);
    result<void> restore_owed(const pending_key& key, std::string_view value,
                              stored_progress& newest, const owed_visitor& owes);
    result<void> restore_meta();
    result<void> restore_chats();

    overlay rows_;
    store::store& below_;
    dispatch::ledger owed_;
    row_cache owed_rows_{owed_rows_max};
    planned_posts posts_;
    waiting_posts waiting_;
    dead_letters dead_;
    const std::size_t unplanned_max_;
    const std::size_t unplanned_bytes_max_;
    std::size_t unplanned_bytes_ = 0;  // of those in unplanned_ that have their content
    std::deque<unplanned_post> unplanned_;
    bool has_more_unplanned_ = false;  // behind those; all that come now stand there too
    sequence unplanned_end_{};         // the last that has been in unplanned_
    boost::unordered_flat_map<account_id, update_id> cursors_;
    boost::unordered_flat_map<chat_id, chat_id> migrated_;
    std::map<limit_scope, std::int64_t> holds_;
    std::string rules_fingerprint_;
    sequence position_{};
    listener listener_;
};

}  // namespace baudot::engine
