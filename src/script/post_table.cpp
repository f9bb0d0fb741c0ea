// A post as a table of Lua.
#include <cstdint>
#include <string>
#include <utility>

#include "base/utf16.hpp"
#include "model/filter.hpp"
#include "script/library.hpp"

namespace baudot::script {
namespace {

// Of the table on top. What is not there is nil.

void set(lua_State* in, const char* key, std::string_view text) {
    if (text.empty()) return;
    push(in, text);
    lua_setfield(in, -2, key);
}

// Numbers of Lua are exact up to 2^53; ids of Telegram have 52 bits.
void set_number(lua_State* in, const char* key, std::int64_t number) {
    if (number == 0) return;
    lua_pushnumber(in, static_cast<lua_Number>(number));
    lua_setfield(in, -2, key);
}

template <class Id>
void set_id(lua_State* in, const char* key, Id id) {
    set_number(in, key, std::to_underlying(id));
}

void set_flag(lua_State* in, const char* key, bool is) {
    lua_pushboolean(in, is ? 1 : 0);
    lua_setfield(in, -2, key);
}

std::string_view name(chat_kind kind) {
    switch (kind) {
        case chat_kind::private_chat: return "private";
        case chat_kind::group: return "group";
        case chat_kind::supergroup: return "supergroup";
        case chat_kind::channel: return "channel";
        case chat_kind::unknown: return "";
    }
    return "";
}

void push_entity(lua_State* in, const span_entity& each) {
    lua_createtable(in, 0, 4);
    const message_entity& what = *each.what;
    set(in, "type", what.type);
    set_number(in, "first", static_cast<std::int64_t>(each.begin) + 1);
    set_number(in, "last", static_cast<std::int64_t>(each.end));
    set(in, "url", what.url);
    set_id(in, "user", what.user);
    set(in, "language", what.language);
    set(in, "custom_emoji_id", what.custom_emoji_id);
    set_id(in, "own_post", what.own_post);
}

void set_entities(lua_State* in, const subject& what) {
    lua_createtable(in, static_cast<int>(what.entities.size()), 0);
    int number = 0;
    for (const span_entity& each : what.entities) {
        push_entity(in, each);
        lua_rawseti(in, -2, ++number);
    }
    lua_setfield(in, -2, "entities");
}

/// A list of what the entities of two types say.
template <class Say>
void set_list(lua_State* in, const char* key, const subject& what,
              std::pair<std::string_view, std::string_view> types, const Say& say) {
    lua_newtable(in);
    int number = 0;
    for (const span_entity& each : what.entities) {
        if (each.what->type != types.first && each.what->type != types.second) continue;
        push(in, say(each));
        lua_rawseti(in, -2, ++number);
    }
    lua_setfield(in, -2, key);
}

void set_found(lua_State* in, const subject& what) {
    const auto text_of = [&](const span_entity& each) {
        return what.text.substr(each.begin, each.end - each.begin);
    };
    set_list(in, "hashtags", what, {"hashtag", "cashtag"}, [&](const span_entity& each) {
        const std::string_view tag = text_of(each);
        return tag.substr(0, tag.find('@'));  // "#tag@channel" is "#tag" there
    });
    set_list(in, "mentions", what, {"mention", "mention"}, text_of);
    set_list(in, "links", what, {"url", "text_link"}, [&](const span_entity& each) {
        return each.what->type == "url" ? text_of(each) : std::string_view(each.what->url);
    });
}

void set_chat(lua_State* in, const message& post) {
    lua_createtable(in, 0, 4);
    set_id(in, "id", post.chat);
    set(in, "kind", name(post.kind));
    set(in, "title", post.chat_title);
    set(in, "username", post.chat_username);
    lua_setfield(in, -2, "chat");
}

// The chat that a message was sent as hides its user, who is made up then.
void set_sender(lua_State* in, const message& post) {
    const bool as_chat = post.sender_chat != chat_id{};
    if (!as_chat && post.sender == user_id{}) return;
    lua_createtable(in, 0, 4);
    if (as_chat) {
        set_id(in, "id", post.sender_chat);
    } else {
        set_id(in, "id", post.sender);
    }
    set(in, "name", post.sender_name);
    set(in, "username", post.sender_username);
    set_flag(in, "is_bot", !as_chat && post.sender_is_bot);
    lua_setfield(in, -2, "sender");
}

void set_origin(lua_State* in, const message& post) {
    if (!post.origin) return;
    const forward_origin& from = *post.origin;
    lua_createtable(in, 0, 5);
    set_id(in, "id", from.user);
    set_id(in, "id", from.chat);
    set_id(in, "message", from.message);
    set(in, "name", from.name);
    set(in, "username", from.username);
    set(in, "author", from.author_signature);
    lua_setfield(in, -2, "forwarded_from");
}

void set_file(lua_State* in, const message& post) {
    if (!post.media) return;
    lua_createtable(in, 0, 3);
    set(in, "name", post.media->file_name);
    set(in, "mime_type", post.media->mime_type);
    set_number(in, "size", post.media->size);
    lua_setfield(in, -2, "file");
}

}  // namespace

void push_post(lua_State* in, const subject& what) {
    const message& post = what.post;
    lua_createtable(in, 0, 24);
    push(in, what.text);
    lua_setfield(in, -2, "text");
    lua_pushinteger(in, static_cast<lua_Integer>(utf16_length(what.text)));
    lua_setfield(in, -2, "length");
    set_entities(in, what);
    set_found(in, what);
    set(in, "media", baudot::name(post.content));
    set_file(in, post);
    set_chat(in, post);
    set_sender(in, post);
    set(in, "author", post.author_signature);
    set_id(in, "id", post.id);
    set_number(in, "date", post.date);
    set_id(in, "reply_to", post.reply_to);
    set_id(in, "topic", post.topic);
    set(in, "album", post.media_group_id);
    set_flag(in, "is_forward", post.is_forward);
    set_origin(in, post);
    if (post.via_bot != user_id{}) {
        lua_createtable(in, 0, 2);
        set_id(in, "id", post.via_bot);
        set(in, "username", post.via_bot_username);
        lua_setfield(in, -2, "via_bot");
    }
}

}  // namespace baudot::script
