#include "telegram_sim/bot_methods_content.hpp"

#include <boost/json.hpp>

#include "telegram_sim/attachments.hpp"
#include "telegram_sim/json_content.hpp"
#include "telegram_sim/json_objects.hpp"
#include "telegram_sim/reply_markup.hpp"

namespace baudot::telegram_sim {
namespace {

std::string_view chat_of(const method_call& what) {
    return what.args.text("chat_id");
}

}  // namespace

bot_answer send_any_file(method_call& what, media_kind kind, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto media = read_media(what.args, kind);
    if (!media) return failed(media.error());
    auto done = send_media(what.at.in(), what.by, chat_of(what), std::move(*media), *options);
    return message_answer(what, done, out);
}

bot_answer send_album(method_call& what, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    options->markup = {};  // an album has none, whatever is given
    auto parts = read_media_group(what.args);
    if (!parts) return failed(parts.error());
    auto done = send_media_group(what.at.in(), what.by, chat_of(what), std::move(*parts), *options);
    if (!done) return failed(done.error());
    json_writer json(out);
    json.begin_array();
    for (const sent& each : *done) {
        const chat& where = *what.at.in().find_chat(what.by.bot, each.chat);
        append_message(json, what.at.in(), what.by.bot, where, *where.find(each.own));
    }
    json.end_array();
    return {};
}

bot_answer send_any_place(method_call& what, media_kind kind, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto fields = as_object(what.args);
    if (!fields) return failed(fields.error());
    auto made = read_attachment(kind, *fields);
    if (!made) return failed(made.error());
    auto done =
        send_attachment(what.at.in(), what.by, chat_of(what), kind, std::move(*made), *options);
    return message_answer(what, done, out);
}

bot_answer throw_dice(method_call& what, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto done = send_dice(what.at.in(), what.by, chat_of(what), what.args.text("emoji"), *options);
    return message_answer(what, done, out);
}

bot_answer send_one_poll(method_call& what, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto fields = as_object(what.args);
    if (!fields) return failed(fields.error());
    auto terms = read_poll(*fields);
    if (!terms) return failed(terms.error());
    auto done = send_poll(what.at.in(), what.by, chat_of(what), std::move(*terms), *options);
    return message_answer(what, done, out);
}

bot_answer stop_one_poll(method_call& what, std::string& out) {
    auto markup = read_reply_markup(what.args.text("reply_markup"));
    if (!markup) return failed(markup.error());
    auto done = stop_poll(what.at.in(), what.by, chat_of(what),
                          read_message_id(what.args, "message_id"), std::move(*markup));
    if (!done) return failed(done.error());
    json_writer json(out);
    append_poll(json, what.at.in(), what.by.bot, *what.at.in().find_poll(*done));
    return {};
}

bot_answer edit_media(method_call& what, std::string& out) {
    auto id = message_to_edit(what);
    if (!id) return failed(id.error());
    auto markup = read_reply_markup(what.args.text("reply_markup"));
    if (!markup) return failed(markup.error());
    auto media = read_input_media(what.args);
    if (!media) return failed(media.error());
    auto done = edit_message_media(what.at.in(), what.by, chat_of(what), *id, std::move(*media),
                                   std::move(*markup));
    return message_answer(what, done, out);
}

namespace {

bot_answer change_live_location(method_call& what, std::optional<location> now_at,
                                std::string& out) {
    auto id = message_to_edit(what);
    if (!id) return failed(id.error());
    auto markup = read_reply_markup(what.args.text("reply_markup"));
    if (!markup) return failed(markup.error());
    auto done = edit_message_live_location(what.at.in(), what.by, chat_of(what), *id, now_at,
                                           std::move(*markup));
    return message_answer(what, done, out);
}

}  // namespace

bot_answer move_live_location(method_call& what, std::string& out) {
    auto fields = as_object(what.args);
    if (!fields) return failed(fields.error());
    wire_fields from(*fields);
    auto now_at = read_location(from);
    if (!now_at) return failed(now_at.error());
    return change_live_location(what, *now_at, out);
}

bot_answer stop_live_location(method_call& what, std::string& out) {
    return change_live_location(what, std::nullopt, out);
}

}  // namespace baudot::telegram_sim
