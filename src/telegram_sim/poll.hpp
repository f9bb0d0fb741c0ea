#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "telegram_sim/content.hpp"

namespace baudot::telegram_sim {

/// Numbers of the documentation of sendPoll.
inline constexpr std::size_t poll_question_points_max = 300;
inline constexpr std::size_t poll_options_max = 12;
inline constexpr std::size_t poll_option_points_max = 100;
inline constexpr std::size_t poll_explanation_points_max = 200;
inline constexpr int poll_seconds_min = 5, poll_seconds_max = 2'628'000;

/// What its author decides.
struct poll_terms {
    formatted_text question, explanation, description;
    std::vector<formatted_text> options;
    std::vector<int> correct;  // of a quiz: ascending
    bool is_quiz = false;
    bool is_anonymous = true;
    bool allows_multiple_answers = false;
    bool allows_revoting = true;
    bool members_only = false;
    bool is_closed = false;
    int open_period = 0;          // seconds; 0: no end
    std::int64_t close_date = 0;  // unix time; 0: no end

    friend bool operator==(const poll_terms&, const poll_terms&) = default;
};

/// A poll: one, however many messages show it.
struct poll {
    poll_id id{};
    user_id owner{};  // who sent it; 0: a channel
    poll_terms terms;
    std::map<user_id, std::vector<int>> votes;

    /// Whether `who` is told which options of a quiz are right.
    bool is_known_to(user_id who) const noexcept { return terms.is_closed || owner == who; }
};

}  // namespace baudot::telegram_sim
