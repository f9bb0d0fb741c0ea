// pairs, and what belongs to `table`.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

#include "script/box.hpp"
#include "script/library.hpp"

namespace baudot::script {
namespace {

/// A key of a table, as it is ordered: numbers, then strings, then false and true.
struct key {
    int type = LUA_TNIL;
    double number = 0;
    std::string_view text;
    int place = 0;  // in the table of keys, which keeps them alive
};

bool is_before(const key& left, const key& right) {
    if (left.type != right.type) {
        const auto rank = [](int type) {
            return type == LUA_TNUMBER ? 0 : type == LUA_TSTRING ? 1 : 2;
        };
        return rank(left.type) < rank(right.type);
    }
    if (left.type == LUA_TSTRING) return left.text < right.text;
    return left.number < right.number;
}

std::uint64_t work_of_sorting(std::size_t count) {
    return std::uint64_t{count} * static_cast<unsigned>(std::bit_width(count));
}

// Upvalues: the table, its keys, their order, how many there are, the next one. What has become nil
// meanwhile is left out.
int next_pair(lua_State* in) {
    const auto* const order = static_cast<const int*>(lua_touserdata(in, lua_upvalueindex(3)));
    const auto count = lua_tointeger(in, lua_upvalueindex(4));
    for (auto at = lua_tointeger(in, lua_upvalueindex(5)); at < count; ++at) {
        box::of(in).charge(1);
        lua_rawgeti(in, lua_upvalueindex(2), order[at]);
        lua_pushvalue(in, -1);
        lua_rawget(in, lua_upvalueindex(1));
        if (!lua_isnil(in, -1)) {
            lua_pushinteger(in, at + 1);
            lua_replace(in, lua_upvalueindex(5));
            return 2;
        }
        lua_pop(in, 2);
    }
    lua_pushinteger(in, count);
    lua_replace(in, lua_upvalueindex(5));
    lua_pushnil(in);
    return 1;
}

int count_of(lua_State* in, int index) {
    int count = 0;
    lua_pushnil(in);
    while (lua_next(in, index) != 0) {
        lua_pop(in, 1);
        ++count;
    }
    return count;
}

key key_at_top(lua_State* in, int place) {
    key made{.type = lua_type(in, -1), .place = place};
    switch (made.type) {
        case LUA_TNUMBER: made.number = lua_tonumber(in, -1); break;
        case LUA_TBOOLEAN: made.number = lua_toboolean(in, -1); break;
        case LUA_TSTRING: {
            std::size_t size = 0;
            const char* const text = lua_tolstring(in, -1, &size);
            made.text = {text, size};
            break;
        }
        default:
            luaL_error(in,
                       "pairs: keys have an order only where they are numbers, strings and "
                       "booleans; there is a %s",
                       luaL_typename(in, -1));
    }
    return made;
}

/// Puts `order` in order, which has the places of what is compared; `other` is as long. Stable.
/// Whatever `comes_before` says, each place stays in it once.
template <class ComesBefore>
void merge_sort(std::span<int> order, std::span<int> other, const ComesBefore& comes_before) {
    const std::size_t count = order.size();
    for (std::size_t width = 1; width < count; width *= 2) {
        for (std::size_t begin = 0; begin < count; begin += 2 * width) {
            std::size_t left = begin;
            const std::size_t middle = std::min(begin + width, count);
            std::size_t right = middle;
            const std::size_t end = std::min(begin + 2 * width, count);
            for (std::size_t to = begin; to < end; ++to) {
                const bool takes_right =
                    left == middle || (right < end && comes_before(order[right], order[left]));
                other[to] = order[takes_right ? right++ : left++];
            }
        }
        std::ranges::copy(other, order.begin());
    }
}

std::span<int> new_numbers(lua_State* in, std::size_t count) {
    auto* const made = static_cast<int*>(lua_newuserdata(in, (count + 1) * sizeof(int)));
    return {made, count};
}

// With a function that compares at index 2, or none there.
bool comes_before(lua_State* in, bool has_function) {
    box& here = box::of(in);
    here.charge(1);
    if (!has_function) {
        if (lua_type(in, -1) == LUA_TSTRING && lua_type(in, -2) == LUA_TSTRING) {
            here.charge(std::min(lua_objlen(in, -1), lua_objlen(in, -2)) / 64);
        }
        const bool said = lua_lessthan(in, -2, -1) != 0;
        lua_pop(in, 2);
        return said;
    }
    lua_pushvalue(in, 2);
    lua_insert(in, -3);
    lua_call(in, 2, 1);
    const bool said = lua_toboolean(in, -1) != 0;
    lua_pop(in, 1);
    return said;
}

// Sorts a copy, so that a function that changes the table meanwhile does no harm.
int sort(lua_State* in) {
    luaL_checktype(in, 1, LUA_TTABLE);
    const bool has_function = !lua_isnoneornil(in, 2);
    if (has_function) luaL_checktype(in, 2, LUA_TFUNCTION);
    lua_settop(in, 2);
    box& here = box::of(in);
    here.enter();
    const std::size_t count = lua_objlen(in, 1);
    here.charge(count);
    lua_createtable(in, static_cast<int>(count), 0);
    const std::span<int> order = new_numbers(in, count);
    const std::span<int> other = new_numbers(in, count);
    for (std::size_t at = 0; at < count; ++at) {
        order[at] = static_cast<int>(at) + 1;
        lua_rawgeti(in, 1, order[at]);
        lua_rawseti(in, 3, order[at]);
    }
    merge_sort(order, other, [&](int left, int right) {
        lua_rawgeti(in, 3, left);
        lua_rawgeti(in, 3, right);
        return comes_before(in, has_function);
    });
    for (std::size_t at = 0; at < count; ++at) {
        lua_rawgeti(in, 3, order[at]);
        lua_rawseti(in, 1, static_cast<int>(at) + 1);
    }
    here.leave();
    return 0;
}

// Lua's own, which takes as long as the table is.
int of_length(lua_State* in) {
    luaL_checktype(in, 1, LUA_TTABLE);
    std::uint64_t much = lua_objlen(in, 1);
    // concat(t, separator, from, to) may look beyond that.
    if (lua_isnumber(in, 4) != 0) {
        const double more = lua_tonumber(in, 4);
        if (more > 0) much += more < 1e9 ? static_cast<std::uint64_t>(more) : 1'000'000'000;
    }
    box::of(in).charge(much / 4 + 1);
    lua_pushvalue(in, lua_upvalueindex(1));
    lua_insert(in, 1);
    lua_call(in, lua_gettop(in) - 1, LUA_MULTRET);
    return lua_gettop(in);
}

}  // namespace

int sorted_pairs(lua_State* in) {
    luaL_checktype(in, 1, LUA_TTABLE);
    lua_settop(in, 1);
    box& here = box::of(in);
    const int count = count_of(in, 1);
    here.charge(work_of_sorting(static_cast<std::size_t>(count)) + 1);
    lua_createtable(in, count, 0);
    auto* const keys =
        static_cast<key*>(lua_newuserdata(in, (static_cast<std::size_t>(count) + 1) * sizeof(key)));
    int place = 0;
    lua_pushnil(in);
    while (lua_next(in, 1) != 0) {
        lua_pop(in, 1);
        keys[place] = key_at_top(in, place + 1);
        ++place;
        lua_pushvalue(in, -1);
        lua_rawseti(in, 2, place);
    }
    std::sort(keys, keys + count, is_before);
    const std::span<int> order = new_numbers(in, static_cast<std::size_t>(count));
    for (int at = 0; at < count; ++at) order[static_cast<std::size_t>(at)] = keys[at].place;
    lua_remove(in, 3);
    lua_pushinteger(in, count);
    lua_pushinteger(in, 0);
    lua_pushcclosure(in, next_pair, 5);
    return 1;
}

void add_table_functions(lua_State* in) {
    add_over(in, "concat", of_length);
    add_over(in, "insert", of_length);
    add_over(in, "remove", of_length);
    lua_pushcfunction(in, sort);
    lua_setfield(in, -2, "sort");
}

}  // namespace baudot::script
