#include <chrono>

#include "base/assert.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

poll_id world::add_poll(poll_terms terms, user_id owner) {
    const poll_id id{++last_poll_};
    if (terms.close_date != 0 && !terms.is_closed) due_polls_.emplace(terms.close_date, id);
    poll made;
    made.id = id;
    made.owner = owner;
    made.terms = std::move(terms);
    polls_.emplace(id, std::move(made));
    return id;
}

const poll* world::find_poll(poll_id id) const noexcept {
    const auto at = polls_.find(id);
    return at == polls_.end() ? nullptr : &at->second;
}

void world::vote(poll_id id, user_id who, std::vector<int> options, wall_time now) {
    const auto at = polls_.find(id);
    BAUDOT_ASSERT(at != polls_.end(), "the caller looked the poll up");
    poll& of = at->second;
    std::string answer;
    for (const int each : options) answer += std::to_string(each) + ' ';
    if (options.empty())
        of.votes.erase(who);
    else
        of.votes[who] = std::move(options);
    record("vote", {}, {}, answer, now, {.actor = who, .request = static_cast<std::uint64_t>(id)});
    const user* owner = find_user(of.owner);
    if (owner == nullptr || !owner->is_bot) return;
    const bot_event event{
        .kind = update_kind::poll, .bot = of.owner, .date = now, .actor = who, .poll = id};
    events_.push_back(event);
    if (of.terms.is_anonymous) return;
    events_.push_back(event);
    events_.back().kind = update_kind::poll_answer;
}

void world::close_poll(poll_id id, wall_time now) {
    const auto at = polls_.find(id);
    BAUDOT_ASSERT(at != polls_.end(), "the caller looked the poll up");
    poll& of = at->second;
    if (of.terms.is_closed) return;
    of.terms.is_closed = true;
    record("close poll", {}, {}, {}, now, {.request = static_cast<std::uint64_t>(id)});
    const user* owner = find_user(of.owner);
    if (owner == nullptr || !owner->is_bot) return;
    events_.push_back({.kind = update_kind::poll, .bot = of.owner, .date = now, .poll = id});
}

void world::close_due_polls(wall_time now) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    while (!due_polls_.empty() && due_polls_.begin()->first <= seconds) {
        const auto [when, id] = *due_polls_.begin();
        due_polls_.erase(due_polls_.begin());
        close_poll(id, wall_time(std::chrono::seconds(when)));
    }
}

int world::roll(int sides) noexcept {
    const std::string thrown = std::to_string(options_.seed) + "/roll/" + std::to_string(++rolls_);
    return 1 + static_cast<int>(xxh3_128(thrown).low % static_cast<std::uint64_t>(sides));
}

}  // namespace baudot::telegram_sim
