#include "dispatch/lanes.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace baudot::dispatch {

void lanes::push(chat_id destination, chat_id source, delivery_ref delivery, account_id sender) {
    lane& at = lanes_[destination];
    auto found = std::ranges::find(at.fifos, source, &fifo::source);
    if (found == at.fifos.end()) {
        at.fifos.push_back({.source = source, .items = {}});
        found = at.fifos.end() - 1;
    }
    const bool was_empty = found->items.empty();
    found->items.push_back({delivery, sender});
    ++waiting_;
    // A lane that waits in due_ may wait for another source's delay; this one may go at once.
    if (at.busy || !was_empty) return;
    if (at.queued && at.behind != account_id{}) {
        if (at.behind == sender) return;
        unqueue(destination, at);
    }
    queue(destination, at, time_point::min());
}

void lanes::take(time_point now, gate& limits, std::size_t most, std::vector<permit>& permits) {
    const std::size_t limit = permits.size() + most;
    while (permits.size() < limit && !accounts_due_.empty() &&
           accounts_due_.begin()->first <= now) {
        take_behind(accounts_due_.begin()->second, now, limits, permits);
    }
    while (permits.size() < limit && !due_.empty() && due_.begin()->first <= now) {
        const chat_id destination = due_.begin()->second;
        lane& at = lanes_.at(destination);
        unqueue(destination, at);
        try_lane(now, limits, destination, at, permits);
    }
}

// The lane that has waited longest for the account; a refusal puts it back in front, with a new
// time, so that one refusal is the whole cost of a held account.
void lanes::take_behind(account_id sender, time_point now, gate& limits,
                        std::vector<permit>& permits) {
    account_wait& wait = accounts_.at(sender);
    const chat_id destination = wait.behind.front();
    wait.behind.pop_front();
    if (wait.behind.empty()) {
        accounts_due_.erase({wait.retry_at, sender});
        accounts_.erase(sender);
    }
    lane& at = lanes_.at(destination);
    at.queued = false;
    at.behind = account_id{};
    if (try_lane(now, limits, destination, at, permits) || at.behind != sender) return;
    std::deque<chat_id>& behind = accounts_.at(sender).behind;
    std::rotate(behind.begin(), behind.end() - 1, behind.end());
}

// Asks for each source once, beginning with the one whose turn it is. What refuses last decides
// where the lane waits: behind an account only if every head waits for that same account.
bool lanes::try_lane(time_point now, gate& limits, chat_id destination, lane& at,
                     std::vector<permit>& permits) {
    time_point earliest = time_point::max();
    std::optional<account_id> common;
    bool same_account = true;
    for (std::size_t tried = 0; tried < at.fifos.size(); ++tried) {
        const std::size_t which = (at.next + tried) % at.fifos.size();
        fifo& from = at.fifos[which];
        const item& head = from.items.front();
        admission answer{.retry_at = from.not_before};
        if (from.not_before <= now) answer = ask(now, limits, head.sender, destination);
        if (answer.admitted) {
            at.next = which;
            at.busy = true;
            --waiting_;
            ++in_flight_;
            permits.push_back({head.delivery, destination, from.source, head.sender});
            return true;
        }
        earliest = std::min(earliest, answer.retry_at);
        same_account =
            same_account && answer.account_wide && common.value_or(head.sender) == head.sender;
        common = head.sender;
    }
    if (same_account && common) {
        park(destination, at, *common, earliest);
    } else {
        queue(destination, at, earliest);
    }
    return false;
}

void lanes::finished(chat_id destination) {
    lane& at = lanes_.at(destination);
    BAUDOT_ASSERT(at.busy, "a lane finished what it had not begun");
    at.busy = false;
    --in_flight_;
    fifo& from = at.fifos[at.next];
    from.items.pop_front();
    from.not_before = time_point::min();
    if (from.items.empty()) {
        at.fifos.erase(at.fifos.begin() + static_cast<std::ptrdiff_t>(at.next));
        if (at.next >= at.fifos.size()) at.next = 0;
    } else {
        at.next = (at.next + 1) % at.fifos.size();
    }
    if (at.fifos.empty()) {
        lanes_.erase(destination);
    } else {
        queue(destination, at, time_point::min());
    }
}

void lanes::repeat(chat_id destination, time_point not_before) {
    lane& at = lanes_.at(destination);
    BAUDOT_ASSERT(at.busy, "a lane repeats what it had not begun");
    at.busy = false;
    --in_flight_;
    ++waiting_;
    at.fifos[at.next].not_before = not_before;
    at.next = (at.next + 1) % at.fifos.size();
    queue(destination, at, time_point::min());
}

void lanes::resume_account(account_id sender) {
    const auto found = accounts_.find(sender);
    if (found == accounts_.end()) return;
    accounts_due_.erase({found->second.retry_at, sender});
    const std::deque<chat_id> behind = std::move(found->second.behind);
    accounts_.erase(found);
    for (const chat_id destination : behind) {
        lane& at = lanes_.at(destination);
        at.queued = false;
        at.behind = account_id{};
        queue(destination, at, time_point::min());
    }
}

// Who came first to a busy account goes first: newcomers line up without asking.
admission lanes::ask(time_point now, gate& limits, account_id sender, chat_id destination) const {
    const auto found = accounts_.find(sender);
    if (found != accounts_.end() && found->second.retry_at > now) {
        return {.account_wide = true, .retry_at = found->second.retry_at};
    }
    return limits.ask(now, sender, destination);
}

void lanes::queue(chat_id destination, lane& at, time_point when) {
    if (at.queued && at.behind == account_id{} && at.queued_at <= when) return;
    unqueue(destination, at);
    at.queued = true;
    at.queued_at = when;
    if (when != time_point::max()) due_.emplace(when, destination);
}

void lanes::unqueue(chat_id destination, lane& at) {
    if (!at.queued) return;
    at.queued = false;
    if (at.behind == account_id{}) {
        due_.erase({at.queued_at, destination});
        return;
    }
    const auto wait = accounts_.find(at.behind);
    std::erase(wait->second.behind, destination);
    if (wait->second.behind.empty()) {
        accounts_due_.erase({wait->second.retry_at, at.behind});
        accounts_.erase(wait);
    }
    at.behind = account_id{};
}

void lanes::park(chat_id destination, lane& at, account_id sender, time_point retry_at) {
    account_wait& wait = accounts_[sender];
    if (wait.behind.empty() || retry_at != wait.retry_at) {
        accounts_due_.erase({wait.retry_at, sender});
        wait.retry_at = retry_at;
        if (retry_at != time_point::max()) accounts_due_.emplace(retry_at, sender);
    }
    wait.behind.push_back(destination);
    at.queued = true;
    at.behind = sender;
}

std::optional<time_point> lanes::next_due() const {
    std::optional<time_point> earliest;
    if (!due_.empty()) earliest = due_.begin()->first;
    if (!accounts_due_.empty() && (!earliest || accounts_due_.begin()->first < *earliest)) {
        earliest = accounts_due_.begin()->first;
    }
    return earliest;
}

}  // namespace baudot::dispatch
