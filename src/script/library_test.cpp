#include "script/library.hpp"

#include <gtest/gtest.h>

#include <string>

#include "script/evaluate_test.hpp"

namespace baudot::script {
namespace {

TEST(library, has_what_a_script_about_texts_needs) {
    for (const char* const code : {
             "return ('abc'):upper(), ('abc'):sub(-2), #'abc', ('x'):rep(3, ','), ('ab'):byte(1, "
             "-1)",
             "return string.format('%5.2f|%s|%q|%d|%x|%%|%c', 1.5, 'a', 'b', 7, 255, 65)",
             "local t = {3, 1, 2} table.sort(t) return table.concat(t, ',')",
             "local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return unpack(t)",
             "local t = {'b', 'a', 'B', ''} table.sort(t) return unpack(t)",
             "local t = {1, 2} table.insert(t, 3) table.insert(t, 1, 0) return table.remove(t), "
             "#t, t[1]",
             "local s = '' for i, v in ipairs({'a', 'b'}) do s = s .. i .. v end return s",
             "return math.floor(1.5), math.max(1, 3), math.huge, select('#', 1, 2), "
             "tonumber('0x10')",
             "return type({}), tostring(nil), tostring(1.5), tostring(true), rawequal('a', 'a')",
             "local t = setmetatable({}, {__index = function(_, k) return k .. '!' end}) return "
             "t.a",
             "return ('%d'):format(3), ('a b'):gsub('%w', {a = 'x'})",
             "return assert(1, 'no'), tostring(setmetatable({}, {__tostring = function() return "
             "'x' end}))",
             "return ('a,b'):find(',', 1, true), ('abc'):match('b(.)'), ('abc'):reverse():len()",
         }) {
        EXPECT_EQ(in_box(code), by_lua(code)) << code;
    }
}

TEST(library, says_an_error_with_its_line) {
    EXPECT_EQ(in_box("local a\n\nreturn a.b"),
              "error: test:3: attempt to index local 'a' (a nil value)");
    EXPECT_EQ(in_box("error('no', 0)"), "error: no");
    EXPECT_EQ(in_box("error({})"), "error: it raised an error that is no text");
    EXPECT_EQ(in_box("\nstring.rep()").substr(0, 14), "error: test:2:");
    EXPECT_EQ(in_box("local x = ('a'):find('[a')"),
              "error: test:1: malformed pattern (missing ']')");
    EXPECT_EQ(in_box("error('a\\nb\\255' .. string.rep('c', 1000), 0)").size(), 7u + 302u);
}

TEST(library, keys_come_in_their_order_whatever_the_machine) {
    const std::string code =
        "local t = {[true] = 1, z = 1, a = 1, [10] = 1, [2.5] = 1, x = 1, 1, 1, [false] = 1}\n"
        "local all = {}\n"
        "for key in pairs(t) do all[#all + 1] = tostring(key) end\n"
        "return table.concat(all, ' ')";
    for (int run = 0; run < 20; ++run) {
        EXPECT_EQ(in_box(code), "1 2 2.5 10 a x z false true");
    }
    EXPECT_EQ(in_box("for _ in pairs({[{}] = 1}) do end").substr(0, 20), "error: test:1: pairs");
}

TEST(library, what_changes_while_it_is_walked_does_no_harm) {
    EXPECT_EQ(in_box("local t, s = {a = 1, b = 2, c = 3}, ''\n"
                     "for k, v in pairs(t) do s = s .. k .. v t.b = nil t.d = 4 t.c = 5 end\n"
                     "return s"),
              "a1c5");
    EXPECT_EQ(in_box("local t = {3, 1, 2}\n"
                     "table.sort(t, function(a, b) t[1], t[2], t[3] = nil return a < b end)\n"
                     "return unpack(t)"),
              "1|2|3");
}

TEST(library, sorts_with_a_function_that_makes_no_sense) {
    EXPECT_EQ(in_box("local t = {} for i = 1, 100 do t[i] = i end\n"
                     "table.sort(t, function() return true end)\n"
                     "local sum = 0 for _, v in ipairs(t) do sum = sum + v end return sum, #t"),
              "5050|100");
}

TEST(library, shows_no_address) {
    EXPECT_EQ(in_box("return tostring({}), tostring(print), tostring(tostring)"),
              "table|nil|function");
    EXPECT_EQ(in_box("return ('%s %s'):format({}, nil)"), "table nil");
    EXPECT_TRUE(in_box("return ('%p'):format('')").starts_with("error"));
    EXPECT_TRUE(in_box("return ('%%%-5p'):format('')").starts_with("error"));
    EXPECT_EQ(in_box("return ('%%p'):format()"), "%p");
}

}  // namespace
}  // namespace baudot::script
