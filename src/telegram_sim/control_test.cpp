#include "telegram_sim/control.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "async/virtual_timers.hpp"
#include "telegram_sim/methods.hpp"
#include "telegram_sim/score_report.hpp"
#include "telegram_sim/world_file.hpp"

namespace baudot::telegram_sim {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using namespace std::chrono_literals;

struct control_test : testing::Test {
    asio::io_context io{1};
    virtual_timers timers{io};
    local_telegram telegram{timers, {}};
    task_group tasks{io.get_executor()};
    std::filesystem::path data = std::filesystem::path(testing::TempDir()) / "telegram_sim_data";
    control api{telegram, tasks, data};

    control_test() { std::filesystem::create_directories(data); }
    ~control_test() override {
        tasks.request_stop();
        timers.run_until(timers.now());
        std::filesystem::remove_all(data);
    }

    /// Virtual time stands still while nobody sleeps.
    void pass(duration time) {
        const time_point until = timers.now() + time;
        tasks.spawn("time", timers.sleep_until(until));
        timers.run_until(until);
    }
    http::answer send(const std::string& method, const std::string& target, std::string body = "") {
        auto query = params::parse({.target = "/sim/v1/" + target});
        return api.handle(method, *query, std::move(body));
    }
    json::value ok(const std::string& method, const std::string& target, std::string body = "") {
        const http::answer got = send(method, target, std::move(body));
        EXPECT_EQ(got.what.status, 200) << method << " " << target << ": " << got.what.body;
        return json::parse(got.what.body);
    }
    std::string error(const std::string& method, const std::string& target, std::string body = "",
                      int status = 400) {
        const http::answer got = send(method, target, std::move(body));
        EXPECT_EQ(got.what.status, status) << got.what.body;
        return json::value_to<std::string>(json::parse(got.what.body).at("error"));
    }
    void small_world() {
        ok("POST", "world", R"({"users":[{"id":501,"name":"Ann","username":"ann"}],
            "bots":[{"id":7001,"username":"b_bot"}],
            "chats":[{"id":-1000000000010,"title":"News","username":"news","admins":["b_bot"]},
                     {"id":-1000000000020,"title":"Copy","admins":["b_bot"]}]})");
    }
    static std::string text(const json::value& of) { return json::value_to<std::string>(of); }
};

TEST_F(control_test, a_bot_gets_an_id_and_a_token) {
    const json::value bot = ok("POST", "bots", R"({"username":"my_bot"})");
    EXPECT_GT(bot.at("id").as_int64(), 0);
    const std::string token = text(bot.at("token"));
    EXPECT_TRUE(token.starts_with(std::to_string(bot.at("id").as_int64()) + ":"));
    EXPECT_NE(telegram.in().find_bot(token), nullptr);
}

TEST_F(control_test, a_deleted_bot_is_known_but_its_token_opens_nothing) {
    small_world();
    const user* bot = telegram.in().find_user(user_id{7001});
    ASSERT_NE(bot, nullptr);
    EXPECT_FALSE(bot->is_deactivated);
    EXPECT_EQ(error("DELETE", "bots/ann", "", 404),
              "there is no DELETE /sim/v1/bots/ann; docs/telegram-sim.md has the list");
    EXPECT_EQ(error("DELETE", "bots/nobody", "", 404), "there is no person or bot 'nobody'");
    ok("DELETE", "bots/b_bot");
    EXPECT_TRUE(bot->is_deactivated);
    ok("DELETE", "users/501");
    EXPECT_TRUE(telegram.in().find_user(user_id{501})->is_deactivated);
}

TEST_F(control_test, a_person_blocks_by_number_or_name) {
    small_world();
    ok("POST", "starts", R"({"user":501,"bot":7001})");
    const auto is_blocked = [&] {
        return telegram.in().private_chat(user_id{7001}, user_id{501}).is_blocked;
    };
    ok("POST", "blocks", R"({"user":501,"bot":7001})");
    EXPECT_TRUE(is_blocked());
    ok("POST", "blocks", R"({"user":"ann","bot":"b_bot","blocked":false})");
    EXPECT_FALSE(is_blocked());
    EXPECT_EQ(error("POST", "blocks", R"({"user":502,"bot":7001})"),
              "block.user: there is no person or bot '502'");
    EXPECT_EQ(error("POST", "blocks", R"({"user":501})"), "block.user must be given, and bot too");
}

