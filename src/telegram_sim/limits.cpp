#include "telegram_sim/limits.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace baudot::telegram_sim {
namespace {

using std::chrono::seconds;

// What the Bot API server refuses by itself (TELEGRAM.md 1.2).
constexpr std::size_t starts_per_minute = 20;
constexpr std::size_t starts_per_hour = 600;
constexpr std::size_t requests_inside_max = 1000;
constexpr std::size_t chat_requests_inside_max = 310;
constexpr std::size_t uploads_inside_max = 100;
constexpr duration webhook_gap = seconds(1);
constexpr admission local_flood{.hold = seconds(3), .retry_after = 60, .too_early = false};
constexpr std::uint64_t spaced_upload_bytes = 100'000;
constexpr duration upload_backlog_max = seconds(5);

int ceil_seconds(duration wait) noexcept {
    return static_cast<int>(std::max<std::int64_t>(1, std::chrono::ceil<seconds>(wait).count()));
}

void push(std::vector<time_point>& heap, time_point end) {
    heap.push_back(end);
    std::ranges::push_heap(heap, std::greater{});
}

void charge_chat(const limit_settings& settings, const load& what, int cost, auto& of,
                 time_point at) {
    of.spent.take(what.is_private ? settings.private_chat : settings.group_chat, cost, at);
    if (!what.is_private && settings.group_window_count > 0) {
        const auto room = static_cast<std::size_t>(settings.group_window_count);
        of.window.insert(of.window.end(), std::min(static_cast<std::size_t>(cost), room), at);
        while (of.window.size() > room) of.window.pop_front();
    }
    if (what.slow_mode > duration::zero()) of.slow_until = at + what.slow_mode;
}

/// Those that still run.
std::size_t count(std::vector<time_point>& heap, time_point now) {
    while (!heap.empty() && heap.front() <= now) {
        std::ranges::pop_heap(heap, std::greater{});
        heap.pop_back();
    }
    return heap.size();
}

}  // namespace

std::size_t limiter::key_hash::operator()(const key& of) const noexcept {
    const auto bot = static_cast<std::uint64_t>(of.bot) + static_cast<std::uint64_t>(of.what);
    const auto chat = static_cast<std::uint64_t>(of.chat);
    std::uint64_t mixed = (bot * 0x9E3779B97F4A7C15ULL) ^ (chat * 0xC2B2AE3D27D4EB4FULL);
    mixed ^= mixed >> 29;
    return static_cast<std::size_t>(mixed);
}

time_point limiter::bucket::earliest(const rate& limit, int tokens, time_point now) const noexcept {
    if (limit.interval <= duration::zero()) return now;
    return std::max(now,
                    full_again + (std::min(tokens, limit.burst) - limit.burst) * limit.interval);
}

void limiter::bucket::take(const rate& limit, int tokens, time_point at) noexcept {
    if (limit.interval <= duration::zero()) return;
    full_again = std::max(full_again, at) + std::min(tokens, limit.burst) * limit.interval;
}

limiter::key limiter::key_of(const load& what) noexcept {
    // A forward takes a place in the chat as a send does.
    const charge shared = what.what == charge::forward ? charge::send : what.what;
    return {.bot = what.bot, .chat = what.chat, .what = shared};
}

int limiter::tokens(const load& what) const noexcept {
    int each = 1;
    if (settings_.points_per_token > 0) {
        const auto step = static_cast<std::size_t>(settings_.points_per_token);
        each = static_cast<int>(std::max<std::size_t>(1, (what.code_points + step - 1) / step));
    }
    return each * (settings_.album_costs_each ? std::max(1, what.count) : 1);
}

bool limiter::is_answer(const load& what) const noexcept {
    return what.last_incoming != wall_time{} &&
           what.last_incoming + settings_.reply_window >= what.date;
}

