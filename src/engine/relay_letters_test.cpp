#include "engine/relay_fixture_test.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

constexpr chat_id closed_chat = lonely_destination[0];

// One letter for each of `count` posts to a chat from which the bot was kicked.
std::vector<dead_letter> kill(surroundings& around, life& node, int count) {
    around.telegram.kicked.insert(closed_chat);
    node.post(count, lonely_source);
    EXPECT_TRUE(node.drain());
    around.telegram.kicked.clear();
    return node.letters();
}

void crash(surroundings& around) {
    around.telegram.is_away = true;
    around.disk.crash();
    around.rows.crash(around.random);
}

std::vector<std::int64_t> messages_to(const surroundings& around, chat_id destination) {
    std::vector<std::int64_t> all;
    for (const fake_telegram::copy& each : around.telegram.executed) {
        if (each.destination == destination) all.push_back(std::to_underlying(each.message));
    }
    return all;
}

TEST(dead_letters, what_telegram_rejects_is_one_with_reason_words_time_and_content) {
    surroundings around(1);
    life node(around, uncertain_policy::repeat, {});
    const auto before = around.wall.time_since_epoch().count();
    const auto letters = kill(around, node, 1);
    ASSERT_EQ(letters.size(), 1U);
    const dead_letter& one = letters.front();
    EXPECT_EQ(one.fate, outcome_kind::rejected);
    EXPECT_EQ(one.why, reject_class::forbidden);
    EXPECT_EQ(one.description, "Forbidden: bot was kicked from the channel chat");
    EXPECT_GT(one.died_at, before);
    EXPECT_LT(one.died_at, before + std::chrono::microseconds(1min).count());
    EXPECT_FALSE(one.may_double());
    EXPECT_EQ(one.delivery().destination, closed_chat);
    EXPECT_EQ(one.delivery().sender, bot);
    EXPECT_EQ(one.what.route, "everywhere");
    ASSERT_EQ(one.what.variants.size(), 1U);
    EXPECT_EQ(one.what.variants.front().what,
              (std::variant<forward_message, copy_message, send_text>(
                  copy_message{lonely_source, message_id{1}})));
}

TEST(dead_letters, a_retry_delivers_once_and_leaves_a_mark) {
    surroundings around(2);
    life node(around, uncertain_policy::repeat, {});
    const auto letters = kill(around, node, 1);
    ASSERT_EQ(letters.size(), 1U);
    const auto outcomes = node.retry({{.letter = letters.front().letter}});
    ASSERT_EQ(outcomes.size(), 1U);
    ASSERT_TRUE(outcomes.front().has_value()) << outcomes.front().error().message;
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(messages_to(around, closed_chat), std::vector<std::int64_t>{1});
    const auto marks = node.letters();
    ASSERT_EQ(marks.size(), 1U);
    EXPECT_EQ(marks.front().retried_as, *outcomes.front());
    EXPECT_TRUE(marks.front().what.variants.empty());
}

TEST(dead_letters, a_retry_goes_behind_what_its_lane_holds) {
    surroundings around(3);
    life node(around, uncertain_policy::repeat, {});
    const auto letters = kill(around, node, 2);
    ASSERT_EQ(letters.size(), 2U);
    around.telegram.latency = 10s;
    node.post(3, lonely_source);
    node.wait(1s);
    (void)node.retry({{.letter = letters[0].letter}, {.letter = letters[1].letter}});
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(messages_to(around, closed_chat), (std::vector<std::int64_t>{3, 4, 5, 1, 2, 6}));
}

TEST(dead_letters, a_second_retry_is_refused_as_long_as_the_first_is_owed_and_after_it) {
    surroundings around(4);
    delivery_ref letter;
    {
        life node(around, uncertain_policy::repeat, {});
        letter = kill(around, node, 1).front().letter;
        around.telegram.closed.insert(closed_chat);
        const auto both = node.retry({{.letter = letter}, {.letter = letter}});
        ASSERT_EQ(both.size(), 2U);
        ASSERT_TRUE(both[0].has_value() && both[1].has_value());
        EXPECT_EQ(*both[0], *both[1]) << "said twice at once it is owed once";
        EXPECT_EQ(node.tested->facts().owed().pending(), 1U);
        const auto again = node.retry({{.letter = letter}});
        ASSERT_FALSE(again.front().has_value());
        EXPECT_EQ(again.front().error().code, errc::conflict);
        EXPECT_NE(again.front().error().message.find("owed again already"), std::string::npos);
        crash(around);
    }
    around.telegram.is_away = false;
    life node(around, uncertain_policy::repeat, {});
    EXPECT_EQ(node.tested->facts().owed().pending(), 1U) << "a retry survives a crash";
    EXPECT_EQ(node.retry({{.letter = letter}}).front().error().code, errc::conflict);
    around.telegram.closed.clear();
    around.telegram.holds.clear();
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(messages_to(around, closed_chat), std::vector<std::int64_t>{1});
    const auto late = node.retry({{.letter = letter}});
    EXPECT_EQ(late.front().error().code, errc::conflict);
    EXPECT_NE(late.front().error().message.find("retried before"), std::string::npos);
}

