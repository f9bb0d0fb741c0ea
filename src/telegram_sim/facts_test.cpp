// Facts about the real server that no other test proves, and the page that lists them all.
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "telegram_sim/door_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

std::string message_to_copy(std::string_view text) {
    return R"({"chat_id":-1000000000020,"text":")" + std::string(text) + R"("})";
}

struct facts_test : door_fixture {
    std::string sent(std::string_view words) {
        return text(call("sendMessage", message_to_copy(words)).at("text"));
    }
};

TEST_F(facts_test, server_trouble_is_a_429_with_8_after_seven_seconds) {
    control("POST", "/sim/v1/faults", R"({"kind":"trouble_as_429","times":1})");
    const time_point begun = timers.now();
    const auto asked =
        begin({.method = "POST", .target = "/bot7001:relay/sendMessage?chat_id=@news&text=x"});
    pass(8s);
    ASSERT_TRUE(asked->got);
    EXPECT_EQ(asked->when - begun, 7s);
    EXPECT_EQ(text(asked->body().at("description")), "Too Many Requests: retry after 8");
}

TEST_F(facts_test, a_flood_of_an_upload_is_a_400_without_parameters) {
    control("POST", "/sim/v1/faults",
            R"({"kind":"flood_as_400","times":1,"retry_after":9,"method":"sendDocument"})");
    const auto got = ask("/bot7001:relay/sendDocument?chat_id=@news&document=x");
    EXPECT_EQ(got.what.body, R"({"ok":false,"error_code":400,"description":)"
                             R"("Bad Request: too Many Requests: retry after 9"})");
    EXPECT_EQ(http::find(got.what.headers, "Retry-After"), "");
}

TEST_F(facts_test, lengths_count_code_points_and_entities_utf16) {
    std::string smiles;
    for (int i = 0; i < 4096; ++i) smiles += "\xF0\x9F\x98\x80";
    EXPECT_EQ(sent(smiles), smiles);
    EXPECT_EQ(refusal("sendMessage", message_to_copy(smiles + "x")),
              "Bad Request: message is too long");
    const json::value made = call("sendMessage", R"({"chat_id":-1000000000020,"parse_mode":"HTML",
                                  "text":"\uD83D\uDE00<b>x</b>"})");
    EXPECT_EQ(made.at("entities").at(0).at("offset").as_int64(), 2);
}

TEST_F(facts_test, what_comes_back_is_trimmed_and_without_control_characters) {
    EXPECT_EQ(sent(" \\n a\\r\\u0001b \\n"), "a b");
}

TEST_F(facts_test, own_messages_are_not_echoed) {
    sent("mine");
    EXPECT_TRUE(updates().as_array().empty());
}

TEST_F(facts_test, an_answer_to_a_query_that_is_over_is_refused) {
    for (const char* method : {"answerCallbackQuery", "answerInlineQuery"}) {
        EXPECT_EQ(refusal(method, R"({"callback_query_id":"1","inline_query_id":"1"})"),
                  "Bad Request: query is too old and response timeout expired or query ID is "
                  "invalid");
    }
}

struct local_facts_test : door_fixture {
    local_facts_test() : door_fixture({.telegram = {.is_local = true}}) {}
};

bool is_flooded(door_fixture& in) {
    in.control("PUT", "/sim/v1/profile", R"({"limits":{"server_local":true}})");
    const load one{.bot = user_id{7001}};
    for (int i = 0; i <= 1000; ++i) {
        in.telegram.telegram().rules().limits().answered(one, in.timers.now() + 1h, {});
    }
    return in.ask("/bot7001:relay/getChat?chat_id=@news").what.status == 429;
}

TEST_F(facts_test, the_cloud_counts_active_requests) {
    EXPECT_TRUE(is_flooded(*this));
    EXPECT_EQ(ask("/bot7001:relay/getMe").what.status, 200);
    EXPECT_EQ(ask("/bot7001:relay/getWebhookInfo").what.status, 200);
}

TEST_F(local_facts_test, a_local_server_does_not_count_active_requests) {
    EXPECT_FALSE(is_flooded(*this));
}

// Rows of the section "Facts": what the last cell names.
std::vector<std::string> proofs() {
    std::ifstream file(BAUDOT_SOURCE_DIR "/docs/telegram-sim.md");
    std::vector<std::string> out;
    bool is_inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("## ")) is_inside = line == "## Facts";
        const bool is_row = is_inside && line.starts_with("| ") && !line.starts_with("| fact |");
        if (!is_row) continue;
        const auto end = line.find_last_not_of(" |");
        const auto begin = line.rfind(" | ", end) + 3;
        out.push_back(line.substr(begin, end + 1 - begin));
    }
    return out;
}

std::set<std::string> all_tests() {
    std::set<std::string> out;
    const testing::UnitTest& unit = *testing::UnitTest::GetInstance();
    for (int i = 0; i < unit.total_test_suite_count(); ++i) {
        const testing::TestSuite& suite = *unit.GetTestSuite(i);
        const std::string name = suite.name();
        for (int j = 0; j < suite.total_test_count(); ++j) {
            const std::string test = suite.GetTestInfo(j)->name();
            out.insert(name.substr(name.find('/') + 1) + "." + test.substr(0, test.find('/')));
        }
    }
    return out;
}

TEST(facts, each_names_a_test_that_exists_or_says_why_there_is_none) {
    const std::set<std::string> existing = all_tests();
    const std::vector<std::string> rows = proofs();
    EXPECT_GT(rows.size(), 60U);
    for (const std::string& row : rows) {
        if (row.starts_with("no: ")) continue;
        EXPECT_EQ(row.front(), '`') << row;
        std::istringstream words(row);
        for (std::string word; words >> word;) {
            if (word.front() != '`') continue;
            const auto end = word.find('`', 1);
            EXPECT_TRUE(existing.contains(word.substr(1, end - 1))) << word;
        }
    }
}

}  // namespace
}  // namespace baudot::telegram_sim
