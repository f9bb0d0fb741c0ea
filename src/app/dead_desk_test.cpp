#include "app/dead_desk.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <string>

#include "engine/relay_fixture_test.hpp"

namespace baudot::app {
namespace {

using namespace std::chrono_literals;
using engine::bot;
using engine::life;
using engine::lonely_destination;
using engine::lonely_source;
using engine::second_bot;
using engine::surroundings;

// Two letters: the bot was kicked.
void kill_two(surroundings& around, life& node) {
    around.telegram.kicked.insert(lonely_destination[0]);
    node.post(2, lonely_source);
    node.wait(10s);
    around.telegram.kicked.clear();
    ASSERT_EQ(node.letters().size(), 2U);
}

boost::asio::awaitable<void> ask(engine::relay& of, dead_request what, find_sender sender_of,
                                 result<std::string>& answer) {
    answer = co_await attend_dead(of, std::move(what), std::move(sender_of));
}

boost::json::object attend(life& node, const dead_request& what,
                           const find_sender& sender_of = {}) {
    result<std::string> answer;
    node.spawn(ask(*node.tested, what, sender_of, answer));
    node.wait(1s);
    EXPECT_TRUE(answer) << answer.error().message;
    return boost::json::parse(answer.value_or("{}")).as_object();
}

TEST(dead_desk, lists_in_the_order_of_planning_and_the_newest_where_there_are_more) {
    surroundings around(1);
    life node(around, uncertain_policy::repeat, {});
    kill_two(around, node);
    const auto all = attend(node, {});
    ASSERT_EQ(all.at("letters").as_array().size(), 2U);
    EXPECT_EQ(all.at("letters").as_array()[0].at("message"), 1);
    EXPECT_EQ(all.at("letters").as_array()[1].at("message"), 2);
    EXPECT_FALSE(all.at("more").as_bool());

    dead_request one;
    one.which.limit = 1;
    const auto newest = attend(node, one);
    ASSERT_EQ(newest.at("letters").as_array().size(), 1U);
    EXPECT_EQ(newest.at("letters").as_array()[0].at("message"), 2);
    EXPECT_TRUE(newest.at("more").as_bool());
}

TEST(dead_desk, shows_the_payload_of_what_was_named_and_says_what_there_is_not) {
    surroundings around(2);
    life node(around, uncertain_policy::repeat, {});
    kill_two(around, node);
    dead_request what{.verb = dead_verb::show, .which = {}};
    what.which.letters = {node.letters()[1].letter, {sequence{9'999}, 3}};
    const auto shown = attend(node, what).at("letters").as_array();
    ASSERT_EQ(shown.size(), 2U);
    EXPECT_EQ(shown[0].at("refused"), "there is no such letter (any more)");
    EXPECT_EQ(shown[1].at("payload").at("message"), 2);
    EXPECT_EQ(shown[1].at("class"), "forbidden");
}

TEST(dead_desk, a_retry_goes_through_the_account_that_the_operator_names) {
    surroundings around(3);
    life node(around, uncertain_policy::repeat, {});
    kill_two(around, node);
    node.add_second_account();
    dead_request what{.verb = dead_verb::retry, .which = {}};
    what.through = second_bot;
    int asked = 0;
    // It outlives its coroutines.
    // NOLINTNEXTLINE(cppcoreguidelines-avoid-capturing-lambda-coroutines)
    const auto nobody_else = [&asked](const auto&) -> boost::asio::awaitable<account_id> {
        ++asked;
        co_return bot;
    };
    const auto retried = attend(node, what, nobody_else).at("letters").as_array();
    ASSERT_EQ(retried.size(), 2U);
    EXPECT_TRUE(retried[0].as_object().contains("retried_as"));
    node.wait(10s);
    EXPECT_EQ(around.telegram.by, (std::vector{second_bot, second_bot}));
    EXPECT_EQ(asked, 0) << "who was named needs not be found";

    const auto again = attend(node, {.verb = dead_verb::retry, .which = what.which});
    EXPECT_TRUE(again.at("letters").as_array().empty()) << "marks are no letters";
}

TEST(dead_desk, what_is_dropped_is_gone) {
    surroundings around(4);
    life node(around, uncertain_policy::repeat, {});
    kill_two(around, node);
    dead_request what{.verb = dead_verb::drop, .which = {}};
    what.which.letters = {node.letters()[0].letter};
    EXPECT_EQ(attend(node, what).at("letters").as_array().size(), 1U);
    ASSERT_EQ(node.letters().size(), 1U);
    EXPECT_EQ(node.letters()[0].what.message, message_id{2});
}

}  // namespace
}  // namespace baudot::app
