#include "app/dead_print.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace baudot::app {
namespace {

using namespace std::chrono;

std::int64_t at(sys_seconds time) {
    return time_point_cast<microseconds>(time).time_since_epoch().count();
}

TEST(dead_print, a_time_is_a_utc_date_a_minute_a_second_or_how_long_ago) {
    const sys_days day{year{2026} / 11 / 25};
    const std::int64_t now = at(day + 12h);
    EXPECT_EQ(parse_time("2026-11-25", now), at(day));
    EXPECT_EQ(parse_time("2026-11-25T08:30", now), at(day + 8h + 30min));
    EXPECT_EQ(parse_time("2026-11-25T08:30:07Z", now), at(day + 8h + 30min + 7s));
    EXPECT_EQ(parse_time("2h", now), at(day + 10h));
    EXPECT_EQ(parse_time("7d", now), at(day - days(7) + 12h));
    for (const char* bad : {"", "yesterday", "2026-02-30", "2026-11-25 08:30", "2026-11-25T24:00",
                            "2026-11-25T08:60", "2026-1-25", "2026-11-25T08", "-2h"}) {
        EXPECT_FALSE(parse_time(bad, now)) << bad;
    }
}

const char* const answer = R"json({"letters": [
    {"letter": "4711.0", "died_at": "2026-11-25T08:30:00Z", "class": "forbidden",
     "description": "bot was kicked", "route": "news", "source": -1001, "message": 7,
     "destination": -1002, "account": 99, "may_double": false, "retried_as": null,
     "delivery": "00ff", "version": 0, "received_at": "2026-11-25T08:29:00Z",
     "payload": {"operation": "copy_message", "from": -1001, "message": 7}},
    {"letter": "4712.1", "refused": "there is no such letter (any more)"}], "more": true})json";

struct printed {
    std::string out, err;
};

printed print(dead_verb verb, const char* what) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    print_letters(verb, boost::json::parse(what).as_object(), settings{});
    return {testing::internal::GetCapturedStdout(), testing::internal::GetCapturedStderr()};
}

TEST(dead_print, a_list_is_a_table_and_what_was_refused_is_said_beside_it) {
    const printed is = print(dead_verb::list, answer);
    EXPECT_EQ(is.out,
              "LETTER  DIED                  CLASS      ROUTE  FROM     TO     ACCOUNT  "
              "TELEGRAM SAID\n"
              "4711.0  2026-11-25T08:30:00Z  forbidden  news   -1001/7  -1002  99       "
              "bot was kicked\n");
    EXPECT_NE(is.err.find("4712.1: there is no such letter"), std::string::npos);
    EXPECT_NE(is.err.find("there are older ones"), std::string::npos);
}

TEST(dead_print, show_says_what_would_be_sent) {
    const printed is = print(dead_verb::show, answer);
    EXPECT_NE(is.out.find("content      copy_message of message 7 in -1001\n"), std::string::npos);
    EXPECT_NE(is.out.find("it said      bot was kicked\n"), std::string::npos);
    EXPECT_EQ(is.out.find("may double"), std::string::npos);
}

TEST(dead_print, a_retry_names_what_it_is_owed_as_and_nothing_at_all_is_said_too) {
    EXPECT_EQ(
        print(dead_verb::retry, R"({"letters": [{"letter": "4711.0", "retried_as": "5000.0"}]})")
            .out,
        "4711.0 is owed again as 5000.0\n");
    EXPECT_EQ(print(dead_verb::drop, R"({"letters": []})").err, "baudot: no letter\n");
}

}  // namespace
}  // namespace baudot::app
