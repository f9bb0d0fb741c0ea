#include "telegram_sim/update_queue.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;

// All as in the official server (TELEGRAM.md 2.1).
constexpr std::int64_t id_max = 2'000'000'000;
constexpr std::int64_t future_offset_max = 10;
constexpr std::int64_t past_offset_max = 100'000;
constexpr std::int64_t limit_max = 100;
constexpr std::int64_t timeout_max_s = 50;
constexpr duration batch_gap = 1ms;   // a waiting request is answered this long after the last
constexpr duration batch_span = 2ms;  // update, and never later than this after the first
constexpr duration hasty = 500ms;     // the same offset again within it: one update only
constexpr duration busy = 3s;         // within it: wait at least 3 s
constexpr std::int64_t busy_timeout_s = 3;
constexpr duration conflict_delay = 3s;
constexpr duration silence_max = std::chrono::days(7);

}  // namespace

update_queue::update_queue(std::uint64_t seed, update_queue_limits limits)
    : limits_(limits), random_(seed) {
    choose_next_id();
}

void update_queue::choose_next_id() {
    BAUDOT_ASSERT(entries_.empty(), "ids of queued updates are consecutive");
    first_id_ = random_.between(2'000'001, id_max / 2);
}

update_queue::push_result update_queue::push(update_kind kind, std::string_view object,
                                             time_point now, duration lifetime, std::int64_t lane) {
    if ((allowed_ & bit(kind)) == 0) return {pushed::not_allowed};
    if (lifetime <= duration::zero()) return {pushed::expired};
    expire(now);
    const std::string_view field = name(kind);
    const std::size_t size = object.size() + field.size() + 3;
    if (size > limits_.update_bytes_max) {
        ++dropped_;
        return {pushed::too_large};
    }
    if (live_ >= limits_.updates_max || bytes_ + size > limits_.bytes_max) {
        ++dropped_;
        return {pushed::full};
    }
    const bool silent_for_long = last_push_ && now - *last_push_ >= silence_max;
    if (silent_for_long && entries_.empty()) choose_next_id();
    if (first_id_ + static_cast<std::int64_t>(entries_.size()) >= id_max) {
        clear();
        choose_next_id();
    }
    last_push_ = now;

    std::string json;
    json.reserve(size);
    json.append("\"").append(field).append("\":").append(object);
    bytes_ += json.size();
    ++live_;
    entries_.push_back({std::move(json), now + lifetime, lane});
    earliest_expiry_ = std::min(earliest_expiry_, entries_.back().expires);

    if (!waiter_) return {pushed::queued};
    const bool first = !waiter_->first_wake;
    if (first) waiter_->first_wake = now;
    waiter_->wake = std::min(now + batch_gap, *waiter_->first_wake + batch_span);
    return {pushed::queued, first};
}

update_queue::step update_queue::begin(const request& what, time_point now) {
    if (what.allowed) allowed_ = *what.allowed;
    auto limit = static_cast<std::size_t>(std::clamp<std::int64_t>(what.limit, 1, limit_max));
    std::int64_t timeout_s = std::clamp<std::int64_t>(what.timeout_s, 0, timeout_max_s);
    if (previous_offset_ == what.offset) {
        const duration since = now - previous_start_;
        if (since < busy) timeout_s = std::max(timeout_s, busy_timeout_s);
        if (since < hasty) limit = 1;
    }
    previous_offset_ = what.offset;
    previous_start_ = now;

    expire(now);
    confirm(what.offset);
    const ticket id{next_ticket_++};
    std::string updates = collect(what.offset, limit, now);
    if (updates != "[]" || timeout_s == 0) {
        return {.what = verdict::answer, .id = id, .updates = std::move(updates)};
    }
    const bool displaced = waiter_.has_value();
    if (displaced) losers_.push_back({waiter_->id, displace(now), verdict::conflict});
    const time_point gives_up = now + std::chrono::seconds(timeout_s);
    waiter_ = waiter{id, what.offset, limit, gives_up, std::nullopt, gives_up};
    return {.what = verdict::wait, .id = id, .at = gives_up, .wakes = displaced};
}

// The first of several quick conflicts is answered at once, the others late, so that two
// programs that displace each other do not spin.
time_point update_queue::displace(time_point now) {
    if (now < quiet_until_) return now + conflict_delay;
    quiet_until_ = now + conflict_delay;
    return now;
}