TEST_F(control_test, mistakes_are_named_with_their_place) {
    EXPECT_EQ(error("POST", "bots", "{\n \"username\": }"),
              "not JSON: line 2, column 14: syntax error");
    EXPECT_EQ(error("POST", "bots", R"({"user":"x"})"), "bot.username must be given");
    EXPECT_EQ(error("POST", "bots", R"({"username":"my_bot","tokn":"1:a"})"),
              "bot.tokn is not known; known here: id, username, name, token, privacy, "
              "can_join_groups");
    EXPECT_EQ(error("POST", "world", R"({"chats":[{"title":"A"},{"title":"B","type":"x"}]})"),
              "chats[1].type must be \"channel\", \"supergroup\" or \"group\"");
    EXPECT_EQ(error("POST", "world", R"({"chats":[{"title":"A","admins":["nobody"]}]})"),
              "chats[0].admins.user: there is no person or bot 'nobody'");
    EXPECT_EQ(error("GET", "nothing", "", 404),
              "there is no GET /sim/v1/nothing; docs/telegram-sim.md has the list");
    EXPECT_EQ(error("GET", "chats/-77", "", 404), "there is no chat -77");
    EXPECT_EQ(error("GET", "chats/501/messages"), "a private chat has two sides: add ?bot=");
}

TEST_F(control_test, a_message_is_read_back_with_time_cause_and_history) {
    small_world();
    const auto id = ok("POST", "chats/news/messages", R"({"text":"one"})").at("message_id");
    pass(90s);
    const std::string path = "chats/news/messages/" + json::serialize(id);
    ok("PUT", path, R"({"text":"<i>two</i>","parse_mode":"html","from":"ann"})");
    ok("DELETE", path + "?from=ann");
    const json::value got = ok("GET", path);
    EXPECT_EQ(text(got.at("text")), "two");
    EXPECT_EQ(text(got.at("entities").at(0).at("type")), "italic");
    EXPECT_EQ(text(got.at("cause").at("kind")), "user_act");
    EXPECT_EQ(text(got.at("earlier").at(0).at("text")), "one");
    EXPECT_EQ(got.at("edited").at("unix_us").as_int64() - got.at("unix_us").as_int64(), 90'000'000);
    EXPECT_EQ(got.at("deleted").at("cause").at("actor").as_int64(), 501);
    EXPECT_TRUE(text(got.at("time")).ends_with("Z"));
}

TEST_F(control_test, messages_are_paged) {
    small_world();
    for (int i = 1; i <= 5; ++i) {
        ok("POST", "chats/news/messages",
           R"({"text":"x","message_id":)" + std::to_string(i * 10) + "}");
    }
    const json::value page = ok("GET", "chats/news/messages?after=20&limit=2");
    ASSERT_EQ(page.as_array().size(), 2U);
    EXPECT_EQ(page.at(0).at("message_id").as_int64(), 30);
    EXPECT_EQ(page.at(1).at("message_id").as_int64(), 40);
}

TEST_F(control_test, media_is_posted_with_bytes_from_three_places) {
    small_world();
    std::ofstream(data / "c.txt") << "from a file";
    ok("POST", "chats/news/messages",
       R"({"text":"caption","media":{"type":"photo","base64":"AAEC/w=="}})");
    ok("POST", "chats/news/messages",
       R"({"media":{"type":"document","text":"plain","file_name":"a.txt"}})");
    ok("POST", "chats/news/messages", R"({"media":{"type":"document","file":"c.txt"}})");
    const json::value got = ok("GET", "chats/news/messages");
    const auto bytes = [&](std::size_t i) {
        const std::string path = text(got.at(i).at("media").at("path"));
        return *telegram.in().files().bytes(*telegram.in().files().find_path(path));
    };
    const std::size_t first = got.as_array().size() - 3;
    EXPECT_EQ(bytes(first), std::string("\0\1\2\xff", 4));
    EXPECT_EQ(bytes(first + 1), "plain");
    EXPECT_EQ(bytes(first + 2), "from a file");
    EXPECT_EQ(text(got.at(first + 2).at("media").at("file_name")), "c.txt");
}

TEST_F(control_test, files_are_read_from_the_data_folder_only) {
    small_world();
    for (const char* path : {"../secret", "/etc/passwd", "a/../../secret", ""}) {
        const auto read = world_builder(telegram, data).read_data_file(path);
        ASSERT_FALSE(read) << path;
        EXPECT_EQ(read.error().code, errc::invalid_argument) << path;
    }
    EXPECT_EQ(world_builder(telegram, "").read_data_file("x").error().message,
              "files are read only with --data DIR");
    EXPECT_EQ(world_builder(telegram, data).read_data_file("x").error().code, errc::not_found);
}

TEST_F(control_test, base64_is_decoded_and_nonsense_refused) {
    EXPECT_EQ(decode_base64(""), "");
    EXPECT_EQ(decode_base64("Zg=="), "f");
    EXPECT_EQ(decode_base64("Zm8="), "fo");
    EXPECT_EQ(decode_base64("Zm9v\nYmFy"), "foobar");
    EXPECT_FALSE(decode_base64("Z"));
    EXPECT_FALSE(decode_base64("Zm9v*"));
}

