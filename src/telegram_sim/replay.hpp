#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "telegram_sim/local_telegram.hpp"

namespace baudot::telegram_sim {

struct replay_options {
    double speed = 0;             // 0: flat out; 1: as it was; 60: an hour a minute
    std::vector<user_id> bots;    // administrators of the chats that are made; of groups, members
    std::size_t pending_max = 0;  // waits while a bot has more unconfirmed updates; 0: never
};

/// Posts a stream of Bot API updates, a JSON object a line, as if people posted them now: chats
/// and senders that do not exist are made, message ids are kept, dates are new. Understood are
/// message, channel_post and their edited forms, with text or any media of the world; other lines
/// are counted as skipped. One that the world refuses is skipped, too, and `last_trouble` says why.
class replay {
public:
    replay(local_telegram& at, std::string lines, replay_options options);

    /// To the end of the lines, or of the world, or until cancelled.
    boost::asio::awaitable<void> run();

    /// run() ends at the next line.
    void stop() noexcept { stopped_ = true; }

    struct progress {
        std::uint64_t lines = 0, posted = 0, edited = 0, skipped = 0;
        std::size_t bytes = 0, bytes_total = 0;
        bool done = false;
        std::string last_trouble;
    };
    const progress& state() const noexcept { return state_; }

private:
    void play(std::string_view line);
    boost::asio::awaitable<void> pace(std::string_view line);
    bool is_congested();
    bool is_over() const noexcept { return stopped_ || generation_ != at_.generation(); }

    local_telegram& at_;
    std::string lines_;
    replay_options options_;
    progress state_;
    std::uint64_t generation_;
    bool stopped_ = false;
    std::optional<std::int64_t> first_date_;
    time_point begun_{};
};

}  // namespace baudot::telegram_sim
