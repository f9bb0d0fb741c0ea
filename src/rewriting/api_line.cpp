#include "rewriting/api_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "rewriting/calling.hpp"

namespace baudot::rewriting {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t tries_max = 3;
constexpr duration failure_kept = 1min;
constexpr std::size_t failures_kept_max = 4096;
constexpr duration reminded_after = 45s;
constexpr duration forgotten_after = 90s;
constexpr duration tick = 1s;
constexpr duration back_off_min = 500ms;
constexpr duration back_off_max = 60s;
constexpr std::size_t cache_bytes_min = 1 << 20;

// A call may take a minute, so few failures say much; and what is dead costs one call a minute.
constexpr breaker_options breaking{.failures_min = 4, .in_a_row = 5, .trials = 2};

}  // namespace

api_line::api_line(line_parts parts)
    : shard_(parts.shard),
      timers_(parts.timers),
      api_(std::move(parts.api)),
      where_(std::move(parts.where)),
      calls_(std::move(parts.calls)),
      random_(parts.seed),
      queue_max_(parts.queue_max),
      queue_bytes_max_(parts.queue_bytes_max),
      log_(std::move(parts.log)),
      news_(std::move(parts.news)),
      cache_(std::max(api_.cache_bytes, cache_bytes_min)),
      breaker_(breaking),
      tasks_(shard_) {
    observe::metrics& all = parts.figures;
    const auto calls = [&](std::string result) {
        return all.counter("baudot_text_api_calls_total", "Calls of an external API.",
                           {{"api", api_.name}, {"result", std::move(result)}});
    };
    figures_ = {.answered = calls("answered"),
                .unavailable = calls("unavailable"),
                .wrong = calls("wrong"),
                .failed = all.counter("baudot_text_api_failures_total",
                                      "Texts that it did not give back.", {{"api", api_.name}}),
                .hits = all.counter("baudot_text_api_cache_hits_total",
                                    "Answers that were known already.", {{"api", api_.name}}),
                .waiting = all.gauge("baudot_text_api_waiting", "Texts that wait for it.",
                                     {{"api", api_.name}}),
                .seconds = all.histogram("baudot_text_api_seconds", "Time of a call.",
                                         {{"api", api_.name}})};
    alarm_ = timers_.make_alarm(shard_, [this] {
        sweep();
        pump();
    });
}

reply api_line::find(const question& asked) {
    std::string key = question_key(api_.kind == api_kind::webhook, asked);
    if (const text::marked_text* known = cache_.find(key)) {
        figures_.hits.add();
        return {.is = reply::state::answered, .text = *known};
    }
    const std::size_t cache_key = key.size();
    fmt::format_to(std::back_inserter(key), "{};{}", static_cast<int>(asked.what.on_failure),
                   asked.what.hold_at_most.count());
    const time_point now = timers_.now();
    if (const auto place = places_.find(key); place != places_.end()) {
        job& known = *place->second;
        known.asked_at = now;
        known.is_reminded = false;
        // Of two posts the later one; who may pass does not wait longer for asking again.
        if (known.policy == rewrite_failure_policy::hold) {
            known.give_up_at = std::max(known.give_up_at, give_up_time(asked));
        }
        return {.is = reply::state::waiting};
    }
    const auto old = std::ranges::find(failed_, xxh3_128(key), &failed_question::key_hash);
    if (old != failed_.end() && old->until > now) {
        return {.is = reply::state::failed, .reason = old->reason};
    }
    return enqueue(asked, std::move(key), cache_key);
}

reply api_line::enqueue(const question& asked, std::string key, std::size_t cache_key) {
    auto talk = make_dialogue(api_, where_, asked);
    if (!talk) return {.is = reply::state::failed, .reason = std::move(talk.error().message)};
    if ((*talk)->is_needless()) return {.is = reply::state::answered, .text = asked.text};
    const bool is_full = jobs_.size() >= queue_max_ || queue_bytes_ > queue_bytes_max_;
    if (is_stopped_ || is_full) return {.is = reply::state::waiting};
    const time_point now = timers_.now();
    const auto added = jobs_.insert(jobs_.end(), {.key = std::move(key),
                                                  .cache_key = cache_key,
                                                  .talk = *std::move(talk),
                                                  .policy = asked.what.on_failure,
                                                  .give_up_at = give_up_time(asked),
                                                  .due = now,
                                                  .asked_at = now});
    places_.emplace(added->key, added);
    queue_bytes_ += added->key.size();
    if (is_over(*added)) {
        fail(added);
        return {.is = reply::state::failed, .reason = failed_.back().reason};
    }
    figures_.waiting.set(static_cast<double>(jobs_.size()));
    pump();
    return {.is = reply::state::waiting};
}

time_point api_line::give_up_time(const question& asked) const {
    if (asked.what.on_failure != rewrite_failure_policy::hold) {
        return timers_.now() + tries_max * api_.timeout;
    }
    const duration longest = std::max<duration>(asked.what.hold_at_most, duration::zero());
    const duration left = asked.received_at + asked.what.hold_at_most - timers_.wall_now();
    return timers_.now() + std::clamp(left, duration::zero(), longest);
}

void api_line::pump() {
    if (is_stopped_) return;
    const time_point now = timers_.now();
    for (auto next = jobs_.begin(); next != jobs_.end();) {
        const auto which = next++;
        if (under_way_ >= api_.at_once || held_until_ > now || !breaker_.ask(now).admitted) break;
        if (which->is_called || which->due > now) continue;
        if (cache_.find(cache_key_of(*which)) != nullptr) {
            // The same text with another policy was asked for, too.
            remove(which);
            news_();
            continue;
        }
        start(which);
    }
    set_alarm();
}

