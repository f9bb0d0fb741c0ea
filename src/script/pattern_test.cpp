#include "script/pattern.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.hpp"
#include "script/evaluate_test.hpp"

namespace baudot::script {
namespace {

std::string some(random_source& random, std::initializer_list<const char*> from,
                 std::uint64_t most) {
    std::string made;
    for (std::uint64_t left = random.below(most + 1); left > 0; --left) {
        made += from.begin()[random.below(from.size())];
    }
    return made;
}

// Lua looks at what is wrong with a pattern only when it comes there.
bool may_be_wrong_unseen(const std::string& said) {
    return said == "nil" || said.empty() || said.ends_with("|0");
}

TEST(pattern, finds_what_lua_finds) {
    int compared = 0;
    for (std::uint64_t seed = 1; seed <= 30'000; ++seed) {
        random_source random(seed);
        const std::string by =
            some(random, {"^"}, 1) +
            some(random,
                 {"a",  "b",    ".",      "%a", "%D", "[ab]", "[^a]", "[a-c%d]", "[]a]",  "*",
                  "+",  "-",    "?",      "(",  ")",  "()",   "%1",   "%b()",    "%f[a]", "$",
                  "%.", "\xC3", "[%a-z]", "^",  "%s", "%",    "[",    "%z"},
                 random.chance(0.5) ? 4 : 9);
        const std::string text =
            some(random, {"a", "b", "c", "1", "(", ")", " ", ".", "$", "\xC3", "aa"}, 12);
        const std::string arguments = fmt::format("([==[{}]==], [==[{}]==]", text, by);
        const std::string init = std::to_string(random.between(-5, 8));
        const std::string codes[] = {
            fmt::format("return string.find{}, {})", arguments, init),
            fmt::format("return string.match{}, {})", arguments, init),
            fmt::format("return string.gsub{}, '<%0%1>')", arguments),
            fmt::format("return string.gsub{}, function(a) return a ~= 'a' and '-' end, 2)",
                        arguments),
            fmt::format("local all = '' for a, b in string.gmatch{}) do "
                        "all = all .. tostring(a) .. ',' .. tostring(b) .. ';' end return all",
                        arguments)};
        const std::string& code = codes[random.below(std::size(codes))];
        const std::string lua = by_lua(code);
        const std::string ours = in_box(code);
        if (lua.starts_with("error")) {
            EXPECT_TRUE(ours.starts_with("error")) << code << "\n" << lua << "\n" << ours;
        } else if (ours.starts_with("error")) {
            EXPECT_TRUE(may_be_wrong_unseen(lua) || by.find_first_of("()") != by.npos)
                << code << "\n"
                << ours;
        } else {
            ++compared;
            EXPECT_EQ(ours, lua) << code;
        }
        if (HasFailure()) return;
    }
    EXPECT_GT(compared, 10'000);
}

TEST(pattern, gives_up_when_the_work_is_done) {
    pattern by;
    ASSERT_EQ(by.read(".-.-.-.-b", true), nullptr);
    std::uint64_t work = 100'000;
    EXPECT_FALSE(by.match_at(std::string(1000, 'a'), 0, work));
    EXPECT_EQ(work, 0u);
    work = 100'000;
    EXPECT_TRUE(by.match_at(std::string(1000, 'a') + "b", 900, work));
    EXPECT_GT(work, 0u);
}

TEST(pattern, is_not_longer_than_what_it_has_room_for) {
    pattern by;
    EXPECT_EQ(by.read(std::string(126, 'a'), true), nullptr);
    EXPECT_NE(by.read(std::string(200, 'a'), true), nullptr);
    EXPECT_NE(by.read(std::string(100, '('), true), nullptr);
    EXPECT_EQ(in_box("return string.find(string.rep('a', 500) .. 'b', string.rep('a', 300))"),
              "1|300")
        << "a text without signs is no pattern";
}

}  // namespace
}  // namespace baudot::script
