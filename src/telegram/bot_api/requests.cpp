#include "telegram/bot_api/requests.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "base/overloaded.hpp"

namespace baudot::telegram::bot_api {
namespace json = boost::json;
namespace {

// A body is built, written and forgotten: its memory comes from the stack while it is small.
class body_writer {
public:
    json::object& object() { return object_; }
    json::storage_ptr storage() { return &memory_; }
    std::string text() const { return json::serialize(object_); }

private:
    unsigned char stack_[4096];
    json::monotonic_resource memory_{stack_, sizeof stack_};
    json::object object_{&memory_};
};

void put_chat(json::object& to, const chat_reference& chat) {
    if (const auto* id = std::get_if<chat_id>(&chat)) {
        to["chat_id"] = std::to_underlying(*id);
        return;
    }
    const std::string& name = std::get<std::string>(chat);
    to["chat_id"] = name.starts_with('@') ? name : "@" + name;
}

// Those of which all fields are known; of another one Telegram may want more than we keep, and
// would refuse the whole text.
bool is_sendable(std::string_view type) {
    constexpr std::array<std::string_view, 19> types = {"mention",       "hashtag",
                                                        "cashtag",       "bot_command",
                                                        "url",           "email",
                                                        "phone_number",  "bold",
                                                        "italic",        "underline",
                                                        "strikethrough", "spoiler",
                                                        "blockquote",    "expandable_blockquote",
                                                        "code",          "pre",
                                                        "text_link",     "text_mention",
                                                        "custom_emoji"};
    return std::ranges::find(types, type) != types.end();
}

json::object entity_object(const message_entity& entity, const json::storage_ptr& storage) {
    json::object made(storage);
    made["type"] = entity.type;
    made["offset"] = entity.offset;
    made["length"] = entity.length;
    if (!entity.url.empty()) made["url"] = entity.url;
    if (entity.user != user_id{}) {
        json::object user(storage);
        user["id"] = std::to_underlying(entity.user);
        made["user"] = std::move(user);
    }
    if (!entity.language.empty()) made["language"] = entity.language;
    if (!entity.custom_emoji_id.empty()) made["custom_emoji_id"] = entity.custom_emoji_id;
    return made;
}

template <class Transfer>
void put_transfer(json::object& to, const Transfer& what) {
    to["from_chat_id"] = std::to_underlying(what.from);
    to["message_id"] = std::to_underlying(what.message);
}

/// As `text` with `entities`, or `caption` with `caption_entities`.
void put_text(body_writer& body, const formatted_text& what, std::string_view text_key,
              std::string_view entities_key) {
    json::object& to = body.object();
    to[text_key] = what.text;
    // Without entities the server finds mentions and links by itself, as for the first author.
    if (what.entities.empty()) return;
    json::array entities(body.storage());
    entities.reserve(what.entities.size());
    for (const message_entity& each : what.entities) {
        if (is_sendable(each.type)) entities.push_back(entity_object(each, body.storage()));
    }
    to[entities_key] = std::move(entities);
}

void put_allowed_updates(json::object& to) {
    to["allowed_updates"] = {"message", "edited_message", "channel_post", "edited_channel_post",
                             "my_chat_member"};
}

}  // namespace

call get_me() {
    return {"getMe", "{}"};
}

call get_chat(const chat_reference& chat) {
    body_writer body;
    put_chat(body.object(), chat);
    return {"getChat", body.text()};
}

call get_chat_member(chat_id chat, account_id member) {
    body_writer body;
    body.object()["chat_id"] = std::to_underlying(chat);
    body.object()["user_id"] = std::to_underlying(member);
    return {"getChatMember", body.text()};
}

call get_updates(update_id offset, duration wait) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(std::clamp(wait, duration::zero(), long_poll_max));
    body_writer body;
    json::object& to = body.object();
    if (offset != update_id{}) to["offset"] = std::to_underlying(offset);
    to["limit"] = 100;
    to["timeout"] = seconds.count();
    put_allowed_updates(to);
    return {"getUpdates", body.text()};
}

call set_webhook(const webhook_settings& what) {
    body_writer body;
    json::object& to = body.object();
    to["url"] = what.url;
    to["secret_token"] = what.secret;
    to["max_connections"] = what.connections;
    put_allowed_updates(to);
    return {"setWebhook", body.text()};
}

call delete_webhook() {
    return {"deleteWebhook", "{}"};
}

call get_webhook_info() {
    return {"getWebhookInfo", "{}"};
}

call send_chat_action(chat_id chat) {
    body_writer body;
    body.object()["chat_id"] = std::to_underlying(chat);
    body.object()["action"] = "typing";
    return {"sendChatAction", body.text()};
}

call peek_updates() {
    body_writer body;
    body.object()["limit"] = 100;
    body.object()["timeout"] = 0;
    return {"getUpdates", body.text()};
}

call perform(const operation& what, chat_id destination) {
    body_writer body;
    json::object& to = body.object();
    to["chat_id"] = std::to_underlying(destination);
    const std::string_view method =
        std::visit(overloaded{[&](const forward_message& forward) -> std::string_view {
                                  put_transfer(to, forward);
                                  return "forwardMessage";
                              },
                              [&](const copy_message& copy) -> std::string_view {
                                  put_transfer(to, copy);
                                  if (copy.caption) {
                                      put_text(body, *copy.caption, "caption", "caption_entities");
                                  }
                                  return "copyMessage";
                              },
                              [&](const send_text& text) -> std::string_view {
                                  put_text(body, text.text, "text", "entities");
                                  if (!what.options.link_preview) {
                                      to["link_preview_options"] = {{"is_disabled", true}};
                                  }
                                  return "sendMessage";
                              }},
                   what.what);
    if (what.options.silent) to["disable_notification"] = true;
    if (what.options.protect) to["protect_content"] = true;
    return {method, body.text()};
}

}  // namespace baudot::telegram::bot_api
