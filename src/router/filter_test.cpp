#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "router/language.hpp"
#include "router/router.hpp"

namespace baudot::router {
namespace {

using said = compiled_rules::judgement::said;
using place = name_condition::place;
using trait = trait_condition::trait;

post_filter is(post_condition what) {
    return {.how = post_filter::kind::condition, .parts = {}, .what = std::move(what)};
}
post_filter opposite(post_filter part) {
    return {.how = post_filter::kind::negation, .parts = {std::move(part)}, .what = {}};
}

said judge(const route& by, const message& post) {
    const auto rules = compiled_rules::compile({.routes = {by}});
    EXPECT_TRUE(rules) << rules.error().front().message;
    return rules->judge(post).at(0).how;
}

route with(post_filter filter) {
    return {
        .name = "news", .from = {chat_id{-1}}, .to = {chat_id{-2}}, .filter = std::move(filter)};
}

/// What is known of a filter: the opposite of what is not known holds as little.
truth value(const post_filter& filter, const message& post) {
    if (judge(with(filter), post) == said::taken) return truth::yes;
    return judge(with(opposite(filter)), post) == said::taken ? truth::no : truth::unknown;
}

message text(std::string of) {
    message post{.chat = chat_id{-1}, .kind = chat_kind::channel};
    post.text.text = std::move(of);
    return post;
}

message with_entity(std::string of, message_entity entity) {
    message post = text(std::move(of));
    post.text.entities = {std::move(entity)};
    return post;
}

bool has_word(const std::string& in, const std::string& word, bool ignores_case = true) {
    return value(is(word_condition{.words = {word}, .ignore_case = ignores_case}), text(in)) ==
           truth::yes;
}

TEST(filter, whole_words_stand_alone_in_every_script) {
    EXPECT_TRUE(has_word("Курс Эфира растёт", "эфира"));
    EXPECT_TRUE(has_word("(эфир)", "ЭФИР"));
    EXPECT_FALSE(has_word("эфирный", "эфир"));
    EXPECT_FALSE(has_word("эфир2", "эфир"));
    EXPECT_FALSE(has_word("эфир_", "эфир"));
    EXPECT_TRUE(has_word("bitcoin", "Bitcoin"));
    EXPECT_FALSE(has_word("bitcoin", "Bitcoin", false));
    EXPECT_FALSE(has_word("cafe\u0301", "cafe")) << "a combining mark is a part of the word";
    EXPECT_TRUE(has_word("c++, c", "c++"));
    EXPECT_TRUE(has_word("buy $TSLA!", "$tsla"));
    EXPECT_TRUE(has_word("a.b(c", "a.b(c")) << "nothing in a word is a pattern";
    EXPECT_FALSE(has_word("axb(c", "a.b(c"));
}

TEST(filter, the_words_of_a_phrase_may_stand_apart_by_any_space) {
    EXPECT_TRUE(has_word("Breaking news!", "breaking news"));
    EXPECT_TRUE(has_word("Breaking\u00a0news", "breaking news")) << "a space that breaks no line";
    EXPECT_TRUE(has_word("BREAKING\n  NEWS", "breaking news"));
    EXPECT_FALSE(has_word("breakingnews", "breaking news"));
    EXPECT_FALSE(has_word("breaking newsletter", "breaking news"));
    EXPECT_FALSE(has_word("breaking - news", "breaking news"));
}

TEST(filter, scripts_without_spaces_touch_nothing) {
    EXPECT_TRUE(has_word("今天比特币上涨", "比特币"));
    EXPECT_TRUE(has_word("买bitcoin吧", "bitcoin"));
    EXPECT_TRUE(has_word("ビットコインを買う", "ビットコイン"));
    EXPECT_TRUE(has_word("비트코인은", "비트코인"));
}

TEST(filter, a_word_that_stands_alone_is_found_behind_one_that_does_not) {
    EXPECT_TRUE(has_word("cats cat", "cat"));
    EXPECT_TRUE(has_word("ba-a-a", "a-a")) << "begins inside of the first";
    EXPECT_FALSE(has_word("bcat catx", "cat"));
}

TEST(filter, a_group_is_looked_up_over_all_matches) {
    const auto takes = [](const std::string& of, bool ignores_case = false) {
        return value(is(submatch_condition{.pattern = R"((^|[^A-Z])\$([A-Z]+))",
                                           .group = 2,
                                           .values = {"TSLA", "AMD"},
                                           .ignore_case = ignores_case}),
                     text(of)) == truth::yes;
    };
    EXPECT_TRUE(takes("$TSLA other"));
    EXPECT_TRUE(takes("$MSFT and $AMD"));
    EXPECT_FALSE(takes("A$TSLA"));
    EXPECT_FALSE(takes("$TSLAX"));
    EXPECT_FALSE(takes("$tsla"));
    EXPECT_TRUE(takes("$tsla", true));
}

TEST(filter, a_group_that_took_no_part_is_no_value) {
    const post_filter filter =
        is(submatch_condition{.pattern = "a(x)?(y?)", .group = 1, .values = {""}});
    EXPECT_EQ(value(filter, text("a")), truth::no);
    const post_filter empty =
        is(submatch_condition{.pattern = "a(x)?(y?)", .group = 2, .values = {""}});
    EXPECT_EQ(value(empty, text("a")), truth::yes);
}

TEST(filter, a_domain_stands_for_its_subdomains_in_links_that_are_seen_and_that_are_not) {
    const auto within = [](const message& post) {
        return value(is(name_condition{.in = place::link_domain, .names = {"example.com"}}),
                     post) == truth::yes;
    };
    const auto seen = [](std::string url) {
        const auto length = static_cast<std::int32_t>(url.size());
        return with_entity(std::move(url), {.type = "url", .length = length});
    };
    EXPECT_TRUE(within(seen("https://EXAMPLE.com/x")));
    EXPECT_TRUE(within(seen("a.b.example.com:80")));
    EXPECT_TRUE(within(seen("http://me@example.com.?x")));
    EXPECT_TRUE(within(seen("example.com/?u=https://b.org")));
    EXPECT_FALSE(within(seen("notexample.com")));
    EXPECT_FALSE(within(seen("https://a.org/example.com")));
    EXPECT_FALSE(within(seen("https://example.com@b.org")));
    EXPECT_FALSE(within(seen("tg://example.com")));
    EXPECT_TRUE(within(with_entity(
        "🚀here",
        {.type = "text_link", .offset = 2, .length = 4, .url = "https://www.example.com"})));
    EXPECT_FALSE(within(text("example.com"))) << "Telegram says what is a link";
    const auto behind = [](std::string url) {
        return with_entity("here", {.type = "text_link", .length = 4, .url = std::move(url)});
    };
    EXPECT_FALSE(within(behind("mailto:ann@example.com"))) << "an address is no host";
    EXPECT_FALSE(within(behind("MAILTO:ann@example.com?subject=x")));
    EXPECT_FALSE(within(behind("sip:ann@example.com:5060")));
    EXPECT_FALSE(within(behind("magnet:?xt=example.com")));
    EXPECT_TRUE(within(behind("ann.lee:secret@example.com")));
    EXPECT_TRUE(within(behind("example.com:80/x:y")));
    const post_filter tel = is(name_condition{.in = place::link_domain, .names = {"tel"}});
    EXPECT_EQ(value(tel, behind("tel:+4930123456")), truth::no);
    EXPECT_EQ(value(tel, behind("tel:123")), truth::no);
}

TEST(filter, tags_and_mentions_know_no_case) {
    const auto has = [](place in, std::string name, const message& post) {
        return value(is(name_condition{.in = in, .names = {std::move(name)}}), post) == truth::yes;
    };
    const message tag = with_entity("🚀 #Новости", {.type = "hashtag", .offset = 3, .length = 8});
    EXPECT_TRUE(has(place::hashtag, "#новости", tag));
    EXPECT_FALSE(has(place::hashtag, "#новост", tag));
    EXPECT_FALSE(has(place::hashtag, "$новости", tag));
    EXPECT_TRUE(
        has(place::hashtag, "#go", with_entity("#Go@news", {.type = "hashtag", .length = 8})));
    EXPECT_TRUE(has(place::mention, "@ann",
                    with_entity("hi @Ann", {.type = "mention", .offset = 3, .length = 4})));
    EXPECT_TRUE(
        has(place::mention, "42",
            with_entity("Ann", {.type = "text_mention", .length = 3, .user = user_id{42}})));
}

TEST(filter, an_entity_beyond_the_text_is_nothing) {
    const message post =
        with_entity("#a", {.type = "hashtag", .offset = 1, .length = 2'000'000'000});
    EXPECT_EQ(value(is(name_condition{.in = place::hashtag, .names = {"#a"}}), post), truth::no);
}

TEST(filter, a_sender_is_the_chat_where_one_hides_behind_it) {
    const auto sent_by = [](std::string who, const message& post) {
        return value(is(name_condition{.in = place::sender, .names = {std::move(who)}}), post) ==
               truth::yes;
    };
    message post = text("x");
    post.sender = user_id{42};
    post.sender_username = "Ann_L";
    EXPECT_TRUE(sent_by("42", post));
    EXPECT_TRUE(sent_by("@ann_l", post));
    post.sender_chat = chat_id{-7};
    EXPECT_FALSE(sent_by("42", post));
    EXPECT_TRUE(sent_by("-7", post));
}

TEST(filter, who_administers_a_group_is_known_of_its_own_posts_alone) {
    const post_filter by_admin = is(trait_condition{.traits = {trait::admin_sender}});
    message post = text("x");
    EXPECT_EQ(value(by_admin, post), truth::yes) << "a channel";
    post.kind = chat_kind::supergroup;
    post.sender = user_id{42};
    EXPECT_EQ(value(by_admin, post), truth::unknown);
    post.sender_chat = post.chat;
    EXPECT_EQ(value(by_admin, post), truth::yes);
    post.sender_chat = chat_id{-7};
    EXPECT_EQ(value(by_admin, post), truth::no);
}

TEST(filter, what_is_not_known_is_neither_taken_nor_refused_and_decides_only_where_it_must) {
    message post = text("x");
    post.content = content_kind::document;
    post.media = medium{.file_name = "Report.PDF"};  // of a size that nobody told
    const post_filter large =
        is(range_condition{.of = range_condition::number::size, .least = 100, .most = {}});
    EXPECT_EQ(value(large, post), truth::unknown);
    const post_filter pdf = is(name_condition{.in = place::extension, .names = {"pdf"}});
    EXPECT_EQ(value(pdf, post), truth::yes);
    using kind = post_filter::kind;
    EXPECT_EQ(value({.how = kind::any, .parts = {large, pdf}, .what = {}}, post), truth::yes);
    EXPECT_EQ(value({.how = kind::all, .parts = {large, pdf}, .what = {}}, post), truth::unknown);
    EXPECT_EQ(value({.how = kind::all, .parts = {large, opposite(pdf)}, .what = {}}, post),
              truth::no);
    route by = with({});
    by.refuse = large;
    EXPECT_EQ(judge(by, post), said::passed_over);
    by.refuse = pdf;
    EXPECT_EQ(judge(by, post), said::refused);
    post.media->size = 100;
    EXPECT_EQ(value(large, post), truth::yes);
    post.media.reset();
    EXPECT_EQ(value(large, post), truth::no) << "no medium has no size";
}

TEST(filter, a_forward_of_unknown_origin_is_from_nobody_for_sure) {
    const post_filter from =
        is(name_condition{.in = place::forwarded_from, .names = {"-6", "@ann", "Nobody"}});
    message post = text("x");
    EXPECT_EQ(value(from, post), truth::no);
    post.is_forward = true;
    EXPECT_EQ(value(from, post), truth::unknown);
    using kind = forward_origin::kind;
    post.origin = forward_origin{.type = kind::channel, .chat = chat_id{-6}, .name = "Nobody"};
    EXPECT_EQ(value(from, post), truth::yes);
    post.origin = forward_origin{.type = kind::channel, .chat = chat_id{-5}, .name = "Nobody"};
    EXPECT_EQ(value(from, post), truth::no) << "a title is no name of a person";
    post.origin = forward_origin{.type = kind::hidden_user, .name = "Nobody"};
    EXPECT_EQ(value(from, post), truth::yes);
    post.origin->name = "Somebody";
    EXPECT_EQ(value(from, post), truth::unknown) << "it may be @ann";
    post.origin = forward_origin{.type = kind::user, .user = user_id{5}, .username = "Ann"};
    EXPECT_EQ(value(from, post), truth::yes);
}

TEST(filter, of_a_person_who_hides_the_name_alone_is_known) {
    message post = text("x");
    post.is_forward = true;
    post.origin =
        forward_origin{.type = forward_origin::kind::hidden_user, .name = "Somebody Who Hides"};
    const auto from = [&](std::string who) {
        return value(is(name_condition{.in = place::forwarded_from, .names = {std::move(who)}}),
                     post);
    };
    EXPECT_EQ(from("42"), truth::unknown);
    EXPECT_EQ(from("@ann"), truth::unknown);
    EXPECT_EQ(from("-1001"), truth::no) << "a chat is no person";
    EXPECT_EQ(from("Somebody Else"), truth::no);
    EXPECT_EQ(from("Somebody Who Hides"), truth::yes);
    route by = with({});
    by.refuse = is(name_condition{.in = place::forwarded_from, .names = {"42"}});
    EXPECT_EQ(judge(by, post), said::passed_over);
}

TEST(filter, the_language_of_a_text_is_told_where_there_is_enough_of_it) {
    const post_filter russian = is(name_condition{.in = place::language, .names = {"ru"}});
    EXPECT_EQ(value(russian, text("Сегодня в Москве открылась большая выставка книг")), truth::yes);
    EXPECT_EQ(value(russian, text("A large exhibition of books has been opened in the city today")),
              truth::no);
    EXPECT_EQ(value(russian, text("")), truth::unknown);
    const post_filter or_unknown =
        is(name_condition{.in = place::language, .names = {"ru", "unknown"}});
    EXPECT_EQ(value(or_unknown, text("")), truth::yes);
    EXPECT_TRUE(is_language("ru") && is_language("zh-Hant") && is_language("he"));
    EXPECT_FALSE(is_language("russian") || is_language("un") || is_language(""));
}

TEST(filter, a_length_counts_as_telegram_does) {
    const auto within = [](std::int64_t least, std::int64_t most, const std::string& of) {
        return value(is(range_condition{.least = least, .most = most}), text(of)) == truth::yes;
    };
    EXPECT_TRUE(within(3, 3, "🚀ж"));
    EXPECT_TRUE(within(0, 0, ""));
    EXPECT_FALSE(within(1, 9, ""));
}

// 2026-11-25 is a Wednesday.
TEST(filter, a_window_of_the_week_may_end_on_the_next_day) {
    const std::int64_t midnight = 1'795'564'800;
    const auto open = [&](const time_condition& what, std::int64_t hour) {
        message post = text("x");
        post.date = midnight + hour * 3600;
        return value(is(what), post) == truth::yes;
    };
    const time_condition day{.days = 1U << 2, .from = 8 * 60, .to = 18 * 60};
    EXPECT_FALSE(open(day, 7));
    EXPECT_TRUE(open(day, 8));
    EXPECT_TRUE(open(day, 17));
    EXPECT_FALSE(open(day, 18));
    EXPECT_FALSE(open(day, 8 + 24));
    const time_condition night{.days = 1U << 2, .from = 22 * 60, .to = 6 * 60};
    EXPECT_FALSE(open(night, 5)) << "that is the night of Tuesday";
    EXPECT_TRUE(open(night, 23));
    EXPECT_TRUE(open(night, 24 + 5));
    EXPECT_FALSE(open(night, 24 + 6));
    EXPECT_FALSE(open(night, 24 + 23));
}

TEST(filter, all_patterns_and_words_of_all_routes_are_in_the_same_sets) {
    std::vector<route> routes;
    for (int i = 0; i < 20; ++i) {
        route one = with(is(word_condition{.words = {"word" + std::to_string(i)}}));
        one.name = std::to_string(i);
        one.include = {"pattern"};
        routes.push_back(std::move(one));
    }
    const auto rules = compiled_rules::compile({.routes = std::move(routes)});
    ASSERT_TRUE(rules);
    EXPECT_EQ(rules->patterns().size(), 21u);
    for (const auto& each : rules->judge(text("pattern Word7 word12x"))) {
        EXPECT_EQ(each.how == said::taken, each.route == 7) << each.route;
    }
}

post_filter script(std::string code) {
    return is(script_condition{{.code = std::move(code), .file = {}}});
}

TEST(filter, a_script_says_yes_or_no_or_fails) {
    const message post = with_entity("a #tag", {.type = "hashtag", .offset = 2, .length = 4});
    EXPECT_EQ(value(script("return post.hashtags[1] == '#tag'"), post), truth::yes);
    EXPECT_EQ(value(script("return post.text:find('b')"), post), truth::no);
    EXPECT_EQ(value(script("error('no')"), post), truth::unknown);
    EXPECT_EQ(value(script("while true do end"), post), truth::unknown);
    EXPECT_EQ(value(script("return post.length == 2"), text("\xF0\x9F\x9A\x80")), truth::yes);
    EXPECT_EQ(value(script("return post.text == '\\239\\191\\189'"), text("\xFF")), truth::yes);
}

TEST(filter, troubles_of_scripts_are_told_with_their_route) {
    route first = with(script("error('first')"));
    route second = with(script("return true"));
    second.name = "second";
    route third = with({.how = post_filter::kind::any,
                        .parts = {script("error('third')"), script("return true")},
                        .what = {}});
    third.name = "third";
    third.refuse = script("return false");
    route again = first;  // the same script is asked once, and told for each
    again.name = "again";
    route undone = with({.how = post_filter::kind::all,
                         .parts = {is(media_condition{{content_kind::photo}}), first.filter},
                         .what = {}});
    undone.name = "undone";
    const auto rules = compiled_rules::compile({.routes = {first, second, third, again, undone}});
    ASSERT_TRUE(rules);
    std::vector<script_trouble> troubles;
    const auto judged = rules->judge(text("a"), &troubles);
    EXPECT_EQ(judged[0].how, said::passed_over);
    EXPECT_EQ(judged[1].how, said::taken);
    EXPECT_EQ(judged[2].how, said::taken);
    ASSERT_EQ(troubles.size(), 3u);
    EXPECT_EQ(troubles[0].route, 0u);
    EXPECT_EQ(troubles[0].what, "script:1: first");
    EXPECT_EQ(troubles[1].route, 2u);
    EXPECT_EQ(troubles[1].what, "script:1: third");
    EXPECT_EQ(troubles[2].route, 3u);
}

TEST(filter, a_script_that_is_none_is_named_with_its_line) {
    route bad = with(script("return true\nand and"));
    bad.filter.place = 4;
    const auto wrong = compiled_rules::compile({.routes = {bad}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error()[0].item, 5u);
    EXPECT_EQ(wrong.error()[0].message, "route \"news\": script: unexpected symbol near 'and'");
}

TEST(filter, what_is_wrong_names_its_value_and_the_byte_in_the_pattern) {
    route bad = with(is(pattern_condition{.patterns = {"fine", R"(ab\q)"}, .ignore_case = true}));
    bad.filter.place = 4;
    const auto wrong = compiled_rules::compile({.routes = {bad}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error()[0].where, rule_error::field::filter);
    EXPECT_EQ(wrong.error()[0].item, 5u);
    EXPECT_EQ(wrong.error()[0].offset, 2u);
    bad.filter = {};
    bad.refuse = is(submatch_condition{.pattern = "(a)", .group = 2, .values = {"x"}});
    const auto group = compiled_rules::compile({.routes = {bad}});
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error()[0].where, rule_error::field::refuse);
    EXPECT_EQ(group.error()[0].message, R"x(route "news": pattern "(a)" has no group 2)x");
}

}  // namespace
}  // namespace baudot::router