TEST(dead_letters, what_dies_again_is_a_letter_under_a_new_name_with_the_same_id) {
    surroundings around(5);
    life node(around, uncertain_policy::repeat, {});
    const dead_letter first = kill(around, node, 1).front();
    around.telegram.kicked.insert(closed_chat);
    const auto outcomes = node.retry({{.letter = first.letter}});
    ASSERT_TRUE(node.drain());
    const auto letters = node.letters();
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[1].letter, (delivery_ref{*outcomes.front(), 0}));
    EXPECT_EQ(letters[1].delivery().id, first.delivery().id);
    EXPECT_EQ(letters[1].what.variants, first.what.variants);
}

TEST(dead_letters, what_may_have_been_sent_is_retried_only_when_that_is_allowed) {
    surroundings around(6);
    life node(around, uncertain_policy::skip, {});
    around.telegram.lose_answer = 1;
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    around.telegram.lose_answer = 0;
    const auto letters = node.letters();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters.front().why, reject_class::copy_unknown);
    EXPECT_TRUE(letters.front().may_double());
    const auto refused = node.retry({{.letter = letters.front().letter}});
    ASSERT_FALSE(refused.front().has_value());
    EXPECT_NE(refused.front().error().message.find("--may-double"), std::string::npos);
    const auto done = node.retry({{.letter = letters.front().letter, .may_double = true}});
    EXPECT_TRUE(done.front().has_value());
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(messages_to(around, closed_chat), (std::vector<std::int64_t>{1, 1}));
}

TEST(dead_letters, what_was_in_flight_at_a_crash_and_is_skipped_is_one_with_its_content) {
    surroundings around(7);
    {
        life node(around, uncertain_policy::skip, {});
        around.telegram.latency = 10s;
        node.post(1, lonely_source);
        while (node.tested->in_flight() == 0) node.wait(1ms);
        node.wait(5ms);
        crash(around);
    }
    around.telegram.is_away = false;
    life node(around, uncertain_policy::skip, {});
    ASSERT_TRUE(node.drain());
    const auto letters = node.letters();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters.front().why, reject_class::copy_unknown);
    EXPECT_EQ(letters.front().what.variants.size(), 1U);
    EXPECT_GT(letters.front().died_at, 0);
}

TEST(dead_letters, content_stays_when_the_journal_has_forgotten_it) {
    surroundings around(8);
    around.journal = {.directory = "data", .segment_bytes = 4096, .keep_bytes = 8192};
    life node(around, uncertain_policy::repeat, {});
    const delivery_ref letter = kill(around, node, 1).front().letter;
    for (int batch = 0; batch < 20; ++batch) {
        node.post(20);
        ASSERT_TRUE(node.drain());
        node.checkpoint();
    }
    ASSERT_GT(node.log().first(), letter.planned) << "the journal no longer holds it";
    ASSERT_TRUE(node.retry({{.letter = letter}}).front().has_value());
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(messages_to(around, closed_chat), std::vector<std::int64_t>{1});
}

TEST(dead_letters, a_drop_is_for_good) {
    surroundings around(9);
    std::vector<dead_letter> letters;
    {
        life node(around, uncertain_policy::repeat, {});
        letters = kill(around, node, 3);
        node.drop({letters[1].letter, delivery_ref{sequence{999'999}, 0}});
        crash(around);
    }
    around.telegram.is_away = false;
    life node(around, uncertain_policy::repeat, {});
    EXPECT_EQ(node.letters(), (std::vector<dead_letter>{letters[0], letters[2]}));
    EXPECT_EQ(node.retry({{.letter = letters[1].letter}}).front().error().code, errc::not_found);
}

TEST(dead_letters, the_newest_are_kept_by_count_and_none_beyond_its_age) {
    surroundings around(10);
    around.options.dead_letters = {.age = 48h, .count = 5};
    life node(around, uncertain_policy::repeat, {});
    const auto letters = kill(around, node, 9);
    ASSERT_EQ(letters.size(), 5U);
    EXPECT_EQ(letters.front().what.message, message_id{5});
    node.wait(47h);
    node.post(1);
    node.wait(1min);
    EXPECT_EQ(node.letters().size(), 5U);
    node.wait(1h);
    node.checkpoint();
    EXPECT_TRUE(node.letters().empty());
}

TEST(dead_letters, what_nobody_can_deliver_is_one_and_waits_for_somebody_who_can) {
    surroundings around(11);
    life node(around, uncertain_policy::repeat, {});
    const std::int64_t received_at = around.wall.time_since_epoch().count();
    node.set_planner([received_at](const update& what, std::uint32_t version, sequence at) {
        auto plans = to_everywhere(what, version, at, uncertain_policy::repeat);
        plans.front().received_at = received_at;
        for (planned_delivery& each : plans.front().deliveries) {
            each.sender = {};
            each.why = reject_class::no_sender;
        }
        return plans;
    });
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    const auto letters = node.letters();
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters.front().why, reject_class::no_sender);
    const delivery_ref letter = letters.front().letter;
    EXPECT_EQ(node.retry({{.letter = letter}}).front().error().code, errc::invalid_argument);
    ASSERT_TRUE(node.retry({{.letter = letter, .sender = bot}}).front().has_value());
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(messages_to(around, closed_chat), std::vector<std::int64_t>{1});
}

}  // namespace
}  // namespace baudot::engine
