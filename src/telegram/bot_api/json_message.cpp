#include "telegram/bot_api/json_message.hpp"

#include <algorithm>
#include <limits>

namespace baudot::telegram::bot_api {
namespace {

enum class field {
    animation,
    audio,
    author_signature,
    caption,
    caption_entities,
    chat,
    date,
    document,
    edit_date,
    entities,
    forward_date,
    forward_origin,
    from,
    has_protected_content,
    media_group_id,
    message_id,
    message_thread_id,
    migrate_to_chat_id,
    photo,
    reply_to_message,
    sender_chat,
    service,
    sticker,
    text,
    via_bot,
    video,
    video_note,
    voice,
};

struct known {
    std::string_view name;
    field what;
};

// Sorted by name. Service messages by the list of the Bot API documentation, "Message". A
// content that is not listed (poll, location, a kind of next year) is `other`.
constexpr known fields[] = {
    {"animation", field::animation},
    {"audio", field::audio},
    {"author_signature", field::author_signature},
    {"boost_added", field::service},
    {"caption", field::caption},
    {"caption_entities", field::caption_entities},
    {"channel_chat_created", field::service},
    {"chat", field::chat},
    {"chat_background_set", field::service},
    {"chat_shared", field::service},
    {"checklist_tasks_added", field::service},
    {"checklist_tasks_done", field::service},
    {"connected_website", field::service},
    {"date", field::date},
    {"delete_chat_photo", field::service},
    {"direct_message_price_changed", field::service},
    {"document", field::document},
    {"edit_date", field::edit_date},
    {"entities", field::entities},
    {"forum_topic_closed", field::service},
    {"forum_topic_created", field::service},
    {"forum_topic_edited", field::service},
    {"forum_topic_reopened", field::service},
    {"forward_date", field::forward_date},
    {"forward_origin", field::forward_origin},
    {"from", field::from},
    {"general_forum_topic_hidden", field::service},
    {"general_forum_topic_unhidden", field::service},
    {"gift", field::service},
    {"giveaway_completed", field::service},
    {"giveaway_created", field::service},
    {"group_chat_created", field::service},
    {"has_protected_content", field::has_protected_content},
    {"left_chat_member", field::service},
    {"media_group_id", field::media_group_id},
    {"message_auto_delete_timer_changed", field::service},
    {"message_id", field::message_id},
    {"message_thread_id", field::message_thread_id},
    {"migrate_from_chat_id", field::service},
    {"migrate_to_chat_id", field::migrate_to_chat_id},
    {"new_chat_members", field::service},
    {"new_chat_photo", field::service},
    {"new_chat_title", field::service},
    {"paid_message_price_changed", field::service},
    {"passport_data", field::service},
    {"photo", field::photo},
    {"pinned_message", field::service},
    {"proximity_alert_triggered", field::service},
    {"refunded_payment", field::service},
    {"reply_to_message", field::reply_to_message},
    {"sender_chat", field::sender_chat},
    {"sticker", field::sticker},
    {"successful_payment", field::service},
    {"suggested_post_approval_failed", field::service},
    {"suggested_post_approved", field::service},
    {"suggested_post_declined", field::service},
    {"suggested_post_paid", field::service},
    {"suggested_post_refunded", field::service},
    {"supergroup_chat_created", field::service},
    {"text", field::text},
    {"unique_gift", field::service},
    {"users_shared", field::service},
    {"via_bot", field::via_bot},
    {"video", field::video},
    {"video_chat_ended", field::service},
    {"video_chat_participants_invited", field::service},
    {"video_chat_scheduled", field::service},
    {"video_chat_started", field::service},
    {"video_note", field::video_note},
    {"voice", field::voice},
    {"web_app_data", field::service},
    {"write_access_allowed", field::service},
};
static_assert(std::ranges::is_sorted(fields, {}, &known::name));

std::int64_t as_integer(const dom::element& value) {
    std::int64_t number = 0;
    return value.get(number) == simdjson::SUCCESS ? number : 0;
}

std::string as_text(const dom::element& value) {
    std::string_view found;
    return value.get(found) == simdjson::SUCCESS ? std::string(found) : std::string();
}

std::int32_t as_position(const dom::object& from, std::string_view key) {
    constexpr std::int64_t max = std::numeric_limits<std::int32_t>::max();
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(integer(from, key), -1, max));
}

void read_entities(const dom::element& value, std::vector<message_entity>& to) {
    dom::array list;
    if (value.get(list) != simdjson::SUCCESS) return;
    to.clear();
    to.reserve(list.size());
    for (const dom::element each : list) {
        dom::object from;
        if (each.get(from) != simdjson::SUCCESS) continue;
        message_entity entity;
        entity.type = text(from, "type");
        entity.offset = as_position(from, "offset");
        entity.length = as_position(from, "length");
        if (entity.type.empty() || entity.offset < 0 || entity.length < 0) continue;
        entity.url = text(from, "url");
        entity.language = text(from, "language");
        entity.custom_emoji_id = text(from, "custom_emoji_id");
        dom::object user;
        if (from["user"].get(user) == simdjson::SUCCESS) entity.user = user_id{integer(user, "id")};
        to.push_back(std::move(entity));
    }
}

void read_chat(const dom::element& value, message& to) {
    dom::object from;
    if (value.get(from) != simdjson::SUCCESS) return;
    to.chat = chat_id{integer(from, "id")};
    std::string_view type;
    if (from["type"].get(type) == simdjson::SUCCESS) to.kind = chat_kind_of(type);
    to.chat_title = title_of(from);
    to.chat_username = text(from, "username");
}

// The user of an anonymous administrator or of a chat is made up by Telegram: the chat is who
// has sent it. Whichever of the two fields comes first.
void read_sender(const dom::element& value, message& to) {
    dom::object from;
    if (value.get(from) != simdjson::SUCCESS) return;
    to.sender = user_id{integer(from, "id")};
    if (to.sender_chat != chat_id{}) return;
    to.sender_name = title_of(from);
    to.sender_username = text(from, "username");
    to.sender_is_bot = flag(from, "is_bot");
}

void read_sender_chat(const dom::element& value, message& to) {
    dom::object from;
    if (value.get(from) != simdjson::SUCCESS) return;
    to.sender_chat = chat_id{integer(from, "id")};
    to.sender_name = title_of(from);
    to.sender_username = text(from, "username");
    to.sender_is_bot = false;
}

void read_via_bot(const dom::element& value, message& to) {
    dom::object from;
    if (value.get(from) != simdjson::SUCCESS) return;
    to.via_bot = user_id{integer(from, "id")};
    to.via_bot_username = text(from, "username");
}

// A kind of next year is a forward without an origin.
void read_origin(const dom::element& value, message& to) {
    using kind = forward_origin::kind;
    to.is_forward = true;
    dom::object from;
    if (value.get(from) != simdjson::SUCCESS) return;
    const std::string type = text(from, "type");
    forward_origin origin{.author_signature = text(from, "author_signature")};
    dom::object who;
    if (type == "hidden_user") {
        origin.type = kind::hidden_user;
        origin.name = text(from, "sender_user_name");
    } else if (type == "user" && from["sender_user"].get(who) == simdjson::SUCCESS) {
        origin.user = user_id{integer(who, "id")};
    } else if (type == "chat" && from["sender_chat"].get(who) == simdjson::SUCCESS) {
        origin.type = kind::chat;
        origin.chat = chat_id{integer(who, "id")};
    } else if (type == "channel" && from["chat"].get(who) == simdjson::SUCCESS) {
        origin.type = kind::channel;
        origin.chat = chat_id{integer(who, "id")};
        origin.message = message_id{integer(from, "message_id")};
    } else {
        return;
    }
    if (origin.type != kind::hidden_user) {
        origin.name = title_of(who);
        origin.username = text(who, "username");
    }
    to.origin = std::move(origin);
}

std::int64_t id_in(const dom::element& value, std::string_view key) {
    dom::object from;
    return value.get(from) == simdjson::SUCCESS ? integer(from, key) : 0;
}

void read_medium(const dom::element& value, content_kind kind, message& to) {
    // An animation comes with the same file as a document, for old clients.
    if (to.content == content_kind::animation && kind == content_kind::document) return;
    dom::object from;
    if (value.get(from) != simdjson::SUCCESS) return;
    to.content = kind;
    to.media = medium{.file_id = text(from, "file_id"),
                      .file_unique_id = text(from, "file_unique_id"),
                      .file_name = text(from, "file_name"),
                      .mime_type = text(from, "mime_type"),
                      .size = integer(from, "file_size")};
}

// The sizes of one photo; the last is the largest.
void read_photo(const dom::element& value, message& to) {
    dom::array sizes;
    if (value.get(sizes) != simdjson::SUCCESS) return;
    const std::size_t count = sizes.size();
    dom::element largest;
    if (count == 0 || sizes.at(count - 1).get(largest) != simdjson::SUCCESS) return;
    read_medium(largest, content_kind::photo, to);
}

void read_field(field what, const dom::element& value, message& to) {
    switch (what) {
        case field::animation: return read_medium(value, content_kind::animation, to);
        case field::audio: return read_medium(value, content_kind::audio, to);
        case field::document: return read_medium(value, content_kind::document, to);
        case field::photo: return read_photo(value, to);
        case field::sticker: return read_medium(value, content_kind::sticker, to);
        case field::video: return read_medium(value, content_kind::video, to);
        case field::video_note: return read_medium(value, content_kind::video_note, to);
        case field::voice: return read_medium(value, content_kind::voice, to);
        case field::service: to.content = content_kind::service; return;
        case field::text: to.content = content_kind::text; [[fallthrough]];
        case field::caption: to.text.text = as_text(value); return;
        case field::entities:
        case field::caption_entities: return read_entities(value, to.text.entities);
        case field::chat: return read_chat(value, to);
        case field::date: to.date = as_integer(value); return;
        case field::edit_date: to.edit_date = as_integer(value); return;
        case field::author_signature: to.author_signature = as_text(value); return;
        case field::forward_date: to.is_forward = true; return;
        case field::forward_origin: return read_origin(value, to);
        case field::from: return read_sender(value, to);
        case field::has_protected_content:
            to.has_protected_content = value.is_bool() && bool(value);
            return;
        case field::media_group_id: to.media_group_id = as_text(value); return;
        case field::message_id: to.id = message_id{as_integer(value)}; return;
        case field::message_thread_id: to.topic = message_id{as_integer(value)}; return;
        case field::migrate_to_chat_id:
            to.content = content_kind::service;
            to.migrate_to_chat = chat_id{as_integer(value)};
            return;
        case field::reply_to_message: to.reply_to = message_id{id_in(value, "message_id")}; return;
        case field::sender_chat: return read_sender_chat(value, to);
        case field::via_bot: return read_via_bot(value, to);
    }
}

}  // namespace

