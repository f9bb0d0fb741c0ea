#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "async/blocking_pool.hpp"
#include "async/task_group.hpp"
#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "dispatch/lanes.hpp"
#include "dispatch/verdict.hpp"
#include "engine/contents.hpp"
#include "engine/planner.hpp"
#include "engine/planning_room.hpp"
#include "engine/relay_options.hpp"
#include "engine/state.hpp"
#include "journal/journal.hpp"
#include "model/event.hpp"
#include "schedule/pacer.hpp"
#include "store/store.hpp"
#include "telegram/account.hpp"

namespace baudot::engine {

class roster;

/// A delivery of which nobody knows whether it was sent: found started and without a fate at
/// recovery, or its request got no answer.
using uncertain_delivery = owed_delivery;

/// An operator's wish that a dead letter is owed again.
struct retry_order {
    delivery_ref letter;
    account_id sender{};      // 0: who it was planned for
    bool may_double = false;  // also when it may have been sent
};

/// What to tell people about; called on the shard, never blocks. Every member may be empty.
struct relay_listener {
    std::function<void(const deliveries_planned&)> planned;
    std::function<void(const owed_delivery&, const settlement&)> fate;
    std::function<void(const uncertain_delivery&)> repeated;  // no answer came: it goes again
    std::function<void(account_id)> account_lost;
    std::function<void(const error&)> no_space;
};

/// The pipeline of one shard: intake, planning, dispatch and settlement around one journal.
///
/// It works in turns. A turn gathers what has come up (settlements, waits, new updates, plans
/// for posts that are durable, starts for lanes that hold a permit), appends all of it at once,
/// and only then acts: acknowledges updates (P1), sends what was started (P3), uses what was
/// learned (P6). While one append is under way the next turn's facts gather, which batches under
/// load and waits for nothing when there is none.
///
/// Everything runs on one shard. What is passed in outlives the relay.
class relay {
public:
    relay(const boost::asio::any_io_executor& shard, timer_service& timers, journal::journal& log,
          store::store& rows, blocking_pool& disk, pace rates, std::uint64_t seed,
          relay_options options);
    ~relay();

    /// Rebuilds the state: the store, then the journal after it. Before anything else; blocking.
    /// Deliveries to be skipped get their fate with the first turn.
    result<std::vector<uncertain_delivery>> recover();

    /// After recover(), and again whenever the rules change. `rules`: what `plan` goes by; recorded
    /// when it differs from what went before. It holds from the next turn on: each post is planned
    /// by one of the two, those that came first by the old ones, and the journal says where they
    /// meet. What is planned stays as it is; posts that wait for an external API are asked about
    /// anew, and those whose route is gone leave its queue.
    void set_rules(planner plan, rules_changed rules);

    /// How long and how many dead letters are kept, from now on.
    void keep_letters(const letters_kept& how) { options_.dead_letters = how; }

    /// Something that the plan of a post waited for may be there. On the shard; does not block.
    void answers_came();

    void set_listener(relay_listener listener) { listener_ = std::move(listener); }

    /// From now on `by` sends for `account`, also after it was lost. Its deliveries wait until
    /// then, or another account sends them.
    void add_account(account_id account, telegram::account& by);

    /// Who else can send what an account cannot. Without it each account is on its own. It outlives
    /// the relay.
    void set_roster(const roster& who);

    /// The account is not here, and will not be as far as is known: 401, or it has left the
    /// configuration. What it owes goes through others that can; what is tied to it (P7) becomes a
    /// dead letter `unauthorized` where they can go on with its lane. Without others it all waits.
    void lose_account(account_id account);

    /// Durable when it returns: the updates may be confirmed to Telegram. errc::shutting_down
    /// after stop(); the journal's errors.
    boost::asio::awaitable<result<void>> accept(telegram::update_batch updates);

    /// Each of these letters is owed again: planned anew as it was, with its id, behind what its
    /// lane holds already. Durable when it returns, with the planned event of each, or why there is
    /// none: errc::not_found, it is no letter; errc::conflict, it has been retried; and
    /// errc::invalid_argument: its content is not known, nobody is known who could send it, or it
    /// may double and that was not allowed. The errors of accept().
    using retries = std::vector<result<sequence>>;
    boost::asio::awaitable<result<retries>> retry(std::vector<retry_order> orders);

    /// These letters are gone when it returns; what is none is passed over. The errors of accept().
    boost::asio::awaitable<result<void>> drop(std::vector<delivery_ref> letters);

    /// Turns until stop() and drained, or until the journal or the store fails for good. Cancelling
    /// it is the hard stop: errc::cancelled, and what was in flight is uncertain at the next start.
    boost::asio::awaitable<result<void>> run();

    /// Makes the state so far durable in the store and lets the journal forget what neither the
    /// store nor a pending delivery needs. Where little is still owed in segments that are beyond
    /// journal.keep, that little is copied forward by the next turns, so that one held chat cannot
    /// pin the disk. The owner calls it now and then, and run() at its end.
    /// What comes back is the oldest record that the store needs beside it from now on.
    boost::asio::awaitable<result<sequence>> checkpoint();

    /// No more updates; what is owed is sent until `deadline`, then nothing new is started; run()
    /// returns when the requests in flight have ended. A second call may only shorten it.
    void stop(time_point deadline);

    const state& facts() const { return state_; }
    std::size_t waiting() const { return lanes_.waiting(); }
    std::size_t arriving() const { return arrivals_.size() + taken_.size(); }  // not yet durable
    bool is_waiting_for_room() const { return is_journal_full_ || is_store_full_; }
    std::size_t in_flight() const { return lanes_.in_flight(); }
    std::vector<std::pair<account_id, std::size_t>> waiting_by_account() const {
        return lanes_.waiting_by_account();
    }

