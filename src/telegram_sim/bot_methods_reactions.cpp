#include <algorithm>
#include <array>
#include <chrono>

#include "base/utf16.hpp"
#include "telegram_sim/bot_method_parts.hpp"
#include "telegram_sim/method_arguments.hpp"
#include "telegram_sim/reactions.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr auto press_lifetime = std::chrono::minutes(15);
constexpr std::size_t answer_points_max = 200;

/// The message that shows it: of an album the first part that is left.
message_id shows_reactions(const chat& where, const message& what) {
    if (what.album == 0) return what.id;
    const auto first = std::ranges::find_if(where.messages, [&](const message& each) {
        return each.album == what.album && !each.is_deleted();
    });
    return first->id;
}

answer set_reaction(method_call& what, std::string& out) {
    auto wanted = read_reactions(what.args.text("reaction"));
    if (!wanted) return std::unexpected(wanted.error());
    world& in = what.at.in();
    const auto where = access::open(in, what.by, what.args.text("chat_id"), access::right::write);
    if (!where) return std::unexpected(where.error());
    const auto found = access::find_message(in, what.by, **where,
                                            read_message_id(what.args, "message_id"), "react");
    if (!found) return std::unexpected(found.error());
    if ((*found)->is_service()) return bad_request("REACTION_INVALID");
    // The documentation: a bot sets up to one reaction, and never a paid one.
    if (wanted->size() > 1) return bad_request("REACTIONS_TOO_MANY");
    if (!wanted->empty() && !is_offered(wanted->front())) return bad_request("REACTION_INVALID");
    in.react(**where, shows_reactions(**where, **found),
             {.who = what.by.bot, .what = std::move(*wanted)},
             {.kind = cause_kind::bot_method, .actor = what.by.bot, .request = what.by.request},
             what.by.now);
    return truth(out);
}

answer answer_press(method_call& what, std::string& out) {
    const auto late =
        bad_request("query is too old and response timeout expired or query ID is invalid");
    const auto id = what.args.exact_integer("callback_query_id");
    if (!id) return late;
    callback_press* press = what.at.in().find_press(static_cast<std::uint64_t>(*id));
    const bool is_open = press && press->bot == what.by.bot && !press->answer &&
                         what.by.now - press->date < press_lifetime;
    if (!is_open) return late;
    if (code_points(what.args.text("text")) > answer_points_max) {
        return bad_request("MESSAGE_TOO_LONG");
    }
    constexpr std::int64_t cache_max = 30L * 24 * 3600;
    press->answer = callback_press::reply{
        .text = std::string(what.args.text("text")),
        .url = std::string(what.args.text("url")),
        .show_alert = what.args.boolean("show_alert"),
        .cache_time = static_cast<int>(what.args.integer("cache_time", 0, 0, cache_max)),
        .date = what.by.now};
    what.at.in().record("answers a press", press->chat, press->message, press->answer->text,
                        what.by.now, {.actor = what.by.bot, .request = what.by.request});
    return truth(out);
}

constexpr std::array methods{
    method_entry{"setMessageReaction", set_reaction},
    method_entry{"answerCallbackQuery", answer_press},
};

}  // namespace

std::span<const method_entry> reaction_methods() noexcept {
    return methods;
}

}  // namespace baudot::telegram_sim
