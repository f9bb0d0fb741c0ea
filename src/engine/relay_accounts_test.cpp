// Several accounts that stand in for each other: what the death of one costs, and P7.
#include "engine/relay_fixture_test.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t chats = 200;

std::vector<chat_id> many_chats() {
    std::vector<chat_id> made;
    made.reserve(chats);
    for (std::size_t each = 0; each < chats; ++each) {
        made.push_back(chat_id{-1'000'000'100'000 - static_cast<std::int64_t>(each)});
    }
    return made;
}

// A broadcast, all of it planned for the first account.
life::simple_planner broadcast(uncertain_policy policy = uncertain_policy::repeat) {
    return [policy](const update& what, std::uint32_t version, sequence position) {
        auto plans = to_everywhere(what, version, position, policy);
        plans.front().deliveries.clear();
        for (const chat_id to : many_chats()) {
            plans.front().deliveries.push_back({make_delivery_id({.source = what.content.chat,
                                                                  .reader = what.account,
                                                                  .message = what.content.id,
                                                                  .version = version,
                                                                  .route = plans.front().route,
                                                                  .destination = to}),
                                                to, bot, 0});
        }
        return plans;
    };
}

std::map<account_id, int> sent_by(const surroundings& around) {
    std::map<account_id, int> times;
    for (const account_id each : around.telegram.by) ++times[each];
    return times;
}

class relay_accounts : public testing::Test {
protected:
    void begin() {
        node = std::make_unique<life>(around, uncertain_policy::repeat, pace{});
        node->share(many_chats());
        node->set_planner(broadcast());
    }
    surroundings around{1};
    std::unique_ptr<life> node;
};

TEST_F(relay_accounts, an_account_that_is_lost_in_a_broadcast_costs_nothing_that_had_not_begun) {
    begin();
    node->post(50, sources[0]);
    node->wait(3s);
    const std::size_t before = around.telegram.executed.size();
    ASSERT_GT(before, 1'000U);
    ASSERT_LT(before, 50 * chats);
    around.telegram.revoked.insert(bot);
    ASSERT_TRUE(node->drain());
    EXPECT_EQ(around.telegram.executed.size(), 50 * chats);
    EXPECT_GT(sent_by(around)[second_bot], 0);
    EXPECT_TRUE(node->letters().empty());
    expect_each_once(around);
    expect_order(around);
}

TEST_F(relay_accounts, an_account_that_cannot_be_reached_is_done_without) {
    begin();
    node->post(20, sources[0]);
    node->wait(1s);
    around.telegram.unreachable.insert(bot);
    ASSERT_TRUE(node->drain());
    EXPECT_EQ(around.telegram.executed.size(), 20 * chats);
    expect_each_once(around);
    expect_order(around);
}

TEST_F(relay_accounts, an_account_that_is_kicked_from_a_chat_makes_way_there_and_not_elsewhere) {
    begin();
    const chat_id there = many_chats()[7];
    around.telegram.kicked_one.insert({bot, there});
    node->post(10, sources[0]);
    ASSERT_TRUE(node->drain());
    EXPECT_EQ(around.telegram.executed.size(), 10 * chats - 1);
    EXPECT_EQ(sent_by(around)[second_bot], 9);
    ASSERT_EQ(node->letters().size(), 1U) << "what was in flight";
    EXPECT_EQ(node->letters()[0].why, reject_class::forbidden);
}

TEST_F(relay_accounts, what_was_refused_to_a_lost_account_is_a_dead_letter_and_the_lane_goes_on) {
    begin();
    const chat_id there = many_chats()[7];
    around.telegram.closed.insert(there);
    node->post(5, sources[0]);
    node->wait(10s);
    around.telegram.closed.clear();
    around.telegram.revoked.insert(bot);
    node->post(1, sources[0]);
    ASSERT_TRUE(node->drain());
    const auto letters = node->letters();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].why, reject_class::unauthorized);
    EXPECT_EQ(letters[0].delivery().destination, there);
    EXPECT_EQ(letters[0].delivery().sender, bot);
    EXPECT_EQ(around.telegram.executed.size(), 6 * chats - 1);
    EXPECT_EQ(around.telegram.hopped, 0);
    expect_order(around);

    // To retry it is not to move it: that has to be said.
    (void)node->retry({{.letter = letters[0].letter}});
    node->wait(2min);
    EXPECT_EQ(around.telegram.executed.size(), 6 * chats - 1);
    ASSERT_EQ(node->letters().size(), 2U) << "the mark, and the letter that it became";
    const auto moved = node->retry({{.letter = node->letters()[1].letter, .sender = second_bot}});
    ASSERT_TRUE(moved.front().has_value());
    ASSERT_TRUE(node->drain());
    EXPECT_EQ(around.telegram.executed.size(), 6 * chats);
}

