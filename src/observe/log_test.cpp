#include "observe/log.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "base/utf16.hpp"
#include "observe/log_capture.hpp"
#include "observe/log_line.hpp"
#include "observe/repeat_limiter.hpp"
#include "observe/time_breakdown.hpp"

namespace baudot::observe {
namespace {

using namespace std::chrono_literals;

constexpr wall_time noon{std::chrono::sys_days{std::chrono::year{2026} / 3 / 4} + 12h + 5us};

log_record record_of(std::string_view event, const std::vector<field>& fields) {
    return {level::warning, "bot_api", event, fields.data(), fields.size()};
}

TEST(log, json_is_one_object_with_typed_values) {
    const std::vector<field> fields = {{"chat", chat_id{-100123}},
                                       {"count", std::size_t{7}},
                                       {"ok", true},
                                       {"ratio", 0.25},
                                       {"nothing", std::numeric_limits<double>::infinity()},
                                       {"wait", 1500us},
                                       {"code", errc::corrupt},
                                       {"level", "mine"}};
    EXPECT_EQ(json_line(noon, json_body(record_of("it \"broke\"\n", fields), 100), 3),
              R"({"time":"2026-03-04T12:00:00.000005Z","level":"warning","component":"bot_api",)"
              R"("event":"it \"broke\"\n","chat":-100123,"count":7,"ok":true,"ratio":0.25,)"
              R"("nothing":null,"wait_ms":1.5,"code":"corrupt","level_":"mine","suppressed":3})"
              "\n");
}

TEST(log, people_read_words_and_quoted_sentences) {
    const std::vector<field> fields = {{"chat", chat_id{-5}}, {"title", "two words"},
                                       {"name", "яя"},        {"empty", ""},
                                       {"wait", 3s},          {"took", 12us}};
    EXPECT_EQ(people_line(noon, people_body(record_of("held", fields), 100, false), 0),
              "12:00:00.000 warning bot_api  held  chat=-5 title=\"two words\" name=яя empty=\"\" "
              "wait=3s took=0.012ms\n");
    EXPECT_TRUE(people_body(record_of("held", {}), 100, true)
                    .starts_with("\x1b[33mwarning\x1b[0m bot_api  held"));
}

TEST(log, a_long_value_is_cut_on_a_character_and_says_so) {
    const std::vector<field> fields = {{"text", "яяяя"}};
    EXPECT_TRUE(json_body(record_of("e", fields), 5).ends_with(R"x("text":"яя... (8 bytes)")x"));
    EXPECT_TRUE(
        people_body(record_of("e", fields), 5, false).ends_with(R"x(text="яя... (8 bytes)")x"));
}

TEST(log, hostile_bytes_stay_inside_one_line_of_valid_json) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
        random_source random(seed);
        std::string hostile;
        for (int i = 0; i < 40; ++i) {
            // Mostly what breaks things: controls, quotes, C1, broken UTF-8.
            const std::string_view pieces[] = {"\"",       "\\",       "\n", "\r", "\x1b[2J",
                                               "\xC2\x9B", "\xF0\x9F", "я",  "😀", "\x7F"};
            hostile += random.chance(0.7) ? std::string(pieces[random.below(std::size(pieces))])
                                          : std::string(1, static_cast<char>(random.below(256)));
        }
        const std::vector<field> fields = {{"value", hostile}};
        const log_record record{level::info, hostile, hostile, fields.data(), fields.size()};
        const std::string json = json_line(noon, json_body(record, 64), 0);
        const std::string people = people_line(noon, people_body(record, 64, false), 0);
        boost::system::error_code failure;
        const auto parsed = boost::json::parse(json, failure);
        ASSERT_FALSE(failure) << "seed " << seed << ": " << json;
        EXPECT_EQ(parsed.as_object().size(), 5U);
        for (const std::string& line : {json, people}) {
            EXPECT_TRUE(is_valid_utf8(line)) << "seed " << seed;
            EXPECT_FALSE(line.contains('\x1b') || line.contains("\xC2\x9B") ||
                         line.contains('\r') || line.contains('\x7F'))
                << "seed " << seed;
            EXPECT_EQ(line.find('\n'), line.size() - 1) << "seed " << seed;
        }
    }
}