void api_line::start(jobs::iterator which) {
    which->is_called = true;
    ++under_way_;
    breaker_.begin(timers_.now());
    tasks_.spawn("call of " + api_.name, call(which));
}

asio::awaitable<void> api_line::call(jobs::iterator which) {
    const std::uint32_t epoch = breaker_.epoch();
    const time_point begun = timers_.now();
    auto got = co_await ask(*calls_, *which->talk, begun + api_.timeout);
    figures_.seconds.observe(timers_.now() - begun);
    --under_way_;
    which->is_called = false;
    settle(which, std::move(got), epoch);
    pump();
}

void api_line::settle(jobs::iterator which, std::expected<text::marked_text, failure> got,
                      std::uint32_t epoch) {
    note_health(got ? nullptr : &got.error(), epoch);
    if (got) {
        figures_.answered.add();
        cache_.put(std::string(cache_key_of(*which)), *std::move(got));
        remove(which);
        news_();
        return;
    }
    const bool is_wrong = got.error().kind == failure_kind::wrong;
    std::uint32_t& times = is_wrong ? which->wrong : which->unavailable;
    ++times;
    (is_wrong ? figures_.wrong : figures_.unavailable).add();
    which->trouble = std::move(got.error().message);
    which->due = timers_.now() + back_off(times);
    if (!is_over(*which)) return;
    fail(which);
    news_();
}

void api_line::note_health(const failure* why, std::uint32_t epoch) {
    const time_point now = timers_.now();
    const bool is_down = why != nullptr && why->kind == failure_kind::unavailable && !why->is_busy;
    if (why != nullptr) hold_api(*why);
    if (is_down) {
        if (breaker_.failed(now, epoch, random_.unit()) && !std::exchange(is_open_, true)) {
            log_.warning("an external API fails, and gets single trials from now on",
                         {{"api", api_.name}, {"message", why->message}});
        }
        return;
    }
    (void)breaker_.succeeded(now, epoch);
    if (is_open_ && breaker_.current(now) == breaker::state::closed) {
        is_open_ = false;
        log_.info("an external API answers again", {{"api", api_.name}});
    }
}

void api_line::hold_api(const failure& why) {
    if (!why.is_busy) busy_in_a_row_ = 0;
    duration wait = why.retry_after;
    if (why.is_busy) wait = std::max(wait, back_off(++busy_in_a_row_));
    held_until_ = std::max(held_until_, timers_.now() + wait);
}

/// When the API may be called at the earliest, as far as is known.
time_point api_line::next_chance() const {
    const time_point now = timers_.now();
    const admission may = breaker_.ask(now);
    // max() means that a trial is under way: its end may be any moment.
    const bool is_refused = !may.admitted && may.retry_at != time_point::max();
    return std::max({now, held_until_, is_refused ? may.retry_at : now});
}

bool api_line::is_over(const job& which) const {
    if (which.wrong >= tries_max) return true;
    const time_point now = timers_.now();
    const bool had_its_tries = which.unavailable >= tries_max;
    if (which.policy == rewrite_failure_policy::hold) {
        return now >= which.give_up_at && (had_its_tries || next_chance() > now);
    }
    return had_its_tries || now >= which.give_up_at || next_chance() > which.give_up_at;
}

void api_line::fail(jobs::iterator which) {
    figures_.failed.add();
    const std::string why = which->trouble.empty() ? "it is not asked now" : which->trouble;
    failed_.push_back({.key_hash = xxh3_128(which->key),
                       .until = timers_.now() + failure_kept,
                       .reason = fmt::format("API {}: {}", api_.name, why)});
    if (failed_.size() > failures_kept_max) failed_.pop_front();
    log_.debug("an external API gave no text", {{"api", api_.name}, {"message", why}});
    remove(which);
}

void api_line::remove(jobs::iterator which) {
    queue_bytes_ -= which->key.size();
    places_.erase(which->key);
    jobs_.erase(which);
    figures_.waiting.set(static_cast<double>(jobs_.size()));
}

void api_line::sweep() {
    const time_point now = timers_.now();
    while (!failed_.empty() && failed_.front().until <= now) failed_.pop_front();
    bool is_news = false;
    for (auto next = jobs_.begin(); next != jobs_.end();) {
        const auto which = next++;
        if (which->is_called) continue;
        const duration unasked = now - which->asked_at;
        if (unasked >= forgotten_after) {
            remove(which);
            is_news = true;
        } else if (is_over(*which)) {
            fail(which);
            is_news = true;
        } else if (unasked >= reminded_after && !std::exchange(which->is_reminded, true)) {
            is_news = true;
        }
    }
    if (is_news) news_();
}

void api_line::set_alarm() {
    if (jobs_.empty() || is_stopped_) {
        alarm_->clear();
        return;
    }
    const time_point now = timers_.now();
    time_point next = now + tick;
    const bool is_free = under_way_ < api_.at_once;
    for (const job& each : jobs_) {
        if (is_free && !each.is_called && each.due > now) next = std::min(next, each.due);
    }
    if (is_free && held_until_ > now) next = std::min(next, held_until_);
    alarm_->set(next);
}

duration api_line::back_off(std::uint32_t times) {
    const std::uint32_t doubled = std::min<std::uint32_t>(std::max(times, 1U) - 1, 10);
    const duration longest = std::min(back_off_min * (1U << doubled), back_off_max);
    return longest / 2 + std::chrono::duration_cast<duration>(longest / 2 * random_.unit());
}

void api_line::request_stop() {
    is_stopped_ = true;
    alarm_->clear();
    tasks_.request_stop();
}

}  // namespace baudot::rewriting
