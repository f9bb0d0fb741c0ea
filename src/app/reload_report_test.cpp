#include "app/reload_report.hpp"

#include <gtest/gtest.h>

namespace baudot::app {
namespace {

reload_report applied() {
    reload_report made;
    made.result = reload_result::applied;
    made.file = "/etc/b.yaml";
    made.changes.added = {"a"};
    made.changes.changed = {{"d", {"to", "include"}}};
    made.other_keys = {"dead_letters"};
    made.routes = 4;
    made.generation = 3;
    return made;
}

TEST(reload_report, what_was_taken_is_one_line_with_names) {
    const reload_words words = words_of(to_json(applied()));
    EXPECT_EQ(words.out,
              "/etc/b.yaml: reloaded: added a; changed d (to, include); changed dead_letters "
              "(4 routes, generation 3)\n");
    EXPECT_EQ(words.err, "");
    EXPECT_EQ(words.exit_code, 0);
    EXPECT_EQ(to_json(applied()).find('\n'), std::string::npos) << "an answer is a line";
}

TEST(reload_report, warnings_and_what_was_dropped_go_to_standard_error) {
    reload_report made = applied();
    made.dropped = 5;
    made.problems.push_back({.how = config::severity::warning,
                             .at = {.line = 3, .column = 9},
                             .message = "no account can post to -30",
                             .hint = "add one"});
    const reload_words words = words_of(to_json(made));
    EXPECT_EQ(words.err,
              "/etc/b.yaml:3:9: warning: no account can post to -30; add one\n"
              "baudot: 5 posts that waited for an API are dropped: their route is gone\n");
    EXPECT_EQ(words.exit_code, 0);
}

TEST(reload_report, no_change_is_said_and_is_no_failure) {
    reload_report made = applied();
    made.result = reload_result::unchanged;
    made.changes = {};
    made.other_keys = {};
    const reload_words words = words_of(to_json(made));
    EXPECT_EQ(words.out, "/etc/b.yaml: unchanged: nothing (4 routes, generation 3)\n");
    EXPECT_EQ(words.exit_code, 0);
    EXPECT_EQ(summary_of(made), "nothing");
    made.other_keys = {"dead_letters"};
    EXPECT_EQ(summary_of(made), "changed dead_letters");
}

TEST(reload_report, a_refusal_names_each_problem_and_fails) {
    reload_report made = applied();
    made.result = reload_result::refused;
    made.problems.push_back(
        {.at = {.line = 1, .column = 7}, .message = "\"data\" has changed", .hint = ""});
    const reload_words words = words_of(to_json(made));
    EXPECT_EQ(words.out, "");
    EXPECT_EQ(words.err,
              "/etc/b.yaml:1:7: error: \"data\" has changed\n"
              "baudot: nothing is reloaded: the rules that ran before go on\n");
    EXPECT_EQ(words.exit_code, 1);
}

}  // namespace
}  // namespace baudot::app
