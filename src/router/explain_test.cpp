#include "router/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <map>

#include "base/random.hpp"
#include "model/print.hpp"
#include "router/obvious_filter_test.hpp"
#include "router/random_filter_test.hpp"
#include "router/router.hpp"

namespace baudot::router {
namespace {

using said = compiled_rules::judgement::said;
using role = explained_target::role;
using field = rule_error::field;
using testing::IsEmpty;

constexpr account_id poster{1};

class everywhere final : public capabilities {
public:
    std::span<const account_id> posters(chat_id) const override { return {&poster, 1}; }
    bool sees(account_id, chat_id) const override { return true; }
    bool can_send_media(account_id, chat_id) const override { return true; }
};

update_received post_of(std::string text) {
    update_received made{.what = {.account = poster, .kind = update_kind::post}};
    made.what.content.chat = chat_id{-1};
    made.what.content.id = message_id{7};
    made.what.content.kind = chat_kind::channel;
    made.what.content.text.text = std::move(text);
    return made;
}

std::vector<explained_route> explain(std::vector<route> routes, const update_received& post) {
    const auto rules = compiled_rules::compile({.routes = std::move(routes)});
    EXPECT_TRUE(rules) << rules.error().front().message;
    return rules->explain({.what = post}, everywhere());
}

post_filter is(post_condition what) {
    return {.how = post_filter::kind::condition, .parts = {}, .what = std::move(what)};
}

explained_filter explain(const post_filter& what, const update_received& post) {
    return explain({{.name = "a", .from = {chat_id{-1}}, .to = {}, .filter = what}}, post)
        .at(0)
        .clauses.at(0)
        .filter;
}

evidence found(post_condition what, const update_received& post) {
    return explain(is(std::move(what)), post).found;
}

// Every part of the explanation against the slow reading of that part alone.
void expect_obvious(const explained_filter& found, const post_filter& what, const message& post) {
    EXPECT_EQ(found.is, obvious::holds(what, post));
    ASSERT_EQ(found.parts.size(), what.parts.size());
    for (std::size_t at = 0; at < what.parts.size(); ++at) {
        expect_obvious(found.parts[at], what.parts[at], post);
    }
    if (what.how != post_filter::kind::condition) return;
    const bool has_pattern = std::holds_alternative<pattern_condition>(what.what) ||
                             std::holds_alternative<word_condition>(what.what) ||
                             std::holds_alternative<submatch_condition>(what.what);
    if (has_pattern) EXPECT_EQ(found.is == truth::yes, found.found.value.has_value());
    if (found.is == truth::yes && std::holds_alternative<word_condition>(what.what)) {
        EXPECT_TRUE(post.text.text.contains(found.found.post.at(0)));
    }
}

TEST(explain, every_part_of_random_filters_is_as_a_slow_reading_says) {
    std::map<said, int> count;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const std::vector<std::string> patterns{"a", "[a-c]ж?", "(?i)B\\b", "^x", "\\d"};
        std::vector<route> routes;
        for (int i = 0; i < 8; ++i) {
            route& one = routes.emplace_back(route{
                .name = std::to_string(i), .from = {chat_id{-1}}, .to = {chat_id{-9 - i % 3}}});
            if (random.chance(0.3)) one.include = random_rules::some(random, patterns);
            if (random.chance(0.3)) one.exclude = random_rules::some(random, patterns);
            one.filter = random_rules::filter(random, patterns);
            if (random.chance(0.4)) one.refuse = random_rules::filter(random, patterns);
            if (random.chance(0.3)) one.check = chat_id{-20 - i % 2};
            if (random.chance(0.5)) one.other = chat_id{-20 - i % 2};
            if (random.chance(0.5)) one.per_destination = destination_policy::first;
        }
        const rule_set set{.routes = routes};
        const auto rules = compiled_rules::compile(set);
        ASSERT_TRUE(rules) << rules.error().front().message;
        for (int i = 0; i < 20; ++i) {
            update_received post = post_of(random_rules::text(random));
            random_rules::dress(random, post.what.content);
            const plan_input input{.what = post};
            const auto explained = rules->explain(input, everywhere());
            const auto judged = rules->judge(post.what.content);
            ASSERT_EQ(explained.size(), judged.size());
            std::map<std::pair<std::string, chat_id>, int> planned;
            for (const auto& plan : rules->plan_for(input, everywhere()).plans) {
                for (const auto& each : plan.deliveries) ++planned[{plan.route, each.destination}];
            }
            for (std::size_t at = 0; at < judged.size(); ++at) {
                const explained_route& one = explained[at];
                const route& by = routes[one.route];
                EXPECT_EQ(one.how, judged[at].how);
                ++count[one.how];
                for (const explained_clause& each : one.clauses) {
                    if (each.of == field::filter)
                        expect_obvious(each.filter, by.filter, post.what.content);
                    if (each.of == field::refuse)
                        expect_obvious(each.filter, *by.refuse, post.what.content);
                    if (each.of == field::include)
                        expect_obvious(each.filter, found_in_text(by.include), post.what.content);
                    if (each.of == field::exclude)
                        expect_obvious(each.filter, found_in_text(by.exclude), post.what.content);
                }
                for (const explained_target& to : one.targets) {
                    EXPECT_EQ(planned.erase({by.name, to.chat}), to.left_to ? 0U : 1U);
                    if (to.left_to) EXPECT_NE(*to.left_to, "") << snapshot(set).text;
                }
            }
            EXPECT_THAT(planned, IsEmpty()) << "all that is planned is explained";
        }
    }
    for (const said each : {said::taken, said::refused, said::passed_over}) {
        EXPECT_GT(count[each], 100) << static_cast<int>(each);
    }
}

TEST(explain, parts_that_decide_nothing_are_asked_too) {
    const post_filter what{
        .how = post_filter::kind::any,
        .parts = {is(word_condition{.words = {"news"}}), is(word_condition{.words = {"rain"}})},
        .what = {}};
    const explained_filter found = explain(what, post_of("news of rain"));
    EXPECT_EQ(found.is, truth::yes);
    EXPECT_EQ(found.parts.at(1).is, truth::yes);
    EXPECT_EQ(found.parts.at(1).found.value, "rain");
}

TEST(explain, a_script_that_failed_says_how) {
    const post_filter script = is(script_condition{{.code = "error('no')", .file = {}}});
    const post_filter what{.how = post_filter::kind::all,
                           .parts = {script, is(word_condition{.words = {"rain"}})},
                           .what = {}};
    const explained_filter found = explain(what, post_of("rain"));
    EXPECT_EQ(found.is, truth::unknown);
    EXPECT_EQ(found.parts.at(0).found.trouble, "script:1: no");
    EXPECT_EQ(found.parts.at(1).found.trouble, std::nullopt);
}

TEST(explain, patterns_words_and_groups_show_what_they_found) {
    const auto post = post_of("the kitten: Kit, $TSLA");
    EXPECT_EQ(found(pattern_condition{.patterns = {"dog", "k[a-z]+n"}}, post),
              (evidence{"k[a-z]+n", {"kitten"}}));
    EXPECT_EQ(found(word_condition{.words = {"kit"}}, post), (evidence{"kit", {"Kit"}}));
    EXPECT_EQ(
        found(submatch_condition{.pattern = R"(\$([A-Z]+))", .group = 1, .values = {"TSLA"}}, post),
        (evidence{"TSLA", {"TSLA"}}));
    EXPECT_EQ(found(word_condition{.words = {"kitt"}}, post), evidence{});
}

TEST(explain, names_numbers_and_kinds_show_what_the_post_has) {
    auto post = post_of("see https://news.example.com #Straße");
    post.what.content.text.entities = {{.type = "url", .offset = 4, .length = 24},
                                       {.type = "hashtag", .offset = 29, .length = 7}};
    post.what.content.content = content_kind::document;
    post.what.content.media = medium{.file_name = "report.PDF", .size = 2048};
    post.what.content.date = 1'795'000'000;
    EXPECT_EQ(
        found(name_condition{.in = name_condition::place::link_domain, .names = {"example.com"}},
              post),
        (evidence{"example.com", {"news.example.com", "example.com", "com"}}));
    EXPECT_EQ(
        found(name_condition{.in = name_condition::place::hashtag, .names = {"#no", "#STRAßE"}},
              post),
        (evidence{"#STRAßE", {"#Straße"}}));
    EXPECT_EQ(
        found(range_condition{.of = range_condition::number::size, .least = 1, .most = {}}, post),
        (evidence{std::nullopt, {"2048"}}));
    EXPECT_EQ(
        found(range_condition{.of = range_condition::number::length, .least = 1, .most = {}}, post),
        (evidence{std::nullopt, {"36"}}));
    EXPECT_EQ(found(media_condition{.kinds = {content_kind::photo}}, post),
              (evidence{std::nullopt, {"document"}}));
    EXPECT_EQ(found(trait_condition{.traits = {trait_condition::trait::forward,
                                               trait_condition::trait::link}},
                    post),
              (evidence{"link", {}}));
    EXPECT_EQ(
        found(pattern_condition{.in = pattern_condition::place::file_name, .patterns = {"^rep"}},
              post),
        (evidence{"^rep", {"rep"}}));
    EXPECT_EQ(found(time_condition{}, post), (evidence{std::nullopt, {"Wed 2026-11-18 11:06"}}));
    const auto size =
        explain(is(range_condition{.of = range_condition::number::size, .least = {}, .most = 1}),
                post_of("no file"));
    EXPECT_EQ(size.is, truth::no);
    EXPECT_EQ(size.found, evidence{});
}

TEST(explain, a_destination_that_an_earlier_route_has_taken_names_it) {
    const auto found = explain({{.name = "a", .from = {chat_id{-1}}, .to = {chat_id{-2}}},
                                {.name = "b",
                                 .from = {chat_id{-1}},
                                 .to = {chat_id{-2}, chat_id{-3}},
                                 .per_destination = destination_policy::first}},
                               post_of("news"));
    ASSERT_EQ(found.at(1).targets.size(), 2U);
    EXPECT_EQ(found[1].targets[0].left_to, "a");
    EXPECT_EQ(found[1].targets[1].left_to, std::nullopt);
    ASSERT_EQ(found[1].targets[1].messages.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<copy_message>(found[1].targets[1].messages[0].what));
}

TEST(explain, a_review_is_a_target_and_what_makes_it_needless_is_named) {
    const std::vector<route> routes{{.name = "a",
                                     .from = {chat_id{-1}},
                                     .to = {chat_id{-2}},
                                     .include = {"news"},
                                     .exclude = {"advert"},
                                     .check = chat_id{-5},
                                     .other = chat_id{-6}},
                                    {.name = "b",
                                     .from = {chat_id{-1}},
                                     .to = {chat_id{-3}},
                                     .include = {"rain"},
                                     .other = chat_id{-6}}};
    const auto refused = explain(routes, post_of("advert"));
    ASSERT_EQ(refused.at(0).targets.size(), 1U);
    EXPECT_EQ(refused[0].targets[0].as, role::check);
    EXPECT_EQ(refused[0].targets[0].chat, chat_id{-5});
    EXPECT_EQ(refused[0].targets[0].left_to, std::nullopt);
    const auto rain = explain(routes, post_of("rain"));
    ASSERT_EQ(rain.at(0).targets.size(), 1U);
    EXPECT_EQ(rain[0].targets[0].as, role::other);
    EXPECT_EQ(rain[0].targets[0].left_to, "b");
    const auto neither = explain(routes, post_of("sun"));
    EXPECT_EQ(neither.at(0).targets.at(0).left_to, std::nullopt);
    EXPECT_EQ(neither.at(1).targets.at(0).left_to, "a") << "it is reviewed there already";
}

TEST(explain, each_step_shows_what_it_made_and_the_plan_what_is_sent) {
    route one{.name = "a", .from = {chat_id{-1}}, .to = {chat_id{-2}, chat_id{-3}}};
    one.transform = {{.what = replace_step{.all = {{.find = "rain", .with = "sun"}}}},
                     {.what = replace_step{.all = {{.find = "snow", .with = "sun"}}}},
                     {.what = add_step{.html = "<b>end</b>"}}};
    one.transform_of[chat_id{-3}] = {{.what = style_step{.type = "bold"}}};
    const auto found = explain({one}, post_of("rain")).at(0);
    ASSERT_EQ(found.steps.size(), 3U);
    EXPECT_EQ(found.steps[0].after.text, "sun");
    EXPECT_TRUE(found.steps[0].is_changed);
    EXPECT_FALSE(found.steps[1].is_changed);
    EXPECT_EQ(found.steps[2].after.text, "sun\n\nend");
    ASSERT_EQ(found.targets.size(), 2U);
    EXPECT_THAT(found.targets[0].steps, IsEmpty());
    ASSERT_EQ(found.targets[1].steps.size(), 1U);
    EXPECT_TRUE(found.targets[1].steps[0].is_changed) << "the formatting is another";
    const auto* sent = std::get_if<send_text>(&found.targets[1].messages.at(0).what);
    ASSERT_NE(sent, nullptr);
    EXPECT_EQ(sent->text, found.targets[1].steps[0].after);
}

TEST(explain, a_text_that_grows_too_long_ends_the_steps) {
    route one{.name = "a", .from = {chat_id{-1}}, .to = {chat_id{-2}}};
    const transform_step much{
        .what = replace_step{
            .all = {{.find = "a", .with = std::string(200, 'a'), .is_pattern = true}}}};
    one.transform = {much, much, much, much};
    const auto found = explain({one}, post_of("aaaa")).at(0);
    ASSERT_EQ(found.steps.size(), 2U);
    EXPECT_TRUE(found.steps[1].is_too_long);
    EXPECT_EQ(found.targets.at(0).why, reject_class::too_long);
}

TEST(explain, a_script_that_fails_says_why) {
    route one{.name = "a", .from = {chat_id{-1}}, .to = {chat_id{-2}}};
    const auto script = [](std::string code, script_step::policy policy) {
        return transform_step{.what = script_step{{std::move(code), {}}, policy}};
    };
    one.transform = {script("return post.nothing.there", script_step::policy::pass),
                     script("error('no')", script_step::policy::skip),
                     script("return 'never'", script_step::policy::skip)};
    const auto found = explain({one}, post_of("text")).at(0);
    ASSERT_EQ(found.steps.size(), 2U);
    EXPECT_EQ(found.steps[0].trouble, "script:1: attempt to index field 'nothing' (a nil value)");
    EXPECT_EQ(found.steps[1].trouble, "script:1: no");
    EXPECT_FALSE(found.steps[1].is_too_long);
    EXPECT_EQ(found.targets.at(0).why, reject_class::transform_failed);
}

}  // namespace
}  // namespace baudot::router
