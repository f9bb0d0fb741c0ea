#include "telegram_sim/presses.hpp"

#include <boost/json.hpp>

#include <ranges>
#include <string_view>

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

std::string number(auto id) {
    return std::to_string(std::to_underlying(id));
}

/// nullptr: there is none.
const json::object* find_button(const json::value& keyboard, const button_choice& wanted) {
    int row = 0;
    for (const json::value& line : keyboard.at("inline_keyboard").as_array()) {
        int column = 0;
        for (const json::value& each : line.as_array()) {
            const json::object& button = each.as_object();
            const json::value* data = button.if_contains("callback_data");
            const bool here = wanted.data.empty()
                                  ? row == wanted.row && column == wanted.column
                                  : data != nullptr && data->as_string() == wanted.data;
            if (here) return &button;
            ++column;
        }
        ++row;
    }
    return nullptr;
}

/// An earlier press whose answer the person's client still keeps.
const callback_press* kept(const world& in, const callback_press& now) {
    for (const callback_press& each : std::views::reverse(in.presses())) {
        const bool is_same = each.from == now.from && each.bot == now.bot &&
                             each.chat == now.chat && each.message == now.message &&
                             each.data == now.data;
        if (!is_same || !each.answer) continue;
        const auto until = each.answer->date + std::chrono::seconds(each.answer->cache_time);
        return now.date < until ? &each : nullptr;
    }
    return nullptr;
}

}  // namespace

result<std::uint64_t> press_button(world& in, const chat& where, message_id which,
                                   const button_choice& button, user_id person, wall_time now) {
    const message* found = in.find_message(where, which);
    if (!found) return fail(errc::not_found, "there is no message " + number(which));
    const reply_markup& markup = found->what.more->markup;
    const bool has_keyboard = markup.type == reply_markup::kind::inline_keyboard;
    const json::value keyboard = has_keyboard ? json::parse(markup.json) : json::value();
    const json::object* wanted = has_keyboard ? find_button(keyboard, button) : nullptr;
    if (!wanted) {
        return fail(errc::not_found, "message " + number(which) + " has no such button");
    }
    const json::value* data = wanted->if_contains("callback_data");
    if (!data) {
        return fail(errc::invalid_argument,
                    "the button asks no bot: " + std::string(json::serialize(*wanted)));
    }
    const cause& last = found->is_edited() ? found->details->edited_by : found->made_by;
    callback_press made{.from = person,
                        .bot = last.actor,
                        .chat = where.id,
                        .message = which,
                        .data = std::string(data->as_string()),
                        .date = now};
    if (const callback_press* earlier = kept(in, made)) return earlier->id;
    return in.press(std::move(made));
}

}  // namespace baudot::telegram_sim
