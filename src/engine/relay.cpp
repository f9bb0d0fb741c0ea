#include "engine/relay.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "async/with_deadline.hpp"
#include "base/assert.hpp"
#include "engine/account_gate.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace asio = boost::asio;

// What came from outside, and whoever brought it waits until it is durable.
struct relay::arrival {
    arrival(const asio::any_io_executor& shard, std::vector<event> what)
        : events(std::move(what)), durable(shard, asio::steady_timer::time_point::max()) {}

    std::vector<event> events;
    std::optional<result<void>> done;
    asio::steady_timer durable;  // cancelled when `done` is set
};

relay::relay(const asio::any_io_executor& shard, timer_service& timers, journal::journal& log,
             store::store& rows, blocking_pool& disk, pace rates, std::uint64_t seed,
             relay_options options)
    : shard_(shard),
      timers_(timers),
      journal_(log),
      rows_(rows),
      disk_(disk),
      options_(options),
      random_(seed),
      state_(rows, options.posts_max, options.post_bytes_max),
      contents_(options.content_bytes_max),
      pacer_(rates, [this](const limit_scope& scope) { return recall(scope); }),
      wake_(shard, asio::steady_timer::time_point::max()),
      gate_(std::make_unique<account_gate>(pacer_, state_, accounts_)),
      sends_(shard) {}

relay::~relay() = default;

void relay::add_account(account_id account, telegram::account& by) {
    accounts_[account] = &by;
    gate_->regain(account);
    lanes_.resume_account(account);
    notify();
}

void relay::set_roster(const roster& who) {
    gate_->go_by(&who);
}

void relay::lose_account(account_id account) {
    gate_->lose(account);
    lanes_.resume_account(account);  // to find out
    notify();
}

void relay::set_rules(planner plan, rules_changed rules) {
    next_rules_.emplace(std::move(plan), std::move(rules));
    notify();
}

// Between two turns only: all that a turn plans stands behind this in the journal.
void relay::take_rules() {
    if (!next_rules_) return;
    plan_ = std::move(next_rules_->first);
    has_answers_ = true;  // it may need others, or none
    rules_changed& rules = next_rules_->second;
    if (rules.fingerprint != state_.rules_fingerprint()) facts_.emplace_back(std::move(rules));
    next_rules_.reset();
}

asio::awaitable<result<void>> relay::accept(telegram::update_batch updates) {
    std::vector<event> events;
    events.reserve(updates.size());
    const std::int64_t now = timers_.wall_now().time_since_epoch().count();
    for (update& each : updates) {
        each.received_at = now;
        events.emplace_back(update_received{std::move(each)});
    }
    return append_soon(std::move(events));
}

asio::awaitable<result<void>> relay::append_soon(std::vector<event> events) {
    if (stop_at_) co_return fail(errc::shutting_down, "intake is closed");
    const auto mine = std::make_shared<arrival>(shard_, std::move(events));
    arrivals_.push_back(mine);
    notify();
    while (!mine->done) co_await mine->durable.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return *mine->done;
}

void relay::stop(time_point deadline) {
    stop_at_ = stop_at_ ? std::min(*stop_at_, deadline) : deadline;
    notify();
}

bool relay::is_over() const {
    if (!stop_at_ || lanes_.in_flight() > 0 || !facts_.empty() || !arrivals_.empty()) return false;
    const bool owes = state_.owed().pending() > 0 || state_.has_unplanned();
    return !owes || timers_.now() >= *stop_at_;
}