    /// Every limit that is being learned, in no order.
    std::vector<limit_view> limits() const { return pacer_.view(timers_.now()); }

    /// What is owed takes so much in memory, beside contents and what the store caches.
    std::size_t bytes_owed() const { return state_.owed().bytes() + lanes_.bytes(); }

private:
    struct arrival;
    struct started_send {
        dispatch::lanes::permit permit;
        std::shared_ptr<const deliveries_planned> plan;
        paced_call call;
        std::unique_ptr<const operation> linked{};  // sent instead of what was planned; null: that

        const operation& what() const {
            if (linked) return *linked;
            return plan->variants.at(plan->deliveries.at(permit.delivery.index).variant);
        }
    };
    class account_gate;

    // relay_recovery.cpp
    result<void> replay();
    result<std::vector<uncertain_delivery>> judge_uncertain();
    result<void> restore_ties();
    void restore_holds();
    void fill_lanes(sequence position, const deliveries_planned& what);
    time_point expiry(const delivery_terms& terms, std::int64_t received_at) const;
    void on_planned(sequence position, const deliveries_planned& what);

    // relay.cpp: one turn, in this order
    boost::asio::awaitable<result<void>> turn();
    void take_rules();
    boost::asio::awaitable<result<void>> make_plans(std::vector<event>& plans, planning_room& room);
    boost::asio::awaitable<result<void>> make_moves(std::vector<event>& plans);
    boost::asio::awaitable<result<void>> make_starts();
    boost::asio::awaitable<result<void>> fill_letters();
    void drop_old_letters();
    void settle_expired();
    void settle_given_up();
    std::vector<account_id> senders_of_starts() const;
    std::vector<event> gather(std::vector<event> plans);
    boost::asio::awaitable<result<sequence>> append(const std::vector<event>& events);
    boost::asio::awaitable<result<void>> act(sequence first, const std::vector<event>& events);
    void answer_taken(const result<void>& with);
    void pass_planned();
    boost::asio::awaitable<result<void>> commit_if_due();
    boost::asio::awaitable<result<void>> commit();
    boost::asio::awaitable<result<void>> with_room(std::function<result<void>()> act);
    void choose_moves();
    boost::asio::awaitable<void> wait_for_work();
    boost::asio::awaitable<result<bool>> wake_up();
    void notify();
    bool is_over() const;

    // relay_waiting.cpp
    result<void> make_waited_plans(std::vector<event>& plans, planning_room& room);
    result<void> plan_queue(const waiting_posts::queue_key& queue,
                            const std::deque<sequence>& posts, std::vector<event>& plans,
                            planning_room& room);
    result<bool> add_plans(std::vector<deliveries_planned> made, std::vector<event>& plans,
                           planning_room& room);

    // relay_letters.cpp
    result<event> plan_again(const retry_order& order) const;
    result<void> why_not(const retry_order& order, const dead_letter& of) const;
    boost::asio::awaitable<result<void>> append_soon(std::vector<event> events);

    // relay_links.cpp
    result<void> link(started_send& what) const;
    result<message_id> find_copy(const deliveries_planned& plan, const own_links& own,
                                 chat_id destination, message_id post) const;
    void settle_nothing_left(const started_send& what);

    // relay_send.cpp
    boost::asio::awaitable<result<std::shared_ptr<const deliveries_planned>>> content_of(
        sequence planned);
    void begin(started_send what);
    void put_back(const dispatch::lanes::permit& permit, time_point not_before);
    boost::asio::awaitable<void> send(started_send what);
    void on_outcome(const started_send& sent, const outcome& what);
    void hold(const paced_call& call, const outcome& what);
    paced_call call_of(const dispatch::lanes::permit& permit, const deliveries_planned& plan) const;
    std::optional<learned_limit> recall(const limit_scope& scope) const;
    void note_lessons();

    boost::asio::any_io_executor shard_;
    timer_service& timers_;
    journal::journal& journal_;
    store::store& rows_;
    blocking_pool& disk_;
    relay_options options_;
    planner plan_;
    std::optional<std::pair<planner, rules_changed>> next_rules_;  // of the next turn
    relay_listener listener_;
    random_source random_;

    state state_;
    contents contents_;
    pacer pacer_;
    dispatch::lanes lanes_;
    boost::unordered_flat_map<account_id, telegram::account*> accounts_;
    boost::unordered_flat_map<account_id, std::uint32_t> failures_;  // in a row, per account
    std::map<delivery_ref, std::uint32_t> tries_;  // without an answer, of what is repeated

    std::deque<std::shared_ptr<arrival>> arrivals_;
    std::vector<std::shared_ptr<arrival>> taken_;  // of the turn under way
    std::vector<event> facts_;          // settlements, holds, migrations of the next turn
    std::vector<started_send> starts_;  // permits whose start the next append makes durable
    std::deque<sequence> moves_;        // planned events to be copied forward
    sequence planned_through_{};        // posts up to here have been given to plan_
    std::optional<time_point> stop_at_;
    time_point committed_at_{};
    bool is_journal_full_ = false;
    bool is_store_full_ = false;
    bool has_answers_ = true;  // posts that wait are to be looked at
    bool work_ = false;        // something came up since the turn began
    boost::asio::steady_timer wake_;
    std::unique_ptr<account_gate> gate_;
    task_group sends_;  // last: its tasks use everything above
};

}  // namespace baudot::engine
