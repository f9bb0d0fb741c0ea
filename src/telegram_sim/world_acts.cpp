#include <algorithm>

#include "base/assert.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr int press_bits = 32;
constexpr std::uint64_t person_mask = 0x7FFFFFFF;  // the number stays within an int64

bool is_told(const chat& where, user_id bot, admin_rights wanted) noexcept {
    const member* as = where.find_member(bot);
    return as && as->status == member_status::administrator && (as->rights & wanted) == wanted;
}

}  // namespace

void world::ask_to_join(chat& where, join_request what, wall_time now) {
    const user_id who = what.user;
    for (const user_id bot : where.bots) {
        if (!is_told(where, bot, can_invite_users)) continue;
        events_.push_back({.kind = update_kind::chat_join_request,
                           .bot = bot,
                           .chat = where.id,
                           .date = now,
                           .actor = who,
                           .via = {.link = what.link}});
    }
    record("asks to join", where.id, {}, what.link, now, {.actor = who});
    where.make_details().requests.push_back(std::move(what));
}

void world::react(chat& where, message_id id, reactions_of what, const cause& made_by,
                  wall_time now) {
    message* found = where.find(id);
    BAUDOT_ASSERT(found && !found->is_deleted(), "the caller looked the message up");
    std::vector<reactions_of>& all = found->make_details().reactions;
    auto at = std::ranges::find(all, what.who, &reactions_of::who);
    const std::vector<reaction> before = at == all.end() ? std::vector<reaction>{} : at->what;
    if (before == what.what) return;
    if (at != all.end()) all.erase(at);
    std::string text;
    for (const reaction& each : what.what) text += each.value + ' ';
    record("react", where.id, id, text, now, made_by);

    const user* actor = find_user(made_by.actor);
    const bool by_bot = actor && actor->is_bot;
    const bool counts = where.kind == chat_kind::channel;  // who it was, nobody learns there
    for (const user_id bot : where.bots) {
        const bool is_private = where.kind == chat_kind::private_chat;
        if (by_bot || !(is_private || is_told(where, bot, 0))) continue;
        events_.push_back(
            {.kind = counts ? update_kind::message_reaction_count : update_kind::message_reaction,
             .bot = bot,
             .chat = where.id,
             .message = id,
             .date = now,
             .actor = what.who,
             .was = before,
             .now = what.what});
    }
    if (!what.what.empty()) all.push_back(std::move(what));
}

std::uint64_t world::press(callback_press what) {
    // As the real ones: the person above, a number below.
    const std::uint64_t person = static_cast<std::uint64_t>(what.from) & person_mask;
    what.id = person << press_bits | (presses_.size() + 1);
    events_.push_back({.kind = update_kind::callback_query,
                       .bot = what.bot,
                       .chat = what.chat,
                       .message = what.message,
                       .date = what.date,
                       .actor = what.from,
                       .press = what.id});
    record("press", what.chat, what.message, what.data, what.date, {.actor = what.from});
    presses_.push_back(std::move(what));
    return presses_.back().id;
}

const callback_press* world::find_press(std::uint64_t id) const noexcept {
    const std::uint64_t number = id & ((std::uint64_t{1} << press_bits) - 1);
    if (number == 0 || number > presses_.size()) return nullptr;
    const callback_press& found = presses_[number - 1];
    return found.id == id ? &found : nullptr;
}

callback_press* world::find_press(std::uint64_t id) noexcept {
    return const_cast<callback_press*>(std::as_const(*this).find_press(id));
}

}  // namespace baudot::telegram_sim
