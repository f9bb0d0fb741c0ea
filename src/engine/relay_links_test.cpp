// Links to posts of the source: where they lead is decided when a post is sent.
#include "engine/relay_fixture_test.hpp"
#include "text/message_link.hpp"

namespace baudot::engine {
namespace {

using namespace std::chrono_literals;

constexpr chat_id to = lonely_destination[0];

/// Every post has a link to the post before it, or to one that is named here.
life::simple_planner linking(own_links how, std::string route = "everywhere",
                             std::map<std::int64_t, std::int64_t> links = {}) {
    return [how = std::move(how), route = std::move(route), links = std::move(links)](
               const update& what, std::uint32_t version, sequence at) {
        auto plans = to_everywhere(what, version, at, uncertain_policy::repeat);
        const std::int64_t number = std::to_underlying(what.content.id);
        const message_id before{links.contains(number) ? links.at(number) : number - 1};
        plans[0].route = route;
        operation& sent = plans[0].variants[0];
        std::get<copy_message>(sent.what).caption = formatted_text{
            .text = "before this",
            .entities = {
                {.type = "text_link", .length = 6, .url = "t.me/s/1", .own_post = before}}};
        sent.own = how;
        for (planned_delivery& each : plans[0].deliveries) {
            each.id = make_delivery_id({.source = what.content.chat,
                                        .message = what.content.id,
                                        .route = route,
                                        .destination = each.destination});
        }
        return plans;
    };
}

struct links : testing::Test {
    surroundings around{1};

    message_entity link_in(std::int64_t post, chat_id chat = to, chat_id from = lonely_source) {
        const auto found = around.telegram.captions.find({from, message_id{post}, chat});
        if (found == around.telegram.captions.end()) return {.type = "nothing was sent"};
        if (found->second.entities.empty()) return {.type = "no link"};
        return found->second.entities.front();
    }
    /// Of the copy of a post: its number is its place in all that was executed.
    std::string address_of(std::int64_t post, chat_id chat = to, chat_id from = lonely_source) {
        const auto& all = around.telegram.executed;
        const auto found =
            std::ranges::find(all, fake_telegram::copy{from, message_id{post}, chat});
        return *text::address_of(chat, "", message_id{found - all.begin() + 1});
    }
};

TEST_F(links, lead_to_the_copy_in_each_chat_of_a_post_that_came_just_before) {
    life node(around, uncertain_policy::repeat, {});
    node.set_planner(linking({}));
    node.post(2, sources[0]);
    ASSERT_TRUE(node.drain());
    for (const chat_id chat : destinations) {
        EXPECT_EQ(link_in(2, chat, sources[0]).url, address_of(1, chat, sources[0]));
        EXPECT_EQ(link_in(1, chat, sources[0]).url, "t.me/s/1") << "there was none before it";
    }
}

TEST_F(links, of_what_waits_lead_to_the_copy_over_a_crash) {
    {
        life node(around, uncertain_policy::repeat, {});
        node.set_planner(
            linking({.without_copy = own_links::action::strike}, "everywhere", {{3, 99}}));
        node.post(1, lonely_source);
        ASSERT_TRUE(node.drain());
        around.telegram.closed.insert(to);
        node.post(2, lonely_source);
        node.wait(10s);
        EXPECT_FALSE(node.is_idle());
        around.telegram.is_away = true;
        around.disk.crash();
        around.rows.crash(around.random);
    }
    around.telegram.is_away = false;
    around.telegram.closed.clear();
    life node(around, uncertain_policy::repeat, {});
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(link_in(2).url, address_of(1));
    EXPECT_EQ(link_in(3).type, "strikethrough");
}

TEST_F(links, without_a_copy_are_struck) {
    around.telegram.kicked.insert(to);
    life node(around, uncertain_policy::repeat, {});
    node.set_planner(linking({.without_copy = own_links::action::strike}));
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    around.telegram.kicked.clear();
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(link_in(2).type, "strikethrough");
    // A retry of its letter brings the copy for those that come.
    (void)node.retry({{.letter = node.letters().front().letter}});
    ASSERT_TRUE(node.drain());
    node.set_planner(linking({.without_copy = own_links::action::strike}, "everywhere", {{3, 1}}));
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(link_in(3).url, address_of(1));
}

TEST_F(links, lead_to_a_copy_that_another_route_has_made) {
    life node(around, uncertain_policy::repeat, {});
    node.set_planner(linking({}, "first"));
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    node.set_planner(linking({.routes = {"none", "first"}}, "second"));
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(link_in(2).url, address_of(1));
    node.set_planner(linking({.routes = {"none"}}, "third"));
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(link_in(3).url, "t.me/s/1");
}

TEST_F(links, name_a_chat_that_has_a_name) {
    life node(around, uncertain_policy::repeat, {});
    node.share({&to, 1});
    node.who.name(to, "the_copies");
    node.set_planner(linking({}));
    node.post(2, lonely_source);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(link_in(2).url, "https://t.me/the_copies/1");
}

// Its copies until then are in the chat that it was, and their numbers mean others now.
TEST_F(links, do_not_lead_to_copies_in_a_group_that_has_moved) {
    life node(around, uncertain_policy::repeat, {});
    node.set_planner(linking({}));
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    around.telegram.moved[to] = chat_id{-1'000'000'000'999};
    node.post(1, lonely_source);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(link_in(2, chat_id{-1'000'000'000'999}).url, "t.me/s/1");
}

TEST_F(links, a_text_of_them_alone_is_a_dead_letter_and_its_lane_goes_on) {
    life node(around, uncertain_policy::repeat, {});
    node.set_planner([](const update& what, std::uint32_t version, sequence at) {
        const own_links how{.without_copy = own_links::action::remove};
        auto plans = linking(how, "everywhere", {{1, 99}})(what, version, at);
        operation& sent = plans[0].variants[0];
        if (what.content.id == message_id{2}) return plans;
        formatted_text text = *std::get<copy_message>(sent.what).caption;
        text.text = "before";
        sent.what = send_text{std::move(text)};
        return plans;
    });
    node.post(2, lonely_source);
    ASSERT_TRUE(node.drain());
    ASSERT_EQ(node.letters().size(), 1U);
    EXPECT_EQ(node.letters().front().why, reject_class::nothing_left);
    EXPECT_EQ(around.telegram.asked, 1U) << "nothing of it reached the wire";
    ASSERT_TRUE(around.telegram.captions.contains({lonely_source, message_id{2}, to}));
    EXPECT_EQ(around.telegram.captions.at({lonely_source, message_id{2}, to}).text, "this");
}

}  // namespace
}  // namespace baudot::engine
