// What a script returns, read and judged.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/utf16.hpp"
#include "script/box.hpp"
#include "script/library.hpp"

namespace baudot::script {
namespace {

// Those that a text is sent with, and those that Telegram finds by itself.
constexpr std::array<std::string_view, 19> types = {
    "bold",          "italic",       "underline",
    "strikethrough", "spoiler",      "code",
    "pre",           "blockquote",   "expandable_blockquote",
    "text_link",     "text_mention", "custom_emoji",
    "url",           "mention",      "hashtag",
    "cashtag",       "bot_command",  "email",
    "phone_number"};

/// The entity on top of the stack, which is the one with this number.
class entity_reader {
public:
    entity_reader(lua_State* in, int number, std::string_view text, const subject& of)
        : in_(in), number_(number), text_(text), of_(of) {}

    void read(new_text::entity& to) {
        if (!lua_istable(in_, -1)) fail("is no table");
        message_entity& what = to.what;
        read("type", what.type);
        if (!is_known(what.type)) fail("has no type of Telegram's");
        to.begin = static_cast<std::size_t>(place("first") - 1);
        to.end = static_cast<std::size_t>(place("last"));
        if (to.begin >= to.end) fail("ends before it begins");
        if (is_inside(to.begin) || is_inside(to.end)) fail("parts a character");
        read("url", what.url);
        read("language", what.language);
        read("custom_emoji_id", what.custom_emoji_id);
        what.user = user_id{id("user")};
        what.own_post = message_id{id("own_post")};
        if (what.type == "text_link" && what.url.empty()) fail("has no url");
        if (what.type == "text_mention" && what.user == user_id{}) fail("has no user");
        if (what.type == "custom_emoji" && what.custom_emoji_id.empty()) {
            fail("has no custom_emoji_id");
        }
    }

    void fail(const char* why) const { luaL_error(in_, "entity %d %s", number_, why); }

private:
    // Or one that Telegram has come up with since, in the post itself.
    bool is_known(std::string_view type) const {
        return std::ranges::find(types, type) != types.end() ||
               std::ranges::any_of(
                   of_.entities, [&](const span_entity& each) { return each.what->type == type; });
    }

    void push_field(const char* key) const {
        lua_pushstring(in_, key);
        lua_rawget(in_, -2);
    }

    void read(const char* key, std::string& to) const {
        push_field(key);
        if (lua_type(in_, -1) == LUA_TSTRING) {
            to = string_argument(in_, -1);
            if (!is_valid_utf8(to)) fail("has a field that is not UTF-8");
        }
        lua_pop(in_, 1);
    }

    lua_Number number(const char* key) const {
        push_field(key);
        const lua_Number made = lua_type(in_, -1) == LUA_TNUMBER ? lua_tonumber(in_, -1) : 0;
        lua_pop(in_, 1);
        return made;
    }

    std::int64_t id(const char* key) const {
        constexpr lua_Number most = 9007199254740992;  // what numbers of Lua are exact up to
        const lua_Number made = number(key);
        return made > -most && made < most ? static_cast<std::int64_t>(made) : 0;
    }

    std::int64_t place(const char* key) const {
        const lua_Number made = number(key);
        const bool is_one =
            made >= 1 && made <= static_cast<lua_Number>(text_.size()) && std::floor(made) == made;
        if (!is_one) fail("has first or last beyond the text");
        return static_cast<std::int64_t>(made);
    }

    bool is_inside(std::size_t at) const {
        return at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80U;
    }

    lua_State* in_;
    int number_;
    std::string_view text_;
    const subject& of_;
};

/// Puts them in order. False: two have something in common, and neither is inside of the other.
bool order(std::vector<new_text::entity>& entities) {
    std::ranges::sort(entities, [](const auto& left, const auto& right) {
        if (left.begin != right.begin) return left.begin < right.begin;
        return left.end != right.end ? left.end > right.end : left.what.type < right.what.type;
    });
    std::vector<std::size_t> ends;  // of those that the next one may be in
    for (const new_text::entity& each : entities) {
        while (!ends.empty() && ends.back() <= each.begin) ends.pop_back();
        if (!ends.empty() && each.end > ends.back()) return false;
        ends.push_back(each.end);
    }
    return true;
}

}  // namespace

void read_new_text(lua_State* in, const subject& of, new_text& to) {
    if (lua_type(in, 1) != LUA_TSTRING) {
        luaL_error(in, "it returns a %s where a text belongs", luaL_typename(in, 1));
    }
    to.text = string_argument(in, 1);
    if (!is_valid_utf8(to.text)) luaL_error(in, "the text that it returns is not UTF-8");
    if (lua_isnoneornil(in, 2)) return;
    if (!lua_istable(in, 2)) {
        luaL_error(in, "it returns a %s where entities belong", luaL_typename(in, 2));
    }
    const auto count = static_cast<int>(lua_objlen(in, 2));
    box::of(in).charge(std::uint64_t{lua_objlen(in, 2)} * 16);
    to.entities.emplace();
    for (int number = 1; number <= count; ++number) {
        lua_rawgeti(in, 2, number);
        entity_reader(in, number, to.text, of).read(to.entities->emplace_back());
        lua_pop(in, 1);
    }
    if (!order(*to.entities)) {
        luaL_error(in, "two entities overlap, and neither is inside of the other");
    }
}

}  // namespace baudot::script