TEST(log, a_logger_without_a_sink_writes_nothing_and_a_named_one_shares_the_sink) {
    const logger silent;
    EXPECT_FALSE(silent.enabled(level::error));
    silent.error("nobody reads this");

    const auto captured = std::make_shared<log_capture>();
    const logger first(captured, "first");
    first.named("second").info("ready", {{"port", 80}});
    ASSERT_EQ(captured->lines().size(), 1U);
    EXPECT_EQ(captured->lines()[0].component, "second");
    EXPECT_EQ(captured->lines()[0].fields, "port=80");
    EXPECT_EQ(captured->lines()[0].severity, level::info);
}

TEST(log, of_equal_lines_a_few_pass_and_every_other_is_counted) {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        random_source random(seed);
        repeat_limiter limiter(1 + random.below(4), 10s);
        std::uint64_t passed = 0;
        std::uint64_t counted = 0;
        wall_time now = noon;
        for (int i = 0; i < 500; ++i) {
            const auto verdict = limiter.judge(random.chance(0.5) ? "a" : "b", now);
            if (verdict.pass) ++passed;
            counted += verdict.suppressed;
            now += std::chrono::milliseconds(random.below(2000));
            if (random.chance(0.01)) now -= 1h;  // a clock that is set
            if (!random.chance(0.2)) continue;
            for (const auto& each : limiter.expire(now)) counted += each.suppressed;
        }
        for (const auto& each : limiter.expire_all()) counted += each.suppressed;
        EXPECT_EQ(passed + counted, 500U) << "seed " << seed;
        EXPECT_GT(counted, 0U) << "seed " << seed;
    }
}

TEST(log, a_window_limits_and_its_end_reports) {
    repeat_limiter limiter(2, 10s);
    EXPECT_TRUE(limiter.judge("a", noon).pass);
    EXPECT_TRUE(limiter.judge("a", noon).pass);
    EXPECT_FALSE(limiter.judge("a", noon + 9s).pass);
    EXPECT_TRUE(limiter.judge("b", noon + 9s).pass) << "another line is not held back";
    EXPECT_TRUE(limiter.expire(noon + 9s).empty());
    const auto next = limiter.judge("a", noon + 10s);
    EXPECT_TRUE(next.pass);
    EXPECT_EQ(next.suppressed, 1U);
}

TEST(log, the_limiter_follows_a_bounded_number_of_lines) {
    repeat_limiter limiter(1, 10s);
    for (std::size_t i = 0; i < repeat_limiter::lines_max; ++i) {
        EXPECT_TRUE(limiter.judge(std::to_string(i), noon).pass);
    }
    EXPECT_TRUE(limiter.judge("one more", noon).pass);
    EXPECT_TRUE(limiter.judge("one more", noon).pass) << "not followed, so not limited";
    EXPECT_FALSE(limiter.judge("0", noon).pass);
}

TEST(time_breakdown, every_microsecond_belongs_to_a_stage) {
    const time_point start{1h};
    stage_clock watch(start);
    watch.mark(stage::inbox, start + 2ms);
    watch.mark(stage::wire, start + 1ms);  // a clock that went back counts as none
    watch.mark(stage::limit_wait, start + 7ms);
    watch.mark(stage::wire, start + 10ms);
    time_breakdown sum = watch.times();
    EXPECT_EQ(sum.total(), 10'000U);
    EXPECT_EQ(sum[stage::limit_wait], 5'000U);
    EXPECT_EQ(sum.largest(), stage::limit_wait);
    sum += watch.times();
    EXPECT_EQ(sum[stage::wire], 6'000U);
    EXPECT_EQ(name(stage::storage), "storage");
    EXPECT_EQ(name(stage::inbox), "inbox");
}

}  // namespace
}  // namespace baudot::observe
