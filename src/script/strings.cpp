// What belongs to `string`.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <string_view>
#include <type_traits>

#include "script/box.hpp"
#include "script/library.hpp"
#include "script/pattern.hpp"

namespace baudot::script {
namespace {

// An error of Lua is thrown over these.
static_assert(std::is_trivially_destructible_v<pattern>);
static_assert(std::is_trivially_destructible_v<std::optional<match>>);

constexpr std::uint64_t characters_per_step = 4;

constexpr std::array<const char*, 8> own_functions = {"byte",    "char", "len",   "lower",
                                                      "reverse", "sub",  "upper", nullptr};

void read_pattern(lua_State* in, std::string_view text, bool may_anchor, pattern& to) {
    box::of(in).charge(text.size() / characters_per_step + 1);
    if (const char* const wrong = to.read(text, may_anchor)) luaL_error(in, "%s", wrong);
}

/// Charges for what it looks at, and raises when that is too much.
std::optional<match> match_at(lua_State* in, const pattern& by, std::string_view text,
                              std::size_t at) {
    box& here = box::of(in);
    const std::uint64_t most = here.steps_left() * characters_per_step;
    std::uint64_t work = most;
    const std::optional<match> made = by.match_at(text, at, work);
    here.charge((most - work + characters_per_step - 1) / characters_per_step);
    return made;
}

/// The first match that begins at `at` or behind it.
std::optional<match> find_from(lua_State* in, const pattern& by, std::string_view text,
                               std::size_t at) {
    for (; at <= text.size(); ++at) {
        if (auto made = match_at(in, by, text, at)) return made;
        if (by.is_anchored()) break;
    }
    return std::nullopt;
}

void push_capture(lua_State* in, std::string_view text, const capture& what) {
    if (what.is_position) {
        lua_pushinteger(in, static_cast<lua_Integer>(what.begin) + 1);
    } else {
        push(in, text.substr(what.begin, what.end - what.begin));
    }
}

int push_captures(lua_State* in, std::string_view text, const match& found, std::size_t count) {
    luaL_checkstack(in, static_cast<int>(count), "too many captures");
    for (std::size_t at = 0; at < count; ++at) push_capture(in, text, found.all[at]);
    return static_cast<int>(count);
}

/// Where `find` and `match` begin: the third argument, from 1; below 0 it counts from the end.
std::size_t begin_argument(lua_State* in, std::string_view text) {
    const lua_Number size = static_cast<lua_Number>(text.size());
    lua_Number at = luaL_optnumber(in, 3, 1);
    if (at < 0) at += size + 1;
    if (!(at >= 1)) return 0;  // or it is no number at all
    return static_cast<std::size_t>(std::min(at, size + 1)) - 1;
}

std::size_t find_plain(lua_State* in, std::string_view text, std::string_view what,
                       std::size_t from) {
    box::of(in).charge((text.size() - from) / 32 + 1);
    if (what.empty()) return from;
    if (from == text.size()) return text.npos;
    const void* const found =
        ::memmem(text.data() + from, text.size() - from, what.data(), what.size());
    if (found == nullptr) return text.npos;
    return static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

int nothing(lua_State* in) {
    lua_pushnil(in);
    return 1;
}

int find(lua_State* in) {
    const std::string_view text = string_argument(in, 1);
    const std::string_view wanted = string_argument(in, 2);
    const std::size_t from = begin_argument(in, text);
    if (lua_toboolean(in, 4) != 0 || wanted.find_first_of("^$*+?.([%-)") == wanted.npos) {
        const std::size_t at = find_plain(in, text, wanted, from);
        if (at == text.npos) return nothing(in);
        lua_pushinteger(in, static_cast<lua_Integer>(at) + 1);
        lua_pushinteger(in, static_cast<lua_Integer>(at + wanted.size()));
        return 2;
    }
    pattern by;
    read_pattern(in, wanted, true, by);
    const std::optional<match> found = find_from(in, by, text, from);
    if (!found) return nothing(in);
    lua_pushinteger(in, static_cast<lua_Integer>(found->begin) + 1);
    lua_pushinteger(in, static_cast<lua_Integer>(found->end));
    return 2 + push_captures(in, text, *found, by.has_groups() ? found->captures : 0);
}

int match_one(lua_State* in) {
    const std::string_view text = string_argument(in, 1);
    pattern by;
    read_pattern(in, string_argument(in, 2), true, by);
    const std::optional<match> found = find_from(in, by, text, begin_argument(in, text));
    return found ? push_captures(in, text, *found, found->captures) : nothing(in);
}

// Upvalues: the text, the pattern, where to go on.
int next_match(lua_State* in) {
    const std::string_view text = string_argument(in, lua_upvalueindex(1));
    const auto& by = *static_cast<const pattern*>(lua_touserdata(in, lua_upvalueindex(2)));
    const auto from = static_cast<std::size_t>(lua_tointeger(in, lua_upvalueindex(3)));
    const std::optional<match> found = find_from(in, by, text, from);
    if (!found) return 0;
    const std::size_t next = found->end + (found->end == found->begin ? 1 : 0);
    lua_pushinteger(in, static_cast<lua_Integer>(next));
    lua_replace(in, lua_upvalueindex(3));
    return push_captures(in, text, *found, found->captures);
}

int gmatch(lua_State* in) {
    string_argument(in, 1);
    const std::string_view wanted = string_argument(in, 2);
    lua_settop(in, 2);
    lua_pushvalue(in, 1);
    auto* const by = new (lua_newuserdata(in, sizeof(pattern))) pattern;
    read_pattern(in, wanted, false, *by);
    lua_pushinteger(in, 0);
    lua_pushcclosure(in, next_match, 3);
    return 1;
}

/// "%1" in what comes instead.
void add_template(lua_State* in, luaL_Buffer& to, std::string_view text, const match& found) {
    const std::string_view with = string_argument(in, 3);
    for (std::size_t at = 0; at < with.size(); ++at) {
        const bool is_sign = with[at] == '%';
        if (is_sign) ++at;
        if (at == with.size()) break;
        if (!is_sign || with[at] < '0' || with[at] > '9') {
            luaL_addchar(&to, with[at]);
        } else if (with[at] == '0') {
            luaL_addlstring(&to, text.data() + found.begin, found.end - found.begin);
        } else {
            const auto number = static_cast<std::size_t>(with[at] - '1');
            if (number >= found.captures) luaL_error(in, "invalid capture index");
            push_capture(in, text, found.all[number]);
            luaL_addvalue(&to);
        }
    }
}

void add_replacement(lua_State* in, luaL_Buffer& to, std::string_view text, const match& found) {
    switch (lua_type(in, 3)) {
        case LUA_TTABLE:
            push_capture(in, text, found.all[0]);
            lua_gettable(in, 3);
            break;
        case LUA_TFUNCTION:
            lua_pushvalue(in, 3);
            lua_call(in, push_captures(in, text, found, found.captures), 1);
            break;
        default: add_template(in, to, text, found); return;
    }
    if (lua_toboolean(in, -1) == 0) {
        lua_pop(in, 1);
        push(in, text.substr(found.begin, found.end - found.begin));
    } else if (lua_isstring(in, -1) == 0) {
        luaL_error(in, "what comes instead is a %s", luaL_typename(in, -1));
    }
    luaL_addvalue(&to);
}

int gsub(lua_State* in) {
    const std::string_view text = string_argument(in, 1);
    pattern by;
    read_pattern(in, string_argument(in, 2), true, by);
    const int type = lua_type(in, 3);
    if (type != LUA_TNUMBER && type != LUA_TSTRING && type != LUA_TTABLE && type != LUA_TFUNCTION) {
        return luaL_argerror(in, 3, "it must be a string, a table or a function");
    }
    const lua_Number most = luaL_optnumber(in, 4, static_cast<lua_Number>(text.size() + 1));
    lua_settop(in, 4);
    box& here = box::of(in);
    here.enter();
    luaL_Buffer made;
    luaL_buffinit(in, &made);
    int count = 0;
    std::size_t at = 0;
    while (count < most) {
        const std::optional<match> found = match_at(in, by, text, at);
        if (found) {
            ++count;
            here.charge(1);
            add_replacement(in, made, text, *found);
        }
        if (found && found->end > at) {
            at = found->end;
        } else if (at < text.size()) {
            luaL_addchar(&made, text[at]);
            ++at;
        } else {
            break;
        }
        if (by.is_anchored()) break;
    }
    luaL_addlstring(&made, text.data() + at, text.size() - at);
    luaL_pushresult(&made);
    lua_pushinteger(in, count);
    here.leave();
    return 2;
}

// Lua's own, of texts instead of addresses.
int format(lua_State* in) {
    const std::string_view how = string_argument(in, 1);
    box::of(in).charge(how.size() / characters_per_step + 1);
    for (std::size_t at = how.find('%'); at != how.npos; at = how.find('%', at)) {
        at = how.find_first_not_of("-+ #0123456789.", at + 1);
        if (at == how.npos) break;
        if (how[at] == 'p') luaL_error(in, "format: there is no %%p");
        ++at;
    }
    const int count = lua_gettop(in);
    for (int at = 2; at <= count; ++at) {
        const int type = lua_type(in, at);
        if (type == LUA_TNUMBER || type == LUA_TSTRING) continue;
        push_text(in, at);
        lua_replace(in, at);
    }
    lua_pushvalue(in, lua_upvalueindex(1));
    lua_insert(in, 1);
    lua_call(in, count, 1);
    return 1;
}

int rep(lua_State* in) {
    std::size_t size = string_argument(in, 1).size();
    if (!lua_isnoneornil(in, 3)) size += string_argument(in, 3).size();
    const lua_Number times = luaL_checknumber(in, 2);
    if (times > 0) {
        const lua_Number much = times * static_cast<lua_Number>(size) / 64;
        box::of(in).charge(much < 1e9 ? static_cast<std::uint64_t>(much) + 1 : 1'000'000'000);
    }
    lua_pushvalue(in, lua_upvalueindex(1));
    lua_insert(in, 1);
    lua_call(in, lua_gettop(in) - 1, 1);
    return 1;
}

}  // namespace

void add_string_functions(lua_State* in) {
    copy(in, own_functions.data());
    add_over(in, "format", format);
    add_over(in, "rep", rep);
    constexpr std::array<luaL_Reg, 4> ours = {
        {{"find", find}, {"gmatch", gmatch}, {"gsub", gsub}, {"match", match_one}}};
    for (const luaL_Reg& each : ours) {
        lua_pushcfunction(in, each.func);
        lua_setfield(in, -2, each.name);
    }
}

}  // namespace baudot::script
