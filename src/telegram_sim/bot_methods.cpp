#include "telegram_sim/bot_methods.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "telegram_sim/access.hpp"
#include "telegram_sim/bot_methods_content.hpp"
#include "telegram_sim/json_objects.hpp"
#include "telegram_sim/json_reader.hpp"

namespace baudot::telegram_sim {
namespace {

using answer = bot_answer;

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

answer truth(std::string& out) {
    out.append("true");
    return {};
}

void append_id(json_writer& json, message_id id) {
    json.begin_object().field("message_id", std::to_underlying(id)).end_object();
}

answer ids_answer(api_result<std::vector<message_id>>& done, std::string& out) {
    if (!done) return failed(done.error());
    json_writer json(out);
    json.begin_array();
    for (const message_id id : *done) append_id(json, id);
    json.end_array();
    return {};
}

answer done_answer(api_result<void> done, std::string& out) {
    if (!done) return failed(done.error());
    return truth(out);
}

answer get_me(method_call& what, std::string& out) {
    json_writer json(out);
    append_me(json, *what.at.in().find_user(what.by.bot));
    return {};
}

answer send_text(method_call& what, std::string& out) {
    auto text = read_text(what.args, "text");
    if (!text) return failed(text.error());
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto done = send_message(what.at.in(), what.by, what.args.text("chat_id"), *text, *options);
    return message_answer(what, done, out);
}

answer copy_one(method_call& what, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    copy_changes changes;
    if (what.args.find("caption")) {
        auto caption = read_text(what.args, "caption");
        if (!caption) return failed(caption.error());
        changes.caption = std::move(*caption);
    }
    if (what.args.find("show_caption_above_media")) {
        changes.caption_above = what.args.boolean("show_caption_above_media");
    }
    const auto done = copy_message(what.at.in(), what.by, what.args.text("chat_id"),
                                   what.args.text("from_chat_id"),
                                   read_message_id(what.args, "message_id"), changes, *options);
    if (!done) return std::unexpected(done.error());
    json_writer json(out);
    append_id(json, *done);
    return {};
}

answer forward_one(method_call& what, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto done = forward_message(what.at.in(), what.by, what.args.text("chat_id"),
                                what.args.text("from_chat_id"),
                                read_message_id(what.args, "message_id"), *options);
    return message_answer(what, done, out);
}

answer copy_many(method_call& what, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto ids = read_message_ids(what.args.text("message_ids"));
    if (!ids) return failed(ids.error());
    auto done = copy_messages(what.at.in(), what.by, what.args.text("chat_id"),
                              what.args.text("from_chat_id"), std::move(*ids),
                              what.args.boolean("remove_caption"), *options);
    return ids_answer(done, out);
}

answer forward_many(method_call& what, std::string& out) {
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto ids = read_message_ids(what.args.text("message_ids"));
    if (!ids) return failed(ids.error());
    auto done = forward_messages(what.at.in(), what.by, what.args.text("chat_id"),
                                 what.args.text("from_chat_id"), std::move(*ids), *options);
    return ids_answer(done, out);
}

answer edit_text(method_call& what, std::string& out) {
    auto id = message_to_edit(what);
    if (!id) return failed(id.error());
    auto text = read_text(what.args, "text");
    if (!text) return failed(text.error());
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto done = edit_message_text(what.at.in(), what.by, what.args.text("chat_id"), *id, *text,
                                  std::move(options->link_preview), std::move(options->markup));
    return message_answer(what, done, out);
}

answer edit_caption(method_call& what, std::string& out) {
    auto id = message_to_edit(what);
    if (!id) return failed(id.error());
    auto caption = read_text(what.args, "caption");
    if (!caption) return failed(caption.error());
    std::optional<bool> above;
    if (what.args.find("show_caption_above_media")) {
        above = what.args.boolean("show_caption_above_media");
    }
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto done = edit_message_caption(what.at.in(), what.by, what.args.text("chat_id"), *id,
                                     *caption, above, std::move(options->markup));
    return message_answer(what, done, out);
}

answer edit_markup(method_call& what, std::string& out) {
    auto id = message_to_edit(what);
    if (!id) return failed(id.error());
    auto options = read_send_options(what.args);
    if (!options) return failed(options.error());
    auto done = edit_message_reply_markup(what.at.in(), what.by, what.args.text("chat_id"), *id,
                                          std::move(options->markup));
    return message_answer(what, done, out);
}

answer delete_one(method_call& what, std::string& out) {
    auto id = message_to_edit(what);
    if (!id) return failed(id.error());
    return done_answer(delete_message(what.at.in(), what.by, what.args.text("chat_id"), *id), out);
}

answer delete_many(method_call& what, std::string& out) {
    auto ids = read_message_ids(what.args.text("message_ids"));
    if (!ids) return failed(ids.error());
    return done_answer(
        delete_messages(what.at.in(), what.by, what.args.text("chat_id"), std::move(*ids)), out);
}

answer get_one_file(method_call& what, std::string& out) {
    const auto found = get_file(what.at.in(), what.by, what.args.text("file_id"));
    if (!found) return std::unexpected(found.error());
    json_writer json(out);
    json.begin_object().field("file_id", found->file_id);
    json.field("file_unique_id", found->unique_id).field("file_size", found->size);
    json.field("file_path", found->path).end_object();
    return {};
}

answer get_one_chat(method_call& what, std::string& out) {
    const auto found = get_chat(what.at.in(), what.by, what.args.text("chat_id"));
    if (!found) return std::unexpected(found.error());
    json_writer json(out);
    append_full_chat(json, what.at.in(), what.by.bot, **found);
    return {};
}

answer get_one_member(method_call& what, std::string& out) {
    const std::string_view who = what.args.text("chat_id");
    const auto where = get_chat(what.at.in(), what.by, who);
    if (!where) return std::unexpected(where.error());
    const auto user = what.args.exact_integer("user_id");
    if (!user || *user <= 0) return bad_request("invalid user_id specified");
    const auto found = get_chat_member(what.at.in(), what.by, who, user_id{*user});
    if (!found) return std::unexpected(found.error());
    json_writer json(out);
    append_member(json, what.at.in(), what.by.bot, **where, *found);
    return {};
}

answer get_administrators(method_call& what, std::string& out) {
    const std::string_view which = what.args.text("chat_id");
    const auto where = get_chat(what.at.in(), what.by, which);
    if (!where) return std::unexpected(where.error());
    const auto found = get_chat_administrators(what.at.in(), what.by, which);
    if (!found) return std::unexpected(found.error());
    json_writer json(out);
    json.begin_array();
    for (const member& each : *found) append_member(json, what.at.in(), what.by.bot, **where, each);
    json.end_array();
    return {};
}

answer get_member_count(method_call& what, std::string& out) {
    const auto found = get_chat_member_count(what.at.in(), what.by, what.args.text("chat_id"));
    if (!found) return std::unexpected(found.error());
    out.append(std::to_string(*found));
    return {};
}

answer leave(method_call& what, std::string& out) {
    return done_answer(leave_chat(what.at.in(), what.by, what.args.text("chat_id")), out);
}

// Nobody sees a bot type here; that it may write there is checked all the same.
answer chat_action(method_call& what, std::string& out) {
    const auto where =
        access::open(what.at.in(), what.by, what.args.text("chat_id"), access::right::write);
    if (!where) return std::unexpected(where.error());
    if (what.args.text("action").empty()) {
        return bad_request("wrong parameter action in request");
    }
    return truth(out);
}

// No inline query ever reaches a bot here, so every answer to one is late.
answer answer_inline_query(method_call&, std::string&) {
    return bad_request("query is too old and response timeout expired or query ID is invalid");
}

// What was done stands beside the result, as Telegram says it.
answer webhook_answer(std::string_view text, std::string& out) {
    out.append("true,\"description\":\"").append(text).append("\"");
    return {};
}

answer delete_webhook(method_call& what, std::string& out) {
    const bool was_set = what.at.remove_webhook(what.by.bot);
    if (what.args.boolean("drop_pending_updates")) what.at.line(what.by.bot)->updates.clear();
    return webhook_answer(was_set ? "Webhook was deleted" : "Webhook is already deleted", out);
}

answer set_webhook(method_call& what, std::string& out) {
    if (what.args.text("url").empty()) return delete_webhook(what, out);
    auto wanted = read_webhook(what.args, what.at.webhooks());
    if (!wanted) return failed(wanted.error());
    auto changed = what.at.set_webhook(what.by.bot, std::move(*wanted),
                                       what.args.boolean("drop_pending_updates"));
    if (!changed) return failed(changed.error());
    const auto kinds = read_allowed_updates(what.args);
    if (kinds) what.at.line(what.by.bot)->updates.allow(*kinds);
    return webhook_answer(*changed ? "Webhook was set" : "Webhook is already set", out);
}

answer webhook_info(method_call& what, std::string& out) {
    const auto line = what.at.line(what.by.bot);
    json_writer json(out);
    append_webhook_info(json, line->hook.get(), line->updates, what.at.timers().now());
    return {};
}

answer set_commands(method_call& what, std::string& out) {
    const std::string_view commands = what.args.text("commands");
    auto checked = read_json_array(commands);
    if (!checked) return bad_request("can't parse commands JSON object");
    what.at.line(what.by.bot)->commands = std::move(*checked);
    return truth(out);
}

answer get_commands(method_call& what, std::string& out) {
    out.append(what.at.line(what.by.bot)->commands);
    return {};
}

answer delete_commands(method_call& what, std::string& out) {
    what.at.line(what.by.bot)->commands = "[]";
    return truth(out);
}

constexpr std::array methods{
    method_entry{"sendMessage", send_text},
    method_entry{"copyMessage", copy_one},
    method_entry{"forwardMessage", forward_one},
    method_entry{"copyMessages", copy_many},
    method_entry{"forwardMessages", forward_many},
    method_entry{"sendPhoto", send_file<media_kind::photo>},
    method_entry{"sendVideo", send_file<media_kind::video>},
    method_entry{"sendAnimation", send_file<media_kind::animation>},
    method_entry{"sendAudio", send_file<media_kind::audio>},
    method_entry{"sendVoice", send_file<media_kind::voice>},
    method_entry{"sendDocument", send_file<media_kind::document>},
    method_entry{"sendMediaGroup", send_album},
    method_entry{"sendVideoNote", send_file<media_kind::video_note>},
    method_entry{"sendSticker", send_file<media_kind::sticker>},
    method_entry{"sendLocation", send_place<media_kind::location>},
    method_entry{"sendVenue", send_place<media_kind::venue>},
    method_entry{"sendContact", send_place<media_kind::contact>},
    method_entry{"sendDice", throw_dice},
    method_entry{"sendPoll", send_one_poll},
    method_entry{"stopPoll", stop_one_poll},
    method_entry{"editMessageMedia", edit_media},
    method_entry{"editMessageLiveLocation", move_live_location},
    method_entry{"stopMessageLiveLocation", stop_live_location},
    method_entry{"editMessageText", edit_text},
    method_entry{"editMessageCaption", edit_caption},
    method_entry{"editMessageReplyMarkup", edit_markup},
    method_entry{"deleteMessage", delete_one},
    method_entry{"deleteMessages", delete_many},
    method_entry{"getMe", get_me},
    method_entry{"getFile", get_one_file},
    method_entry{"getChat", get_one_chat},
    method_entry{"getChatMember", get_one_member},
    method_entry{"getChatAdministrators", get_administrators},
    method_entry{"getChatMemberCount", get_member_count},
    method_entry{"leaveChat", leave},
    method_entry{"sendChatAction", chat_action},
    method_entry{"answerInlineQuery", answer_inline_query},
    method_entry{"setWebhook", set_webhook},
    method_entry{"deleteWebhook", delete_webhook},
    method_entry{"getWebhookInfo", webhook_info},
    method_entry{"setMyCommands", set_commands},
    method_entry{"getMyCommands", get_commands},
    method_entry{"deleteMyCommands", delete_commands},
};

// Names that the documentation dropped and the server still takes.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> old_names{
    {{"getChatMembersCount", "getChatMemberCount"}, {"kickChatMember", "banChatMember"}}};

}  // namespace

