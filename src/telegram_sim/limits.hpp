#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace baudot::telegram_sim {

/// `burst` at once, then one each `interval`. interval 0: no limit.
struct rate {
    duration interval{};
    int burst = 1;
};

/// Numbers with their evidence: profiles.hpp.
struct limit_settings {
    rate private_chat;
    rate group_chat;             // groups, supergroups and channels, beside the window
    int group_window_count = 0;  // 0: no window
    duration group_window{};
    rate broadcast;            // of a bot, to all chats but those it answers
    rate paid_broadcast;       // beyond it, of messages that the bot pays for
    duration reply_window{};   // so long after a person's message a send is an answer
    rate forwards;             // of a bot
    rate deletes;              // per chat
    int points_per_token = 0;  // a text costs one token per so many code points; 0: one
    bool album_costs_each = false;
    duration hold_max{};     // a longer wait is not held in the server: a 429 at once
    bool escalates = false;  // each request before a wait is over makes the next longer
    int retry_after_max_s = 10'072;
    duration strike_decay = std::chrono::minutes(10);
    bool server_local = false;  // what the Bot API server itself refuses (TELEGRAM.md 1.2)
};

/// What a request is charged to.
enum class charge : unsigned char {
    none,  // reads
    send,  // sends, copies and edits share a chat's budget
    forward,
    remove,  // deletions
};

/// What the limits want to know of a request.
struct load {
    user_id bot{};
    chat_id chat{};
    bool is_private = false;
    charge what = charge::none;
    int count = 1;                   // messages it makes
    std::size_t code_points = 0;     // of its text
    wall_time last_incoming{};       // chat::last_incoming
    wall_time date{};                // the same moment as `now`, on the wall
    std::uint64_t upload_bytes = 0;  // of one file; 0: none
    bool is_exempt = false;          // from what the Bot API server refuses by itself
    bool sets_webhook = false;
    bool pays = false;         // allow_paid_broadcast
    duration slow_mode{};      // of the chat, if it holds for this message of this bot
    std::uint64_t client = 0;  // hash of the client's address
};

/// A request waits `hold`, then acts, or is refused with `retry_after` seconds.
struct admission {
    duration hold{};
    std::optional<int> retry_after{};
    bool too_early = false;  // it came before a wait that this bot was told for this chat
};

/// The hidden limits of Telegram (TELEGRAM.md 1 and 7.1), as far as a bot can feel them.
///
/// Guarantee: in any window of length W a bucket lets at most burst + W / interval tokens
/// pass, and a chat's window at most its count; a request's tokens pass at the end of its hold.
/// A request costs at most what the bucket holds, or it could never pass.
///
/// A wait that was told counts from the answer; a request that comes before its end is counted
/// and, if limits escalate, makes the next wait longer; all strikes of a chat are forgiven one
/// by one in clean time. Memory: what is used only, about 200 bytes a (bot, chat), swept.
/// Deterministic; `now` never goes back. Not thread-safe.
class limiter {
public:
    explicit limiter(limit_settings settings) : settings_(settings) {}

    admission admit(const load& what, time_point now);

    /// The request that was admitted or refused is answered at `at`: until then it is in the
    /// server. With `retry_after` the answer is a 429, whoever says so, and the wait begins.
    void answered(const load& what, time_point at, std::optional<int> retry_after);
    /// Would count as too early. Does not count.
    bool is_early(const load& what, time_point now) const;

    /// New limits from now on; waits that were told stand.
    void configure(limit_settings settings) { settings_ = settings; }
    const limit_settings& settings() const noexcept { return settings_; }

    struct early_count {
        user_id bot{};
        chat_id chat{};
        std::uint64_t count = 0;
    };
    /// Requests that came too early, per bot and chat, in that order.
    std::vector<early_count> early() const;
    void forget_early() { early_.clear(); }

    /// Messages beyond the free rate: a tenth of a Star each (TELEGRAM.md 1.1).
    std::uint64_t paid() const noexcept { return paid_; }

    std::size_t scopes() const noexcept { return scopes_.size(); }

private:
    using ends = std::vector<time_point>;  // a heap, the earliest first
    struct key {
        user_id bot{};
        chat_id chat{};
        charge what{};
        friend bool operator==(const key&, const key&) = default;
    };
    struct key_hash {
        std::size_t operator()(const key& of) const noexcept;
    };
    /// Generic cell rate algorithm; the theoretical arrival time is all its state.
    struct bucket {
        time_point full_again{};

        time_point earliest(const rate& limit, int tokens, time_point now) const noexcept;
        void take(const rate& limit, int tokens, time_point at) noexcept;
    };
    struct scope {
        bucket spent;
        std::deque<time_point> window;  // of the newest tokens, ascending
        time_point slow_until{};
        time_point wait_told{};  // when the wait was answered
        time_point wait_over{};
        int base_s = 0;  // the wait before it escalated
        int strikes = 0;
        time_point last_strike{};
        ends inside;  // of requests in the server
    };
    struct account {
        bucket broadcast, paid, forwards;
        ends inside, uploading;
        time_point next_webhook{};
        std::unordered_map<std::uint64_t, bucket> uploads;  // by size
    };

    static key key_of(const load& what) noexcept;
    int tokens(const load& what) const noexcept;
    admission escalate(scope& of, time_point now) const;
    std::optional<admission> refuse_locally(const load& what, scope& of, time_point now);
    std::optional<admission> refuse_start(std::uint64_t client, time_point now);
    std::optional<admission> space_upload(account& by, std::uint64_t size, time_point now);
    time_point earliest(const load& what, const scope& of, const account& by, time_point now) const;
    void take(const load& what, scope& of, account& by, time_point at);
    bool is_answer(const load& what) const noexcept;
    void sweep(time_point now);

    limit_settings settings_;
    std::unordered_map<key, scope, key_hash> scopes_;
    std::unordered_map<user_id, account> accounts_;
    std::unordered_map<std::uint64_t, std::deque<time_point>> starts_;  // of bots, by client
    std::unordered_map<key, std::uint64_t, key_hash> early_;
    std::uint64_t paid_ = 0;
    std::size_t sweep_at_ = 4096;
};

}  // namespace baudot::telegram_sim