asio::awaitable<result<void>> relay::run() {
    result<void> outcome;
    try {
        while (outcome && !is_over()) outcome = co_await turn();
    } catch (const boost::system::system_error& aborted) {
        if (aborted.code() != asio::error::operation_aborted) throw;
        outcome = fail(errc::cancelled, "stopped hard; what was in flight is uncertain");
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    // What still waits, or comes later, learns that it will not become durable.
    stop_at_ = timers_.now();
    std::ranges::move(std::exchange(arrivals_, {}), std::back_inserter(taken_));
    answer_taken(fail(errc::shutting_down, "the relay stopped"));
    if (!outcome) sends_.request_stop();
    co_await sends_.join();
    if (!outcome) co_return outcome;
    const auto made = co_await checkpoint();
    if (!made) co_return std::unexpected(made.error());
    co_return outcome;
}

// Nothing may suspend between gather() and the append: a settlement that came up in between
// would stand behind the start of its successor.
asio::awaitable<result<void>> relay::turn() {
    work_ = false;
    take_rules();
    std::vector<event> plans;
    planning_room room(options_, state_.owed().pending());
    if (auto made = make_waited_plans(plans, room); !made) co_return made;
    if (auto made = co_await make_plans(plans, room); !made) co_return made;
    if (auto made = co_await make_moves(plans); !made) co_return made;
    if (auto made = co_await make_starts(); !made) co_return made;
    drop_old_letters();
    note_lessons();
    if (auto filled = co_await fill_letters(); !filled) co_return filled;

    const std::vector<event> events = gather(std::move(plans));
    if (events.empty()) {
        pass_planned();
        if (auto committed = co_await commit_if_due(); !committed) co_return committed;
        if (!work_) co_await wait_for_work();
        co_return result<void>{};
    }
    const result<sequence> first = co_await append(events);
    if (!first) {
        answer_taken(std::unexpected(first.error()));
        co_return std::unexpected(first.error());
    }
    co_return co_await act(*first, events);
}

asio::awaitable<result<void>> relay::make_plans(std::vector<event>& plans, planning_room& room) {
    auto fetched = co_await with_room([this] { return state_.fetch_unplanned(); });
    if (!fetched) co_return fetched;
    std::set<waiting_posts::queue_key> behind;  // of this turn
    for (std::size_t made = 0; made < options_.plans_per_turn && !room.is_full(); ++made) {
        if (!plan_ || made >= state_.unplanned().size()) break;
        // Planned posts leave the front only when the turn is applied, so this one stays.
        const unplanned_post& post = state_.unplanned()[made];
        event read;
        const update* what = post.what.get();
        if (!what) {
            const auto record = co_await journal_.read(post.position);
            if (!record) co_return std::unexpected(record.error());
            auto decoded = decode_event(event_type::update_received, record->payload);
            if (!decoded) co_return std::unexpected(decoded.error());
            read = std::move(*decoded);
            what = &std::get<update_received>(read).what;
        }
        const chat_id source = what->content.chat;
        const auto is_behind = [&](std::string_view route) {
            return state_.waiting().is_behind(route, source) ||
                   behind.contains(waiting_posts::queue_key(route, source));
        };
        post_plan plan = plan_({.what = *what,
                                .version = post.version,
                                .position = post.position,
                                .is_behind = is_behind});
        if (auto added = add_plans(std::move(plan.plans), plans, room); !added) {
            co_return std::unexpected(added.error());
        }
        for (std::string& route : plan.waiting) {
            behind.emplace(route, source);
            plans.emplace_back(
                post_waits{post.position, post.version, std::move(route), update(*what)});
            has_answers_ = true;  // to be looked at, now that it will be in its queue
        }
        planned_through_ = post.position;
        work_ = true;
    }
    co_return result<void>{};
}

// The content alone moves: its deliveries keep their position, so a move needs no care for what is
// in flight, and whichever of the two a crash leaves is whole.
asio::awaitable<result<void>> relay::make_moves(std::vector<event>& plans) {
    for (std::size_t made = 0; made < options_.moves_per_turn && !moves_.empty(); ++made) {
        const sequence planned = moves_.front();
        moves_.pop_front();
        if (!state_.owed().owes(planned)) continue;
        auto content = co_await content_of(planned);
        if (!content) co_return std::unexpected(content.error());
        deliveries_planned moved = **content;
        moved.moved_from = planned;
        plans.emplace_back(std::move(moved));
        work_ = true;
    }
    co_return result<void>{};
}

asio::awaitable<result<void>> relay::make_starts() {
    const bool may_start = !stop_at_ || timers_.now() < *stop_at_;
    if (!may_start || lanes_.in_flight() >= options_.in_flight_max) co_return result<void>{};
    std::vector<dispatch::lanes::permit> permits;
    lanes_.take(timers_.now(), *gate_, options_.in_flight_max - lanes_.in_flight(), permits);
    settle_expired();
    settle_given_up();
    for (const dispatch::lanes::permit& each : permits) {
        auto plan = co_await content_of(each.delivery.planned);
        if (!plan) co_return std::unexpected(plan.error());
        const paced_call call = call_of(each, **plan);
        if (const admission goes = pacer_.spend(timers_.now(), call); !goes.admitted) {
            put_back(each, goes.retry_at);
            continue;
        }
        starts_.push_back({.permit = each, .plan = std::move(*plan), .call = call});
    }
    co_return result<void>{};
}

void relay::drop_old_letters() {
    const std::int64_t now = timers_.wall_now().time_since_epoch().count();
    auto old = state_.dead().beyond(options_.dead_letters, now, options_.letters_per_turn);
    if (!old) return;
    facts_.emplace_back(*std::move(old));
    work_ = true;  // there may be more
}

// Last before gather(): what dies while this waits joins behind, and is filled, too.
asio::awaitable<result<void>> relay::fill_letters() {
    for (std::size_t at = 0; at < facts_.size(); ++at) {
        const auto settled = [&] { return std::get_if<deliveries_settled>(&facts_[at]); };
        for (std::size_t each = 0; settled() && each < settled()->settlements.size(); ++each) {
            const settlement& fate = settled()->settlements[each];
            if (!is_dead(fate.kind) || fate.letter) continue;
            const delivery_ref of = fate.delivery;
            const auto plan = co_await content_of(of.planned);
            if (!plan) co_return std::unexpected(plan.error());
            settlement& dead = settled()->settlements[each];  // all of them may have moved
            dead.letter = cut_out(**plan, of.index);
            dead.at = timers_.wall_now().time_since_epoch().count();
        }
    }
    co_return result<void>{};
}

// Rule 5: what came too late to be sent is a dead letter that says so.
void relay::settle_expired() {
    deliveries_settled late;
    for (const delivery_ref& each : lanes_.take_expired()) {
        late.settlements.push_back({.delivery = each,
                                    .kind = outcome_kind::rejected,
                                    .message = {},
                                    .why = reject_class::expired,
                                    .description = "its route's expire_after was over"});
    }
    if (!late.settlements.empty()) facts_.emplace_back(std::move(late));
}

// P7: another account would only dodge what its own one was refused.
void relay::settle_given_up() {
    deliveries_settled ended;
    for (const delivery_ref& each : lanes_.take_given_up()) {
        ended.settlements.push_back({.delivery = each,
                                     .kind = outcome_kind::rejected,
                                     .message = {},
                                     .why = reject_class::unauthorized,
                                     .description = "its account is lost, and had tried it"});
    }
    if (!ended.settlements.empty()) facts_.emplace_back(std::move(ended));
}

// Empty: each by whom it was planned for.
std::vector<account_id> relay::senders_of_starts() const {
    std::vector<account_id> senders;
    for (std::size_t at = 0; at < starts_.size(); ++at) {
        const dispatch::lanes::permit& permit = starts_[at].permit;
        const account_id planned = starts_[at].plan->deliveries.at(permit.delivery.index).sender;
        if (permit.sender == planned && !permit.is_moved) continue;
        senders.resize(starts_.size());
        senders[at] = permit.sender;
    }
    return senders;
}

std::vector<event> relay::gather(std::vector<event> plans) {
    std::vector<event> events = std::exchange(facts_, {});
    std::size_t arrived = 0;
    while (!arrivals_.empty() && arrived < options_.updates_per_turn) {
        taken_.push_back(std::move(arrivals_.front()));
        arrivals_.pop_front();
        arrived += taken_.back()->events.size();
        std::ranges::move(taken_.back()->events, std::back_inserter(events));
    }
    std::ranges::move(plans, std::back_inserter(events));
    if (!starts_.empty()) {
        deliveries_started started;
        for (const started_send& each : starts_) started.deliveries.push_back(each.permit.delivery);
        started.senders = senders_of_starts();
        events.emplace_back(std::move(started));
    }
    return events;
}

asio::awaitable<result<sequence>> relay::append(const std::vector<event>& events) {
    for (;;) {
        std::vector<journal::new_record> records(events.size());
        for (std::size_t at = 0; at < events.size(); ++at) {
            records[at].header.type = static_cast<std::uint8_t>(type_of(events[at]));
            encode(events[at], records[at].payload);
        }
        const result<sequence> first = co_await journal_.append(std::move(records));
        is_journal_full_ = !first && first.error().code == errc::no_space;
        if (!is_journal_full_) co_return first;
        // Rule 4: nothing is acknowledged and nothing is started until there is room again.
        if (listener_.no_space) listener_.no_space(first.error());
        if (stop_at_ && timers_.now() >= *stop_at_) co_return first;
        co_await timers_.sleep_until(timers_.now() + options_.no_space_pause);
    }
}

asio::awaitable<result<void>> relay::act(sequence first, const std::vector<event>& events) {
    std::uint64_t position = std::to_underlying(first);
    for (const event& each : events) {
        auto apply = [&] { return state_.apply(sequence{position}, each); };
        if (auto applied = co_await with_room(apply); !applied) co_return applied;
        ++position;
        if (state_.uncommitted() < options_.commit_changes) continue;
        if (auto committed = co_await commit(); !committed) co_return committed;
    }
    pass_planned();
    answer_taken({});
    for (started_send& each : starts_) {
        if (auto linked = link(each); !linked) co_return linked;
        begin(std::move(each));
    }
    starts_.clear();
    co_return co_await commit_if_due();
}

void relay::answer_taken(const result<void>& with) {
    for (const auto& each : std::exchange(taken_, {})) {
        each->done = with;
        each->durable.cancel();
    }
}

// Posts for which no route cared left no event: they are passed once the turn is durable.
void relay::pass_planned() {
    while (state_.has_unplanned() && state_.unplanned().front().position <= planned_through_) {
        state_.pass_unplanned();
    }
}

asio::awaitable<result<sequence>> relay::checkpoint() {
    if (auto committed = state_.commit(); !committed) {
        co_return std::unexpected(committed.error());
    }
    // Taken before the flush: what is passed meanwhile is still a row of what is being flushed.
    const sequence needed = state_.needed_from();
    auto flush = [this] { return rows_.flush(); };
    if (auto flushed = co_await disk_.run(std::move(flush)); !flushed) {
        co_return std::unexpected(flushed.error());
    }
    journal_.release_before(needed);
    choose_moves();
    pacer_.sweep(timers_.now());
    const std::int64_t now = timers_.wall_now().time_since_epoch().count();
    if (state_.dead().beyond(options_.dead_letters, now, 1)) notify();
    co_return needed;
}

// Only where it frees much more than it writes: a journal full of what is owed is doing its work.
void relay::choose_moves() {
    constexpr std::uint64_t share = 4;  // at most one record in four is still needed
    const sequence limit = journal_.kept_from();
    const std::uint64_t beyond = std::to_underlying(limit) - std::to_underlying(journal_.first());
    const std::vector<sequence> owed = state_.owed().held_before(limit, beyond / share);
    moves_.assign(owed.begin(), owed.end());
    if (!moves_.empty()) notify();
}

asio::awaitable<result<void>> relay::commit_if_due() {
    const time_point now = timers_.now();
    const bool much = state_.uncommitted() >= options_.commit_changes;
    const bool late = now - committed_at_ >= options_.commit_interval && state_.is_dirty();
    if (!much && !late) co_return result<void>{};
    committed_at_ = now;
    // By the clock that never jumps: the wall clock may be ahead for a moment.
    state_.drop_holds([&](const limit_scope& of) { return !pacer_.is_held(now, of); });
    co_return co_await commit();
}

asio::awaitable<result<void>> relay::commit() {
    return with_room([this] { return state_.commit(); });
}

// Rule 4: what the store cannot take would pile up in memory. `act` has changed nothing when it is
// refused for want of room.
asio::awaitable<result<void>> relay::with_room(std::function<result<void>()> act) {
    for (;;) {
        const result<void> done = act();
        is_store_full_ = !done && done.error().code == errc::no_space;
        if (!is_store_full_) co_return done;
        if (listener_.no_space) listener_.no_space(done.error());
        if (stop_at_ && timers_.now() >= *stop_at_) co_return done;
        co_await timers_.sleep_until(timers_.now() + options_.no_space_pause);
    }
}

// A wake-up that came before the wait began is in work_; one during it cancels wake_.
asio::awaitable<void> relay::wait_for_work() {
    time_point until = time_point::max();
    if (const auto due = lanes_.next_due(); due && lanes_.in_flight() < options_.in_flight_max) {
        until = *due;
    }
    if (state_.is_dirty()) until = std::min(until, committed_at_ + options_.commit_interval);
    if (stop_at_) until = std::min(until, *stop_at_);
    if (stop_at_ && timers_.now() >= *stop_at_) until = time_point::max();  // only for answers
    if (until == time_point::max()) {
        (void)co_await wake_up();
        co_return;
    }
    (void)co_await with_deadline(timers_, until, wake_up());  // both endings mean: look again
}

asio::awaitable<result<bool>> relay::wake_up() {
    co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return true;
}

void relay::notify() {
    work_ = true;
    wake_.cancel();
}

}  // namespace baudot::engine