// The message of a send or edit, as the calling bot sees it.
bot_answer message_answer(method_call& what, api_result<sent>& done, std::string& out) {
    if (!done) return failed(done.error());
    const world& in = what.at.in();
    const chat* where = in.find_chat(what.by.bot, done->chat);
    const message* made = where ? in.find_message(*where, done->own) : nullptr;
    if (made == nullptr) {
        return std::unexpected(api_error{
            .code = 500,
            .description = "Internal Server Error: sent message was immediately deleted and can't "
                           "be returned",
            .retry_after = {},
            .migrate_to_chat = {}});
    }
    json_writer json(out);
    append_message(json, in, what.by.bot, *where, *made);
    return {};
}

// Inline messages are not in this world, so a chat and a message must be named.
api_result<message_id> message_to_edit(const method_call& what) {
    const message_id id = read_message_id(what.args, "message_id");
    if (id == message_id{}) return bad_request("message identifier is not specified");
    return id;
}

std::span<const method_entry> all_methods() noexcept {
    static const std::vector<method_entry> all = [] {
        std::vector<method_entry> out(methods.begin(), methods.end());
        for (const auto part : {topic_methods(), pin_methods(), member_methods(), invite_methods(),
                                reaction_methods()}) {
            out.insert(out.end(), part.begin(), part.end());
        }
        return out;
    }();
    return all;
}

const method_entry* find_method(std::string_view name) noexcept {
    const auto all = all_methods();
    const auto is = [&name](std::string_view other) {
        return std::ranges::equal(other, name, {}, lower, lower);
    };
    for (const auto& [old, today] : old_names) {
        if (is(old)) name = today;
    }
    const auto found =
        std::ranges::find_if(all, [&](const method_entry& each) { return is(each.name); });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace baudot::telegram_sim