TEST_F(relay_accounts, alone_in_its_chats_a_lost_account_keeps_what_it_owes) {
    node = std::make_unique<life>(around, uncertain_policy::repeat, pace{});
    around.telegram.revoked.insert(bot);
    node->post(5);
    node->wait(10min);
    EXPECT_EQ(node->tested->facts().owed().pending(), 15U);
    around.telegram.revoked.clear();
    node->add_first_account();
    ASSERT_TRUE(node->drain());
    EXPECT_EQ(around.telegram.executed.size(), 15U);
}

TEST_F(relay_accounts, what_was_refused_stays_with_its_account_over_a_crash) {
    begin();
    const chat_id there = many_chats()[7];
    around.telegram.closed.insert(there);
    node->post(3, sources[0]);
    node->wait(10s);
    around.telegram.is_away = true;
    around.disk.crash();
    around.rows.crash(around.random);
    node.reset();

    around.telegram.is_away = false;
    around.telegram.closed.clear();
    around.telegram.revoked.insert(bot);
    begin();
    ASSERT_TRUE(node->drain());
    const auto letters = node->letters();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters[0].why, reject_class::unauthorized);
    EXPECT_EQ(around.telegram.executed.size(), 3 * chats - 1);
    EXPECT_EQ(around.telegram.hopped, 0);
}

TEST_F(relay_accounts, who_sent_it_in_the_end_is_known_over_a_crash) {
    begin();
    around.telegram.revoked.insert(bot);
    around.telegram.lose_answer = 1;
    around.telegram.latency = 10ms;
    node->post(1, sources[0]);
    node->wait(500ms);
    ASSERT_GT(sent_by(around)[second_bot], 0);
    const std::size_t sent = around.telegram.executed.size();
    std::set<chat_id> before;
    for (const fake_telegram::copy& each : around.telegram.executed)
        before.insert(each.destination);
    around.telegram.is_away = true;
    around.disk.crash();
    around.rows.crash(around.random);
    node.reset();

    around.telegram.is_away = false;
    around.telegram.lose_answer = 0;
    around.telegram.revoked.clear();
    begin();
    ASSERT_TRUE(node->drain());
    // Nobody knows whether it was sent: whoever may have sent it sends it again.
    std::size_t again = 0;
    for (std::size_t at = sent; at < around.telegram.executed.size(); ++at) {
        if (!before.contains(around.telegram.executed[at].destination)) continue;
        EXPECT_EQ(around.telegram.by[at], second_bot);
        ++again;
    }
    EXPECT_GT(again, 0U);
    std::size_t known = 0;
    const auto row = [&](std::string_view, std::string_view value) {
        const auto read = decode_copy_row(value);
        EXPECT_TRUE(read.has_value());
        if (!before.contains(read->destination)) return true;
        EXPECT_EQ(read->sender, second_bot);
        ++known;
        return true;
    };
    node->checkpoint();
    EXPECT_TRUE(around.rows.scan(store::family::copies, "", "", row).has_value());
    EXPECT_EQ(known, before.size());
}

}  // namespace
}  // namespace baudot::engine
