#pragma once

#include <lua.hpp>
#include <string>

#include "script/box.hpp"
#include "script/library.hpp"

namespace baudot::script {

/// What `code` returns, as one text; or "error: " and why.
inline std::string outcome_of(lua_State* in, int status) {
    std::string made = status == 0 ? "" : "error: ";
    for (int at = 1; at <= lua_gettop(in); ++at) {
        if (at > 1) made += '|';
        if (lua_isstring(in, at) != 0) {
            std::size_t size = 0;
            const char* const text = lua_tolstring(in, at, &size);
            made.append(text, size);
        } else if (lua_isboolean(in, at)) {
            made += lua_toboolean(in, at) != 0 ? "true" : "false";
        } else {
            made += luaL_typename(in, at);
        }
    }
    return made;
}

/// By a machine of Lua with its own library.
inline std::string by_lua(const std::string& code) {
    lua_State* const in = luaL_newstate();
    luaL_openlibs(in);
    luaL_loadbuffer(in, code.data(), code.size(), "=test");
    const int status = lua_pcall(in, 0, LUA_MULTRET, 0);
    std::string made = outcome_of(in, status);
    lua_close(in);
    return made;
}

/// In a box.
inline std::string in_box(const std::string& code, const limits& within = {}) {
    box here(within);
    lua_State* const in = here.state();
    if (in == nullptr) return "error: not even a machine";
    const auto prepare = [](lua_State* of) {
        const auto& text = *static_cast<const std::string*>(lua_touserdata(of, 1));
        push_globals(of);
        if (luaL_loadbuffer(of, text.data(), text.size(), "=test") != 0) lua_error(of);
        lua_insert(of, -2);
        lua_setfenv(of, -2);
        lua_setfield(of, LUA_REGISTRYINDEX, "code");
        return 0;
    };
    std::string source = code;
    int status = lua_cpcall(in, prepare, &source);
    if (status == 0) {
        lua_getfield(in, LUA_REGISTRYINDEX, "code");
        status = lua_pcall(in, 0, LUA_MULTRET, 0);
    }
    return status == 0 ? outcome_of(in, status) : "error: " + here.failure(status);
}

}  // namespace baudot::script
