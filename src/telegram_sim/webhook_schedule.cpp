#include "telegram_sim/webhook_schedule.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace baudot::telegram_sim {
namespace {

using namespace std::chrono_literals;

// All as in the official server (TELEGRAM.md 2.2).
constexpr duration first_delay = 1s;
constexpr std::int64_t delay_cap_low_s = 60;
constexpr std::int64_t delay_cap_high_s = 120;
constexpr std::int64_t retry_after_max_s = 3600;
constexpr duration hope = 10s;  // so long after a success all connections are used
constexpr duration probe_gap = 2s;
constexpr duration connect_gap = 50ms;
constexpr duration connect_burst = 10 * connect_gap;

}  // namespace

void webhook_schedule::load(update_queue& from, time_point now) {
    while (updates_.size() < 2 * connections_max_) {
        const auto found = from.at_or_after(cursor_, now);
        if (!found) return;
        cursor_ = found->id + 1;
        const std::int64_t lane = found->lane != 0 ? found->lane : --lonely_;
        const auto [at, is_new] =
            updates_.try_emplace(found->id, loaded{lane, first_delay, 0, found->expires});
        if (!is_new) continue;
        std::deque<std::int64_t>& line = lanes_[lane];
        if (line.empty()) due_.insert({now, found->id});
        line.push_back(found->id);
    }
}

bool webhook_schedule::may_connect(time_point now) {
    if (under_way_ < connections_) return true;
    const bool is_well = last_success_ && now <= *last_success_ + hope;
    const std::size_t wanted = is_well ? std::min(lanes_.size(), connections_max_) : 1;
    if (connections_ >= wanted) return false;
    const time_point at = is_well ? connects_full_ - (connect_burst - connect_gap) : next_probe_;
    if (at > now) {
        look_again_ = std::min(look_again_, at);
        return false;
    }
    if (is_well)
        connects_full_ = std::max(connects_full_, now) + connect_gap;
    else
        next_probe_ = now + probe_gap;
    ++connections_;
    return true;
}

std::optional<webhook_schedule::delivery> webhook_schedule::next(update_queue& from,
                                                                 time_point now) {
    look_again_ = time_point::max();
    load(from, now);
    while (!due_.empty() && due_.begin()->at <= now) {
        const std::int64_t id = due_.begin()->update_id;
        const auto found = from.at_or_after(id, now);
        if (!found || found->id != id) {  // it expired, or the queue was cleared
            due_.erase(due_.begin());
            finish(id, now);
            load(from, now);
            continue;
        }
        if (!may_connect(now)) return std::nullopt;
        due_.erase(due_.begin());
        ++under_way_;
        delivery out{id, "{\"update_id\":" + std::to_string(id) + ","};
        out.body.append(found->json).append("}");
        return out;
    }
    if (!due_.empty()) look_again_ = due_.begin()->at;
    return std::nullopt;
}

// The next of its lane may go.
void webhook_schedule::finish(std::int64_t update_id, time_point now) {
    const auto at = updates_.find(update_id);
    BAUDOT_ASSERT(at != updates_.end(), "an update ends once");
    const auto line = lanes_.find(at->second.lane);
    updates_.erase(at);
    line->second.pop_front();
    if (line->second.empty())
        lanes_.erase(line);
    else
        due_.insert({now, line->second.front()});
}

void webhook_schedule::delivered(update_queue& from, std::int64_t update_id, time_point now) {
    --under_way_;
    last_success_ = now;
    from.forget(update_id);
    finish(update_id, now);
}

void webhook_schedule::failed(update_queue& from, std::int64_t update_id, link after,
                              std::int64_t retry_after, time_point now) {
    --under_way_;
    if (after == link::lost) --connections_;
    loaded& of = updates_.at(update_id);
    duration wait =
        std::chrono::seconds(std::clamp<std::int64_t>(retry_after, 0, retry_after_max_s));
    if (wait == duration::zero() && of.failures > 0) {
        const std::chrono::seconds cap(random_.between(delay_cap_low_s, delay_cap_high_s));
        of.delay = std::min<duration>(cap, 2 * of.delay);
        wait = of.delay;
    }
    ++of.failures;
    if (now + wait > of.expires) {
        from.forget(update_id);
        finish(update_id, now);
        return;
    }
    due_.insert({now + wait, update_id});
}

}  // namespace baudot::telegram_sim