TEST_F(control_test, a_world_is_written_in_yaml_with_line_numbers) {
    const auto world = read_world_text(
        "bots:\n  - {username: b_bot, token: '1:a'}\nchats:\n  - title: \"12\"\n    id: -100\n",
        "w");
    ASSERT_TRUE(world) << world.error().message;
    EXPECT_EQ(
        json::serialize(*world),
        R"({"bots":[{"username":"b_bot","token":"1:a"}],"chats":[{"title":"12","id":-100}]})");
    EXPECT_EQ(read_world_text("a: [1\nb: 2", "w").error().message.substr(0, 4), "w:2:");
    EXPECT_EQ(read_world_text("a: 1\na: 2", "w").error().message, "w:2:1: 'a' stands twice");
}

TEST_F(control_test, a_stream_is_replayed_flat_out_with_its_ids) {
    small_world();
    const std::string place = R"("chat":{"id":-1000000000099,"title":"S","type":"channel"},)";
    const std::string lines =
        R"({"channel_post":{"message_id":40,)" + place +
        R"("date":100,"text":"a","entities":[{"type":"bold","offset":0,"length":1}]}})"
        "\n\n"
        R"({"edited_channel_post":{"message_id":40,)" +
        place +
        R"("date":100,"edit_date":160,"text":"b"}})"
        "\nnot json\n"
        R"({"channel_post":{"message_id":45,)" +
        place +
        R"("date":700,"caption":"c","photo":[{"file_id":"x","width":10,"height":20}]}})"
        "\n"
        R"({"channel_post":{"message_id":45,)" +
        place + R"("date":700,"text":"again"}})";
    const json::value id = ok("POST", "replays?bots=b_bot", lines).at("id");
    timers.run();
    const json::value state = ok("GET", "replays/" + json::serialize(id));
    EXPECT_EQ(state.at("posted").as_int64(), 2);
    EXPECT_EQ(state.at("edited").as_int64(), 1);
    EXPECT_EQ(state.at("skipped").as_int64(), 2);
    EXPECT_TRUE(state.at("done").as_bool());
    EXPECT_TRUE(text(state.at("last_trouble")).starts_with("line 5: "));
    const json::value got = ok("GET", "chats/-1000000000099/messages?after=39");
    ASSERT_EQ(got.as_array().size(), 2U);
    EXPECT_EQ(text(got.at(0).at("text")), "b");
    EXPECT_EQ(text(got.at(0).at("earlier").at(0).at("entities").at(0).at("type")), "bold");
    EXPECT_EQ(text(got.at(1).at("media").at("type")), "photo");
    EXPECT_GE(telegram.line(user_id{7001})->updates.pending(timers.now()), 3U);
}

TEST_F(control_test, a_stream_is_replayed_at_a_factor_of_its_own_time) {
    small_world();
    std::string lines;
    for (int i = 0; i < 3; ++i) {
        lines += R"({"channel_post":{"message_id":)" + std::to_string(i + 1) +
                 R"(,"chat":{"id":-1000000000099,"title":"S","type":"channel"},"date":)" +
                 std::to_string(1000 + 60 * i) + R"(,"text":"a"}})" + "\n";
    }
    const time_point begun = timers.now();
    ok("POST", "replays?speed=60", lines);
    timers.run_until(begun + 1900ms);
    EXPECT_EQ(ok("GET", "replays/1").at("posted").as_int64(), 2);
    timers.run_until(begun + 2s);
    EXPECT_EQ(ok("GET", "replays/1").at("posted").as_int64(), 3);
}

TEST_F(control_test, a_replay_can_be_stopped_and_waits_for_slow_bots) {
    small_world();
    std::string lines;
    for (int i = 1; i <= 200; ++i) {
        lines +=
            R"({"channel_post":{"message_id":)" + std::to_string(i) +
            R"(,"chat":{"id":-1000000000099,"title":"S","type":"channel"},"date":1,"text":"a"}})" +
            "\n";
    }
    ok("POST", "replays?bots=b_bot&pending_max=50", lines);
    pass(1s);
    const auto posted = ok("GET", "replays/1").at("posted").as_int64();
    EXPECT_GT(posted, 30);
    EXPECT_LT(posted, 60);
    ok("DELETE", "replays/1");
    pass(1s);
    EXPECT_TRUE(ok("GET", "replays/1").at("done").as_bool());
    EXPECT_EQ(ok("GET", "replays/1").at("posted").as_int64(), posted);
}

TEST_F(control_test, the_profile_of_the_start_is_the_one_that_is_told) {
    local_telegram harsh{timers, {.profile = profile_name::harsh}};
    EXPECT_EQ(name(harsh.rules().current().base), "harsh");
    EXPECT_EQ(text(ok("GET", "profile").at("name")), "off");
    telegram.rules().configure(profile_name::realistic);
    EXPECT_EQ(text(ok("GET", "profile").at("name")), "realistic");
}