time_point limiter::earliest(const load& what, const scope& of, const account& by,
                             time_point now) const {
    if (what.what == charge::remove) return of.spent.earliest(settings_.deletes, 1, now);
    const int cost = tokens(what);
    const rate& chat_rate = what.is_private ? settings_.private_chat : settings_.group_chat;
    time_point at = of.spent.earliest(chat_rate, cost, now);
    if (!what.is_private && settings_.group_window_count > 0) {
        const auto room = static_cast<std::size_t>(settings_.group_window_count);
        const std::size_t wanted = std::min(static_cast<std::size_t>(cost), room);
        if (of.window.size() + wanted > room) {
            const std::size_t leaves = of.window.size() + wanted - room - 1;
            at = std::max(at, of.window[leaves] + settings_.group_window);
        }
    }
    const int messages = std::max(1, what.count);
    if (what.slow_mode > duration::zero()) at = std::max(at, of.slow_until);
    if (!is_answer(what)) {
        const time_point free = by.broadcast.earliest(settings_.broadcast, messages, now);
        const time_point paid =
            what.pays ? by.paid.earliest(settings_.paid_broadcast, messages, now) : free;
        at = std::max(at, std::min(free, paid));
    }
    if (what.what == charge::forward) {
        at = std::max(at, by.forwards.earliest(settings_.forwards, messages, now));
    }
    return at;
}

// What an account has of its own, and deletions.
void limiter::take(const load& what, scope& of, account& by, time_point at) {
    if (what.what == charge::remove) return of.spent.take(settings_.deletes, 1, at);
    const int messages = std::max(1, what.count);
    if (!is_answer(what)) {
        const bool is_free =
            !what.pays || by.broadcast.earliest(settings_.broadcast, messages, at) <= at;
        if (is_free) {
            by.broadcast.take(settings_.broadcast, messages, at);
        } else {
            by.paid.take(settings_.paid_broadcast, messages, at);
            paid_ += static_cast<std::uint64_t>(messages);
        }
    }
    if (what.what == charge::forward) by.forwards.take(settings_.forwards, messages, at);
}

admission limiter::escalate(scope& of, time_point now) const {
    int wait = ceil_seconds(of.wait_over - now);
    if (settings_.escalates) {
        ++of.strikes;
        of.last_strike = now;
        const std::int64_t grown = std::int64_t{std::max(1, of.base_s)} << std::min(of.strikes, 20);
        const std::int64_t most = std::max(settings_.retry_after_max_s, wait);
        wait = static_cast<int>(std::clamp<std::int64_t>(grown, wait, most));
    }
    return {.hold = {}, .retry_after = wait, .too_early = true};
}

std::optional<admission> limiter::refuse_start(std::uint64_t client, time_point now) {
    std::deque<time_point>& recent = starts_[client];
    while (!recent.empty() && recent.front() + std::chrono::hours(1) <= now) recent.pop_front();
    const auto leaves = [&](std::size_t most, duration window) {
        if (recent.size() < most) return now;
        return recent[recent.size() - most] + window;
    };
    const time_point at = std::max(leaves(starts_per_minute, std::chrono::minutes(1)),
                                   leaves(starts_per_hour, std::chrono::hours(1)));
    if (at > now) return admission{.hold = {}, .retry_after = ceil_seconds(at - now)};
    recent.push_back(now);
    return std::nullopt;
}

std::optional<admission> limiter::space_upload(account& by, std::uint64_t size, time_point now) {
    const double apart = std::clamp(static_cast<double>(size) * 1e-7, 0.2, 0.9);
    const auto interval =
        std::chrono::duration_cast<duration>(std::chrono::duration<double>(apart));
    const rate limit{.interval = interval,
                     .burst = std::max(1, static_cast<int>(duration(seconds(1)) / interval))};
    bucket& of = by.uploads[size];
    const time_point at = of.earliest(limit, 1, now);
    if (at - now > upload_backlog_max) return local_flood;
    of.take(limit, 1, at);
    if (by.uploads.size() > 256) {
        std::erase_if(by.uploads, [&](const auto& one) { return one.second.full_again <= now; });
    }
    return admission{.hold = at - now};
}

std::optional<admission> limiter::refuse_locally(const load& what, scope& of, time_point now) {
    if (!settings_.server_local) return std::nullopt;
    account& by = accounts_[what.bot];
    if (!what.is_exempt) {
        if (count(by.inside, now) > requests_inside_max) return local_flood;
        const bool uploads = what.upload_bytes > 0;
        if (uploads && count(by.uploading, now) > uploads_inside_max) return local_flood;
    }
    const bool sends = what.what == charge::send || what.what == charge::forward;
    if (sends && count(of.inside, now) + static_cast<std::size_t>(std::max(1, what.count)) >
                     chat_requests_inside_max) {
        return local_flood;
    }
    return std::nullopt;
}

