#include "script/library.hpp"

#include <array>

#include "script/box.hpp"

namespace baudot::script {
namespace {

constexpr std::array<const char*, 14> base_functions = {
    "assert", "error",    "getmetatable", "ipairs", "rawequal", "rawget",   "rawset",
    "select", "tonumber", "setmetatable", "type",   "unpack",   "_VERSION", nullptr};
constexpr std::array<const char*, 12> math_functions = {
    "abs", "ceil", "floor", "fmod", "huge", "max", "min", "modf", "pi", "pow", "sqrt", nullptr};

void open(lua_State* in, lua_CFunction library, const char* name) {
    lua_pushcfunction(in, library);
    lua_pushstring(in, name);
    lua_call(in, 1, 0);
}

int tostring(lua_State* in) {
    luaL_checkany(in, 1);
    push_text(in, 1);
    return 1;
}

// With the globals of a script on top: a library of Lua, as far as it is safe, under its name.
template <class Add>
void add_library(lua_State* in, const char* name, const Add& add) {
    lua_getfield(in, LUA_GLOBALSINDEX, name);
    lua_newtable(in);
    add(in);
    lua_remove(in, -2);
    lua_setfield(in, -2, name);
}

}  // namespace

void push(lua_State* in, std::string_view text) {
    lua_pushlstring(in, text.data(), text.size());
}

std::string_view string_argument(lua_State* in, int index) {
    std::size_t size = 0;
    const char* const text = luaL_checklstring(in, index, &size);
    return {text, size};
}

void push_text(lua_State* in, int index) {
    if (luaL_getmetafield(in, index, "__tostring") != 0) {
        box& here = box::of(in);
        here.enter();
        lua_pushvalue(in, index);
        lua_call(in, 1, 1);
        here.leave();
        if (lua_type(in, -1) != LUA_TSTRING) luaL_error(in, "__tostring gives no string");
        return;
    }
    switch (lua_type(in, index)) {
        case LUA_TNUMBER:
        case LUA_TSTRING:
            lua_pushvalue(in, index);
            lua_tolstring(in, -1, nullptr);
            break;
        case LUA_TBOOLEAN:
            lua_pushstring(in, lua_toboolean(in, index) != 0 ? "true" : "false");
            break;
        default: lua_pushstring(in, luaL_typename(in, index));
    }
}

void add_over(lua_State* in, const char* name, lua_CFunction own) {
    lua_getfield(in, -2, name);
    lua_pushcclosure(in, own, 1);
    lua_setfield(in, -2, name);
}

void copy(lua_State* in, const char* const* names) {
    for (; *names != nullptr; ++names) {
        lua_getfield(in, -2, *names);
        lua_setfield(in, -2, *names);
    }
}

void push_globals(lua_State* in) {
    open(in, luaopen_base, "");
    open(in, luaopen_string, LUA_STRLIBNAME);
    open(in, luaopen_table, LUA_TABLIBNAME);
    open(in, luaopen_math, LUA_MATHLIBNAME);
    lua_pushvalue(in, LUA_GLOBALSINDEX);
    lua_newtable(in);
    copy(in, base_functions.data());
    lua_remove(in, -2);
    lua_pushcfunction(in, tostring);
    lua_setfield(in, -2, "tostring");
    lua_pushcfunction(in, sorted_pairs);
    lua_setfield(in, -2, "pairs");
    add_library(in, LUA_MATHLIBNAME, [](lua_State* to) { copy(to, math_functions.data()); });
    add_library(in, LUA_TABLIBNAME, add_table_functions);
    add_library(in, LUA_STRLIBNAME, add_string_functions);
    lua_pushvalue(in, -1);
    lua_setfield(in, -2, "_G");

    // ("text"):find() is our own, too.
    lua_pushliteral(in, "");
    lua_newtable(in);
    lua_getfield(in, -3, LUA_STRLIBNAME);
    lua_setfield(in, -2, "__index");
    lua_pushboolean(in, 0);
    lua_setfield(in, -2, "__metatable");
    lua_setmetatable(in, -2);
    lua_pop(in, 1);
}

}  // namespace baudot::script