std::int64_t integer(const dom::object& from, std::string_view key) {
    std::int64_t number = 0;
    return from[key].get(number) == simdjson::SUCCESS ? number : 0;
}

std::string text(const dom::object& from, std::string_view key) {
    std::string_view found;
    return from[key].get(found) == simdjson::SUCCESS ? std::string(found) : std::string();
}

bool flag(const dom::object& from, std::string_view key, bool otherwise) {
    bool value = otherwise;
    return from[key].get(value) == simdjson::SUCCESS ? value : otherwise;
}

bool has(const dom::object& from, std::string_view key) {
    return from[key].error() == simdjson::SUCCESS;
}

chat_kind chat_kind_of(std::string_view type) {
    if (type == "private") return chat_kind::private_chat;
    if (type == "group") return chat_kind::group;
    if (type == "supergroup") return chat_kind::supergroup;
    if (type == "channel") return chat_kind::channel;
    return chat_kind::unknown;
}

std::string title_of(const dom::object& chat) {
    std::string title = text(chat, "title");
    if (!title.empty()) return title;
    title = text(chat, "first_name");
    const std::string last = text(chat, "last_name");
    if (!title.empty() && !last.empty()) title += ' ';
    return title + last;
}

bool read_message(const dom::object& from, message& to) {
    to.content = content_kind::other;  // until a field says what it is
    for (const auto [key, value] : from) {
        const auto at = std::ranges::lower_bound(fields, key, {}, &known::name);
        if (at != std::end(fields) && at->name == key) read_field(at->what, value, to);
    }
    // Replies have a thread in every supergroup; a topic only forums.
    if (to.topic != baudot::message_id{} && !flag(from, "is_topic_message")) to.topic = {};
    return to.chat != chat_id{} && has(from, "message_id");
}

}  // namespace baudot::telegram::bot_api
