#pragma once

#include <lua.hpp>
#include <string_view>

#include "script/subject.hpp"

// Private to the module.

namespace baudot::script {

/// Pushes the globals of a script: a table with what is safe of Lua's own library, and with our own
/// functions where Lua's are not: they take no more than the box counts, and say the same in each
/// run. All functions belong to a machine of a box, and raise errors of Lua.
void push_globals(lua_State* in);

// The parts of it: each adds to the table on top of the stack, whose Lua original lies below it.
void add_string_functions(lua_State* in);
void add_table_functions(lua_State* in);

/// Pushes a post as scripts see it (docs/scripts.md).
void push_post(lua_State* in, const subject& what);

/// What the script has returned for `of`: at index 1 a text, at 2 its entities or nil.
void read_new_text(lua_State* in, const subject& of, new_text& to);

/// pairs(t): in the order of the keys. Lua's own is another one in each machine.
int sorted_pairs(lua_State* in);

/// Pushes what is at `index` as a text, without the address of anything.
void push_text(lua_State* in, int index);

/// The string at `index`, or an error about the argument.
std::string_view string_argument(lua_State* in, int index);

void push(lua_State* in, std::string_view text);

/// Adds `own` to the table on top, with the function of the same name of the table below it as its
/// first upvalue.
void add_over(lua_State* in, const char* name, lua_CFunction own);

/// Copies what has these names from the table below into the one on top.
void copy(lua_State* in, const char* const* names);

}  // namespace baudot::script