TEST_F(control_test, a_profile_is_chosen_and_single_numbers_changed) {
    const json::value gentle = ok("PUT", "profile", R"({"name":"gentle"})");
    EXPECT_EQ(text(gentle.at("name")), "gentle");
    const json::value mine = ok("PUT", "profile",
                                R"({"limits":{"private_chat":{"interval_ms":250,"burst":3},
                                              "escalates":true},
                                    "faults":{"answer_lost":0.5},
                                    "latency":{"send":{"median_ms":12}}})");
    EXPECT_EQ(text(mine.at("name")), "gentle");
    EXPECT_EQ(mine.at("limits").at("private_chat").at("burst").as_int64(), 3);
    EXPECT_EQ(telegram.rules().current().limits.private_chat.interval, 250ms);
    EXPECT_TRUE(telegram.rules().current().limits.escalates);
    EXPECT_EQ(telegram.rules().current().faults.answer_lost, 0.5);
    EXPECT_EQ(telegram.rules().current().latency.send.median, 12ms);
    EXPECT_EQ(mine.at("limits").at("group_chat"), gentle.at("limits").at("group_chat"));
    EXPECT_EQ(error("PUT", "profile", R"({"name":"kind"})"),
              "name must be off, gentle, realistic or harsh");
    EXPECT_EQ(error("PUT", "profile", R"({"faults":{"slow":2}})"),
              "faults.slow must be between 0 and 1");
    EXPECT_TRUE(error("PUT", "profile", R"({"limits":{"privat_chat":{}}})")
                    .starts_with("limits.privat_chat is not known"));
}

TEST_F(control_test, faults_are_listed_and_removed) {
    small_world();
    const json::value id =
        ok("POST", "faults",
           R"({"kind":"html_after","bot":"b_bot","chat":"@news","times":2,"probability":0.5})")
            .at("id");
    const json::value listed = ok("GET", "faults");
    ASSERT_EQ(listed.as_array().size(), 1U);
    EXPECT_EQ(listed.at(0).at("bot").as_int64(), 7001);
    EXPECT_EQ(listed.at(0).at("chat").as_int64(), -1000000000010);
    ok("DELETE", "faults/" + json::serialize(id));
    EXPECT_TRUE(ok("GET", "faults").as_array().empty());
    error("DELETE", "faults/" + json::serialize(id), "", 404);
    EXPECT_EQ(error("POST", "faults", R"({"kind":"hold","wait_ms":-1})"),
              "fault.wait_ms must be zero or more");
    EXPECT_TRUE(error("POST", "faults", R"({"kind":"none"})").starts_with("fault.kind must be"));
}

TEST_F(control_test, a_run_is_scored_against_an_expectation) {
    small_world();
    const auto bot_copies = [&](std::int64_t id) {
        const call by{.bot = user_id{7001}, .now = timers.wall_now(), .request = 1};
        return copy_message(telegram.in(), by, "-1000000000020", "-1000000000010", message_id{id})
            .has_value();
    };
    std::string wanted;
    for (int i = 11; i <= 13; ++i) {
        ok("POST", "chats/news/messages", R"({"text":"x","message_id":)" + std::to_string(i) + "}");
        wanted += R"({"from":-1000000000010,"message":)" + std::to_string(i) +
                  R"(,"to":-1000000000020})" + "\n";
    }
    EXPECT_EQ(ok("PUT", "expectation", wanted).at("copies").as_int64(), 3);
    EXPECT_TRUE(bot_copies(12));
    EXPECT_TRUE(bot_copies(11));
    EXPECT_TRUE(bot_copies(11));
    const json::value score = ok("GET", "score");
    EXPECT_FALSE(score.at("perfect").as_bool());
    EXPECT_EQ(score.at("expected").as_int64(), 3);
    EXPECT_EQ(score.at("lost").as_int64(), 1);
    EXPECT_EQ(score.at("doubled").as_int64(), 1);
    EXPECT_EQ(score.at("out_of_order").as_int64(), 1);
    EXPECT_EQ(score.at("chats").at(0).at("lost_copies").at(0).at("message").as_int64(), 13);
    const http::answer table = send("GET", "score?format=table");
    EXPECT_NE(table.what.body.find("lost: message 13 of -1000000000010 to -1000000000020"),
              std::string::npos)
        << table.what.body;
    EXPECT_NE(table.what.body.find("not perfect"), std::string::npos);
    EXPECT_EQ(error("PUT", "expectation", "{\"from\":1}"), "line 1.message must be given");
}

}  // namespace
}  // namespace baudot::telegram_sim
