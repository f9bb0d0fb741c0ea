// Scripts that want out, or never end.
#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <string>

#include "script/evaluate_test.hpp"

namespace baudot::script {
namespace {

double processor_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Ten times the guard of time: sanitizers make our own functions slow.
void expect_stopped(const std::string& code, const std::string& words) {
    const double before = processor_seconds();
    const std::string said = in_box(code).substr(0, 200);
    EXPECT_LT(processor_seconds() - before, 1.0) << code;
    EXPECT_TRUE(said.starts_with("error: ") && said.contains(words)) << code << "\n" << said;
}

TEST(hostile, there_is_nothing_outside) {
    for (const char* const name : {"io",
                                   "os",
                                   "ffi",
                                   "debug",
                                   "package",
                                   "jit",
                                   "bit",
                                   "coroutine",
                                   "require",
                                   "module",
                                   "load",
                                   "loadstring",
                                   "loadfile",
                                   "dofile",
                                   "print",
                                   "collectgarbage",
                                   "gcinfo",
                                   "getfenv",
                                   "setfenv",
                                   "newproxy",
                                   "next",
                                   "pcall",
                                   "xpcall",
                                   "string.dump",
                                   "math.random",
                                   "math.randomseed",
                                   "table.foreach",
                                   "_G.io",
                                   "_G._G.os"}) {
        EXPECT_EQ(in_box(std::string("return ") + name), "nil") << name;
    }
    EXPECT_EQ(in_box("return getmetatable('').__index or getmetatable('')"),
              "error: test:1: attempt to index a boolean value");
    EXPECT_EQ(in_box("return ('').dump, ('x').rep ~= nil"), "nil|true");
    EXPECT_TRUE(in_box("setmetatable('', {})").starts_with("error"));
    EXPECT_EQ(in_box("\x1bLJ\x02"), "error: test: cannot load incompatible bytecode");
}

TEST(hostile, nothing_is_left_for_the_next_run) {
    EXPECT_EQ(in_box("string.upper = nil table.x = 1 y = 2 _G.tostring = nil return 1"), "1");
    EXPECT_EQ(in_box("return ('a'):upper(), table.x, y, tostring(1)"), "A|nil|nil|1");
}

TEST(hostile, a_loop_is_stopped) {
    expect_stopped("while true do end", "test:1: stopped after 1000000 steps");
    expect_stopped("repeat until false", "steps");
    expect_stopped("::again:: goto again", "steps");
    expect_stopped("for i = 1, math.huge do end", "steps");
    expect_stopped("local function f() return f() end f()", "steps");
    expect_stopped(
        "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) "
        "return t[1]",
        "");
    expect_stopped("for _ in function() return 1 end do end", "steps");
}

TEST(hostile, what_it_holds_is_bounded) {
    expect_stopped("local t = {} while true do t = {t, {}, {}, {}} end", "stopped");
    expect_stopped("local t = {} while true do t[#t + 1] = {} end", "stopped");
    expect_stopped("local t = {} while true do t[#t + 1] = 1 end", "one string, table");
    expect_stopped("local s = 'x' while true do s = s .. s end", "one string, table");
    expect_stopped("local s = '' while true do s = s .. 'x' end", "stopped");
    expect_stopped("return string.rep('x', 1e9)", "stopped");
    EXPECT_EQ(in_box("return string.rep('', 2147483647)"), "");
    expect_stopped("return string.rep('x', 1000000)", "one string, table");
    expect_stopped("return string.rep('x', 2, string.rep('y', 500000)) .. ('z'):rep(50000)",
                   "one string, table");
    expect_stopped(
        "local t = {} for i = 1, 100 do t[i] = ('x'):rep(10000) end "
        "return table.concat(t)",
        "one string, table");
    expect_stopped("return (('x'):rep(1000):gsub('x', ('y'):rep(1000)))", "one string, table");
    expect_stopped("local t = {} t[2^30] = 1 for i = 1, 2^30 do t[i] = t end", "stopped");
    expect_stopped("local t = {} for i = 1, 1e6 do t['k' .. i] = i end", "stopped");
}

TEST(hostile, calls_in_each_other_are_bounded) {
    expect_stopped("local function f() return 1 + f() end f()", "stack overflow");
    expect_stopped("local function f(s) return (s:gsub('.', f)) end return f('a')", "too deep");
    expect_stopped("local t = {2, 1} local function f() table.sort(t, f) end f()", "too deep");
    expect_stopped(
        "local t = {} setmetatable(t, {__tostring = function() return tostring(t) end}) "
        "return tostring(t)",
        "too deep");
    expect_stopped("local t = setmetatable({}, {__tostring = tostring}) return tostring(t)",
                   "too deep");
    expect_stopped(
        "local t = setmetatable({}, {__concat = function(a, b) return a .. b end}) "
        "return t .. t",
        "");
    expect_stopped("local t = {} t.__index = t setmetatable(t, t) return t.x", "");
    expect_stopped("local t = setmetatable({}, {}) getmetatable(t).__call = t return t()", "");
    expect_stopped(
        "local e = setmetatable({}, {__tostring = function() while true do end end}) "
        "error(e)",
        "no text");
}

TEST(hostile, functions_of_the_library_count) {
    expect_stopped("return string.find(string.rep('a', 100000), '.-.-.-.-b')", "stopped");
    expect_stopped("return (string.rep('a', 50000):gsub('.-.-.-b', ''))", "stopped");
    expect_stopped("for _ in string.rep('a', 5000):gmatch('.-.-.-.-b') do end", "stopped");
    expect_stopped("return string.rep('(', 100000):match('%b()%b()')", "stopped");
    expect_stopped("local s = string.rep('a', 400000) while true do s:find('b', 1, true) end",
                   "stopped");
    expect_stopped(
        "local t = {} for i = 1, 60000 do t[i] = i % 7 end "
        "while true do table.sort(t) end",
        "stopped");
    expect_stopped(
        "local t = {} for i = 1, 60000 do t[i] = '' end "
        "while true do table.concat(t) end",
        "stopped");
    expect_stopped(
        "local t = {} for i = 1, 60000 do t[i] = '' end "
        "while true do table.insert(t, 1, '') table.remove(t, 1) end",
        "stopped");
    expect_stopped(
        "local t = {} for i = 1, 10000 do t['k' .. i] = i end "
        "while true do for _ in pairs(t) do break end end",
        "stopped");
    expect_stopped(
        "local t = {} for i = 1, 7000 do t[i] = 'x' end "
        "while true do local s = select('#', unpack(t)) end",
        "stopped");
    expect_stopped("return table.concat({}, '', 1, 1e18)", "stopped");
    expect_stopped("while true do string.format('%99.99f', 1e300) end", "stopped");
}

// Of what no function is asked the time is taken.
TEST(hostile, slow_instructions_are_stopped_by_the_clock) {
    expect_stopped(
        "local a = ('a'):rep(500000) local b = ('a'):rep(499999) .. 'b' "
        "while true do local x = a < b end",
        "stopped");
    expect_stopped("local a = ('1'):rep(200000) while true do local x = a + 1 end", "stopped");
    expect_stopped("local a = ('1'):rep(200000) while true do local x = a .. a end", "stopped");
    expect_stopped("local a = ('a'):rep(500000) while true do local x = a:upper() end", "stopped");
    expect_stopped(
        "local t, a, b = {}, ('a'):rep(200000) .. 'b', ('a'):rep(200000) .. 'c' "
        "for i = 1, 10000 do t[i] = i % 2 == 0 and a or b end table.sort(t)",
        "stopped");
}

TEST(hostile, sources_that_are_hard_to_read_are_refused) {
    const auto nested = [](const char* open, int times) {
        std::string made = "return ";
        for (int at = 0; at < times; ++at) made += open;
        return made;
    };
    for (const char* const open : {"(", "{", "- ", "not ", "function() return ", "a[", "a("}) {
        EXPECT_TRUE(in_box(nested(open, 20'000)).starts_with("error")) << open;
    }
    std::string many = "local a = {";
    for (int at = 0; at < 80'000; ++at) many += "'" + std::to_string(at) + "',";
    EXPECT_TRUE(in_box(many + "}").starts_with("error"));
}

TEST(hostile, a_machine_without_memory_says_so) {
    for (std::size_t memory = 0; memory < 100'000; memory += 997) {
        const limits within{.memory = memory, .block = memory};
        const std::string said = in_box("return #('x'):rep(10)", within);
        EXPECT_TRUE(said == "2" || said == "10" || said.starts_with("error")) << said;
    }
}

}  // namespace
}  // namespace baudot::script