update_queue::step update_queue::resume(ticket id, time_point now) {
    if (waiter_ && waiter_->id == id) {
        const time_point due = std::min(waiter_->wake, waiter_->gives_up);
        if (now < due) return {.what = verdict::wait, .id = id, .at = due};
        const waiter done = *waiter_;
        waiter_.reset();
        expire(now);
        return {
            .what = verdict::answer, .id = id, .updates = collect(done.offset, done.limit, now)};
    }
    const auto found = std::ranges::find(losers_, id, &loser::id);
    BAUDOT_ASSERT(found != losers_.end(), "a request is resumed after its answer");
    if (now < found->answered) return {.what = verdict::wait, .id = id, .at = found->answered};
    const verdict why = found->why;
    losers_.erase(found);
    return {.what = why, .id = id};
}

bool update_queue::hand_over(time_point now) {
    if (!waiter_) return false;
    losers_.push_back({waiter_->id, now, verdict::replaced});
    waiter_.reset();
    return true;
}

std::optional<update_queue::queued> update_queue::at_or_after(std::int64_t id,
                                                              time_point now) const {
    const auto size = static_cast<std::int64_t>(entries_.size());
    std::int64_t at = id - first_id_;
    if (at < 0 || at > size) at = 0;
    for (; at < size; ++at) {
        const entry& each = entries_[static_cast<std::size_t>(at)];
        if (each.json.empty() || each.expires <= now) continue;
        return queued{first_id_ + at, each.lane, each.json, each.expires};
    }
    return std::nullopt;
}

void update_queue::forget(std::int64_t id) {
    const std::int64_t at = id - first_id_;
    if (at < 0 || at >= static_cast<std::int64_t>(entries_.size())) return;
    entry& gone = entries_[static_cast<std::size_t>(at)];
    if (gone.json.empty()) return;
    bytes_ -= gone.json.size();
    --live_;
    gone.json = {};
    drop_empty();
}

void update_queue::abandon(ticket id) {
    if (waiter_ && waiter_->id == id) waiter_.reset();
    std::erase_if(losers_, [id](const loser& other) { return other.id == id; });
}

void update_queue::drop_front() {
    if (!entries_.front().json.empty()) {
        bytes_ -= entries_.front().json.size();
        --live_;
    }
    entries_.pop_front();
    ++first_id_;
}

void update_queue::drop_empty() {
    while (!entries_.empty() && entries_.front().json.empty()) drop_front();
}

void update_queue::expire(time_point now) {
    if (now < earliest_expiry_) return;
    earliest_expiry_ = time_point::max();
    for (entry& each : entries_) {
        if (each.json.empty()) continue;
        if (each.expires > now) {
            earliest_expiry_ = std::min(earliest_expiry_, each.expires);
            continue;
        }
        bytes_ -= each.json.size();
        --live_;
        each.json = {};
    }
    drop_empty();
}

void update_queue::clear() {
    while (!entries_.empty()) drop_front();
    earliest_expiry_ = time_point::max();
}

void update_queue::confirm(std::int64_t offset) {
    const std::int64_t tail = first_id_ + static_cast<std::int64_t>(entries_.size());
    if (offset < 0) offset = tail + std::max(offset, -past_offset_max);
    // An offset far from the queue is one of another life of the bot: nothing is confirmed.
    if (offset > tail + future_offset_max) return;
    while (!entries_.empty() && first_id_ < offset) drop_front();
}

std::string update_queue::collect(std::int64_t offset, std::size_t limit, time_point now) {
    const std::int64_t tail = first_id_ + static_cast<std::int64_t>(entries_.size());
    // The offset may be up to 10 above the tail: those updates are then not wanted.
    std::int64_t from = first_id_;
    if (offset > from && offset <= tail + future_offset_max) from = offset;

    std::string out = "[";
    std::size_t taken = 0;
    for (std::int64_t id = from; id < tail && taken < limit; ++id) {
        const entry& each = entries_[static_cast<std::size_t>(id - first_id_)];
        if (each.json.empty() || each.expires <= now) continue;
        if (taken > 0 && out.size() + each.json.size() > limits_.answer_bytes_max) break;
        out.append(taken == 0 ? "{\"update_id\":" : ",{\"update_id\":");
        out.append(std::to_string(id)).append(",").append(each.json).append("}");
        ++taken;
    }
    out.append("]");
    return out;
}

std::size_t update_queue::pending(time_point now) {
    expire(now);
    return live_;
}

}  // namespace baudot::telegram_sim