admission limiter::admit(const load& what, time_point now) {
    if (settings_.server_local && !accounts_.contains(what.bot)) {
        if (const auto refused = refuse_start(what.client, now)) return *refused;
    }
    account& by = accounts_[what.bot];
    if (settings_.server_local && what.sets_webhook) {
        if (now < by.next_webhook) return {.retry_after = 1};
        by.next_webhook = now + webhook_gap;
    }
    if (what.what == charge::none) {
        scope nothing;
        return refuse_locally(what, nothing, now).value_or(admission{});
    }
    if (scopes_.size() >= sweep_at_) sweep(now);
    scope& of = scopes_[key_of(what)];
    if (now > of.wait_told && now < of.wait_over) {
        ++early_[{.bot = what.bot, .chat = what.chat, .what = charge::none}];
        return escalate(of, now);
    }
    if (of.strikes > 0 && settings_.strike_decay > duration::zero()) {
        const auto forgiven = (now - of.last_strike) / settings_.strike_decay;
        of.strikes = static_cast<int>(std::max<std::int64_t>(0, of.strikes - forgiven));
        of.last_strike += forgiven * settings_.strike_decay;
    }
    if (const auto refused = refuse_locally(what, of, now)) return *refused;
    time_point from = now;
    if (settings_.server_local && what.upload_bytes > spaced_upload_bytes) {
        const auto spaced = space_upload(by, what.upload_bytes, now);
        if (spaced->retry_after) return *spaced;
        from += spaced->hold;
    }
    const time_point at = earliest(what, of, by, from);
    if (at - from <= settings_.hold_max) {
        // A chat is charged when the hold is over, an account when the request comes: one that its
        // chat holds must hold no other chat.
        const bool removes = what.what == charge::remove;
        if (!removes) charge_chat(settings_, what, tokens(what), of, at);
        take(what, of, by, removes ? at : from);
        return {.hold = at - now};
    }
    return {.hold = from - now, .retry_after = ceil_seconds(at - from)};
}

void limiter::answered(const load& what, time_point at, std::optional<int> retry_after) {
    if (settings_.server_local) {
        push(accounts_[what.bot].inside, at);
        if (what.upload_bytes > 0) push(accounts_[what.bot].uploading, at);
    }
    if (what.what == charge::none) return;
    if (!retry_after && !settings_.server_local) return;
    scope& of = scopes_[key_of(what)];
    if (settings_.server_local) push(of.inside, at);
    if (!retry_after) return;
    const bool is_waiting = of.wait_over > at;
    if (!is_waiting) {
        of.wait_told = at;
        // A wait that follows strikes is what they made of the first one.
        if (of.strikes == 0) of.base_s = *retry_after;
    }
    of.wait_over = std::max(of.wait_over, at + seconds(*retry_after));
}

bool limiter::is_early(const load& what, time_point now) const {
    const auto of = scopes_.find(key_of(what));
    return of != scopes_.end() && now > of->second.wait_told && now < of->second.wait_over;
}

std::vector<limiter::early_count> limiter::early() const {
    std::vector<early_count> out;
    out.reserve(early_.size());
    for (const auto& [scope_key, times] : early_) {
        out.push_back({.bot = scope_key.bot, .chat = scope_key.chat, .count = times});
    }
    std::ranges::sort(out, {}, [](const early_count& of) { return std::tuple(of.bot, of.chat); });
    return out;
}

void limiter::sweep(time_point now) {
    for (auto at = scopes_.begin(); at != scopes_.end();) {
        scope& of = at->second;
        const bool window_is_over =
            of.window.empty() || of.window.back() + settings_.group_window <= now;
        const bool is_idle = of.spent.full_again <= now && window_is_over && of.wait_over <= now &&
                             of.slow_until <= now && of.strikes == 0 && count(of.inside, now) == 0;
        at = is_idle ? scopes_.erase(at) : std::next(at);
    }
    sweep_at_ = std::max<std::size_t>(4096, 2 * scopes_.size());
}

}  // namespace baudot::telegram_sim
