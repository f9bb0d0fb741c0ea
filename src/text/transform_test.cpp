#include "text/transform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "base/random.hpp"
#include "base/utf16.hpp"
#include "text/random_text_test.hpp"

namespace baudot::text {
namespace {

using testing::problem_of;
using thing = rewrite_step::thing;
using action = rewrite_step::action;

message_entity entity(std::string type, std::int32_t offset, std::int32_t length,
                      std::string url = {}) {
    return {.type = std::move(type), .offset = offset, .length = length, .url = std::move(url)};
}

formatted_text transformed(const transform_steps& steps, const message& post) {
    const auto ready = transform::compile(steps);
    if (!ready) return {.text = "error: " + ready.error().front().message, .entities = {}};
    marked_text text = read_marked(post.text);
    EXPECT_EQ(ready->apply({.post = post}, text).is, applied::state::done);
    return write_formatted(text);
}

formatted_text transformed(const transform_steps& steps, const formatted_text& text) {
    return transformed(steps, message{.text = text});
}

transform_step replacing(std::vector<replacement> all) {
    return {.what = replace_step{std::move(all)}};
}

transform_step rewriting(thing what, action how, std::string with = {}) {
    return {.what = rewrite_step{.what = what, .how = how, .with = std::move(with)}};
}

transform_step adding(add_step::place where, std::string html,
                      add_step::gap apart = add_step::gap::paragraph) {
    return {.what = add_step{.where = where, .html = std::move(html), .apart = apart}};
}

TEST(transform, replaces_in_one_pass_and_nothing_that_was_put_in) {
    const transform_steps swap{
        replacing({{.find = "a", .with = "b"}, {.find = "b", .with = "aa"}})};
    EXPECT_EQ(transformed(swap, {"ab ba", {}}).text, "baa aab");
    // The first of the list wins where two begin at one place.
    EXPECT_EQ(
        transformed({replacing({{.find = "hello", .with = "1"}, {.find = "hell", .with = "2"}})},
                    {"hello hells", {}})
            .text,
        "1 2s");
    EXPECT_EQ(
        transformed({replacing({{.find = "hell", .with = "2"}, {.find = "hello", .with = "1"}})},
                    {"hello", {}})
            .text,
        "2o");
}

TEST(transform, what_replaces_keeps_the_style) {
    EXPECT_EQ(transformed({replacing({{.find = "мир", .with = "🌍"}})},
                          {"привет, мир!", {entity("bold", 8, 3), entity("italic", 8, 4)}}),
              (formatted_text{"привет, 🌍!", {entity("italic", 8, 3), entity("bold", 8, 2)}}));
}

TEST(transform, patterns_have_groups) {
    const replacement price{
        .find = R"((\d+) (USD|EUR))", .with = R"(\2 \1 (\0) \\)", .is_pattern = true};
    EXPECT_EQ(transformed({replacing({price})}, {"5 USD, 70 EUR", {}}).text,
              R"(USD 5 (5 USD) \, EUR 70 (70 EUR) \)");
    const replacement optional{.find = "a(b)?", .with = "[\\1]", .is_pattern = true};
    EXPECT_EQ(transformed({replacing({optional})}, {"ab a", {}}).text, "[b] []");
}

TEST(transform, anchors_and_edges_see_the_whole_text) {
    const replacement at_begin{.find = "^a", .with = "x", .is_pattern = true};
    EXPECT_EQ(transformed({replacing({at_begin})}, {"aaa", {}}).text, "xaa");
    const replacement edge{.find = R"(\bb)", .with = "x", .is_pattern = true};
    EXPECT_EQ(transformed({replacing({{.find = "a", .with = ""}, edge})}, {"ab b", {}}).text,
              "b x");
    const replacement nothing{.find = "x*", .with = "y", .is_pattern = true};
    EXPECT_EQ(transformed({replacing({nothing})}, {"axxb", {}}).text, "ayb");
}

TEST(transform, whole_words_are_words_of_any_script) {
    const replacement word{.find = "кот", .with = "пёс", .whole_words = true, .ignore_case = true};
    EXPECT_EQ(transformed({replacing({word})}, {"Кот, который кот_ скот КОТ", {}}).text,
              "пёс, который кот_ скот пёс");
    const replacement chinese{.find = "比特币", .with = "BTC", .whole_words = true};
    EXPECT_EQ(transformed({replacing({chinese})}, {"今天比特币上涨", {}}).text, "今天BTC上涨");
    const replacement marked{.find = "e", .with = "x", .whole_words = true};
    EXPECT_EQ(transformed({replacing({marked})}, {"e e\u0301", {}}).text, "x e\u0301");
}

TEST(transform, a_pattern_never_takes_half_a_character) {
    const replacement byte{.find = R"(\C)", .with = "\\0", .is_pattern = true};
    EXPECT_TRUE(is_valid_utf8(transformed({replacing({byte})}, {"я🚀", {}}).text));
    EXPECT_EQ(
        transformed({replacing({{.find = R"(\C)", .with = "x", .is_pattern = true}})}, {"я🚀z", {}})
            .text,
        "xxx");
}

TEST(transform, what_is_wrong_with_a_step_is_said_with_its_place) {
    transform_steps steps{
        replacing({{.find = "a", .with = "b"}, {.find = "ab(", .with = "", .is_pattern = true}}),
        replacing({{.find = "(a)", .with = "\\2", .is_pattern = true}}),
        adding(add_step::place::footer, "<b>x"),
        {.what = style_step{"loud"}}};
    for (std::uint32_t at = 0; at < steps.size(); ++at) steps[at].place = 10 * at;
    const auto made = transform::compile(steps);
    ASSERT_FALSE(made);
    ASSERT_EQ(made.error().size(), 4U);
    EXPECT_EQ(made.error()[0].place, 2U);
    EXPECT_NE(made.error()[0].message.find("missing )"), std::string::npos);
    EXPECT_EQ(made.error()[1].place, 11U);
    EXPECT_EQ(made.error()[2].place, 20U);
    EXPECT_EQ(made.error()[2].offset, 0U);
    EXPECT_NE(made.error()[3].message.find("blockquote"), std::string::npos);
}

TEST(transform, links_go_with_their_text_or_leave_it_or_lead_elsewhere) {
    const formatted_text text{
        "see here and https://a.example now",
        {entity("bold", 0, 8), entity("text_link", 4, 4, "https://b.example/"),
         entity("url", 13, 17)}};
    EXPECT_EQ(transformed({rewriting(thing::links, action::remove)}, text),
              (formatted_text{"see and now", {entity("bold", 0, 4)}}));
    EXPECT_EQ(transformed({rewriting(thing::links, action::keep_text)}, text),
              (formatted_text{"see here and now", {entity("bold", 0, 8)}}));
    EXPECT_EQ(
        transformed({rewriting(thing::links, action::replace, "https://c.example/")}, text),
        (formatted_text{"see here and https://c.example/ now",
                        {entity("bold", 0, 8), entity("text_link", 4, 4, "https://c.example/")}}));
}

TEST(transform, mentions_and_hashtags_go_or_become_words_or_others) {
    message_entity person = entity("text_mention", 5, 3);
    person.user = user_id{7};
    const formatted_text text{"@some Bob #tag $TSLA",
                              {entity("mention", 0, 5), entity("text_mention", 6, 3),
                               entity("hashtag", 10, 4), entity("cashtag", 15, 5)}};
    EXPECT_EQ(transformed({rewriting(thing::mentions, action::remove)}, text).text, "#tag $TSLA");
    EXPECT_EQ(transformed({rewriting(thing::mentions, action::keep_text)}, text),
              (formatted_text{"some Bob #tag $TSLA",
                              {entity("hashtag", 9, 4), entity("cashtag", 14, 5)}}));
    EXPECT_EQ(transformed({rewriting(thing::mentions, action::replace, "@ours")}, text).text,
              "@ours @ours #tag $TSLA");
    EXPECT_EQ(transformed({rewriting(thing::hashtags, action::remove)}, text).text,
              "@some Bob $TSLA");
    EXPECT_EQ(transformed({rewriting(thing::hashtags, action::keep_text)}, text).text,
              "@some Bob tag $TSLA");
}

TEST(transform, what_was_put_in_place_of_a_tag_or_a_link_is_one_only_if_it_looks_like_one) {
    const formatted_text text{"#breaking Fire, a.example",
                              {entity("hashtag", 0, 9), entity("url", 16, 9)}};
    const auto replacing_by = [](std::string tag, std::string link) {
        return replacing({{.find = "#breaking", .with = std::move(tag)},
                          {.find = "a.example", .with = std::move(link)}});
    };
    const auto no_tags = rewriting(thing::hashtags, action::remove);
    const auto no_links = rewriting(thing::links, action::remove);
    EXPECT_EQ(transformed({replacing_by("BREAKING:", "[link]"), no_tags, no_links}, text).text,
              "BREAKING: Fire, [link]");
    EXPECT_EQ(transformed({replacing_by("#news", "b.example/x"), no_tags, no_links}, text).text,
              "Fire,");
    EXPECT_EQ(
        transformed({rewriting(thing::hashtags, action::replace, "news"), no_tags}, text).text,
        "news Fire, a.example");
    // An edit beside it changes nothing.
    EXPECT_EQ(transformed({replacing({{.find = ", ", .with = " "}}), no_links}, text).text,
              "#breaking Fire");
}

TEST(transform, a_link_behind_an_address_does_not_stay_as_the_address) {
    const auto words_alone = rewriting(thing::links, action::keep_text);
    const auto behind = [&](const std::string& words) {
        const auto length = static_cast<std::int32_t>(words.size());
        return transformed({words_alone},
                           {"see " + words + " now",
                            {entity("text_link", 4, length, "https://ads.example/")}})
            .text;
    };
    EXPECT_EQ(behind("https://ads.example"), "see now");
    EXPECT_EQ(behind("t.me/chan"), "see now");
    EXPECT_EQ(behind("the words."), "see the words. now");
    EXPECT_EQ(behind("here"), "see here now");
}

TEST(transform, no_blank_space_stays_where_something_was_removed) {
    const auto without_tags = [](std::string text) {
        formatted_text tagged{std::move(text), {}};
        for (std::size_t at = tagged.text.find('#'); at != std::string::npos;
             at = tagged.text.find('#', at + 1)) {
            tagged.entities.push_back(entity("hashtag", static_cast<std::int32_t>(at), 2));
        }
        return transformed({rewriting(thing::hashtags, action::remove)}, tagged).text;
    };
    EXPECT_EQ(without_tags("a #x b"), "a b");
    EXPECT_EQ(without_tags("a #x"), "a");
    EXPECT_EQ(without_tags("#x a"), "a");
    EXPECT_EQ(without_tags("a (#x) b"), "a () b");
    EXPECT_EQ(without_tags("a #x #y #z b"), "a b");
    EXPECT_EQ(without_tags("a #x #y\nb"), "a\nb");
    EXPECT_EQ(without_tags("a\n#x\nb"), "a\nb");
    EXPECT_EQ(without_tags("a\n\n#x #y\n\nb"), "a\n\nb");
    EXPECT_EQ(without_tags("a\n\n#x\n#y\n\nb"), "a\n\nb");
    EXPECT_EQ(without_tags("#x\n\na"), "a");
    EXPECT_EQ(without_tags("#x #y"), "");
    EXPECT_EQ(without_tags("#x#y a"), "a");
}

TEST(transform, headers_and_footers_stand_apart_and_outside_of_what_is_there) {
    const formatted_text text{"body", {entity("bold", 0, 4)}};
    EXPECT_EQ(transformed({adding(add_step::place::footer, "<i>f</i>"),
                           adding(add_step::place::header, "h", add_step::gap::line)},
                          text),
              (formatted_text{"h\nbody\n\nf", {entity("bold", 2, 4), entity("italic", 8, 1)}}));
    EXPECT_EQ(transformed({adding(add_step::place::footer, "f", add_step::gap::none),
                           adding(add_step::place::header, "h", add_step::gap::space)},
                          text)
                  .text,
              "h bodyf");
    EXPECT_EQ(transformed({adding(add_step::place::footer, "f")}, {"", {}}).text, "f");
    EXPECT_EQ(transformed({adding(add_step::place::footer, "{link}")}, text), text)
        << "there is no link";
}

TEST(transform, of_an_album_only_a_part_with_a_caption_is_added_to) {
    message part{.media_group_id = "5", .content = content_kind::photo};
    const transform_steps steps{adding(add_step::place::footer, "f")};
    EXPECT_EQ(transformed(steps, part).text, "");
    part.text.text = "caption";
    EXPECT_EQ(transformed(steps, part).text, "caption\n\nf");
    part = {.content = content_kind::photo};
    EXPECT_EQ(transformed(steps, part).text, "f");
}

TEST(transform, a_style_wraps_all_and_holds_nothing_that_it_may_not) {
    const formatted_text text{"one two", {entity("blockquote", 0, 3), entity("bold", 4, 3)}};
    EXPECT_EQ(
        transformed({{.what = style_step{"expandable_blockquote"}}}, text),
        (formatted_text{"one two", {entity("expandable_blockquote", 0, 7), entity("bold", 4, 3)}}));
    EXPECT_EQ(transformed({{.what = style_step{"bold"}}}, text),
              (formatted_text{"one two", {entity("bold", 0, 7), entity("blockquote", 0, 3)}}));
    EXPECT_EQ(transformed({{.what = style_step{"code"}}}, text),
              (formatted_text{"one two", {entity("code", 0, 7)}}));
    EXPECT_EQ(transformed({{.what = style_step{"bold"}}}, {"", {}}), formatted_text{});
}

TEST(transform, a_stripped_caption_is_one_of_media) {
    message post{.content = content_kind::video, .text = {"caption", {entity("bold", 0, 7)}}};
    EXPECT_EQ(transformed({{.what = strip_caption_step{}}}, post), formatted_text{});
    post.content = content_kind::text;
    EXPECT_EQ(transformed({{.what = strip_caption_step{}}}, post), post.text);
}

TEST(transform, what_grows_without_end_is_refused_while_it_is_small) {
    const std::string many(4'000, 'a');
    std::string more;
    for (int each = 0; each < 1'000; ++each) more += "\\0";
    const auto grow =
        transform::compile({replacing({{.find = "a+", .with = more, .is_pattern = true}}),
                            replacing({{.find = "a", .with = std::string(100'000, 'a')}})});
    ASSERT_TRUE(grow);
    marked_text text = read_marked({.text = many, .entities = {}});
    EXPECT_EQ(grow->apply({.post = {}}, text).is, applied::state::too_long);
    EXPECT_LT(text.bytes.size(), 3 * text_bytes_max);
}

transform_step random_step(random_source& random) {
    const auto words = [&] { return testing::random_words(random, 3); };
    static const std::vector<std::string> patterns = {
        ".", "\\s+", "(\\w)(\\w)", "[^ ]+", "\\pL+", "(?i)hello", "e", "\\C", "\\pM", "^.*$"};
    const auto what = static_cast<thing>(random.below(3));
    static const std::vector<std::string> styles = {"bold", "code", "blockquote",
                                                    "expandable_blockquote"};
    switch (random.below(6)) {
        case 0:
            return replacing({{.find = patterns[random.below(patterns.size())],
                               .with = random.chance(0.5) ? "<\\0>" : "x🚀",
                               .is_pattern = true},
                              {.find = "a" + words(), .with = words()}});
        case 1: return rewriting(what, static_cast<action>(random.below(3)), words());
        case 2:
            return adding(static_cast<add_step::place>(random.below(2)),
                          "<b>{source}</b> 🚀<i>x</i>",
                          static_cast<add_step::gap>(random.below(4)));
        case 3: return {.what = style_step{styles[random.below(styles.size())]}};
        case 4: return replacing({{.find = "hello", .with = words(), .whole_words = true}});
        default:
            return random.chance(0.2)
                       ? transform_step{.what = strip_caption_step{}}
                       : replacing({{.find = " ", .with = words()}, {.find = "b", .with = ""}});
    }
}

// Whatever the chain: what was bold and still is there is bold, and what was not is not.
TEST(transform, random_chains_leave_valid_entities) {
    for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        message post{.chat_title = testing::random_words(random, 4),
                     .content = random.chance(0.5) ? content_kind::text : content_kind::photo,
                     .text = testing::random_formatted(random, 30)};
        transform_steps steps;
        for (std::size_t left = random.below(6); left > 0; --left) {
            steps.push_back(random_step(random));
        }
        const auto ready = transform::compile(steps);
        ASSERT_TRUE(ready);
        marked_text text = read_marked(post.text);
        if (ready->apply({.post = post}, text).is != applied::state::done) continue;
        const formatted_text made = write_formatted(text);
        ASSERT_EQ(problem_of(made), "") << made.text;
        ASSERT_LE(text.body_begin, text.body_end);
        ASSERT_LE(text.body_end, text.bytes.size());
        if (!text.is_changed) ASSERT_EQ(made, post.text);
    }
}

// Each character of the post is a letter of its own, so that one can say which are left of it.
TEST(transform, random_chains_leave_each_character_its_format) {
    std::size_t followed = 0;
    for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        message post;
        for (std::size_t at = 0; at < 60; ++at) {
            // CJK ideographs: no step of this test makes one.
            const auto letter = static_cast<unsigned>(0x4E00 + at);
            post.text.text += {static_cast<char>(0xE0U | letter >> 12U),
                               static_cast<char>(0x80U | (letter >> 6U & 0x3FU)),
                               static_cast<char>(0x80U | (letter & 0x3FU))};
            if (random.chance(0.2)) post.text.text += random.chance(0.5) ? "hello" : " ";
        }
        const auto size = static_cast<std::int64_t>(utf16_length(post.text.text));
        for (int number = 0; number < 4; ++number) {
            const auto begin = static_cast<std::int32_t>(random.between(0, size - 1));
            const auto length = static_cast<std::int32_t>(random.between(1, size - begin));
            post.text.entities.push_back(entity("kind " + std::to_string(number), begin, length));
        }
        transform_steps steps;
        for (std::size_t left = 1 + random.below(5); left > 0; --left) {
            transform_step step = random_step(random);
            if (!std::holds_alternative<style_step>(step.what)) steps.push_back(std::move(step));
        }
        const auto formats = [](const formatted_text& text) {
            std::map<std::string, std::set<std::string>> of;
            std::int32_t at = 0;
            for (const std::string& each : testing::characters_of(text.text)) {
                if (each >= "\u4E00" && each <= "\u4E7F") {
                    for (const message_entity& one : text.entities) {
                        const bool has = one.offset <= at && at < one.offset + one.length;
                        if (has && one.type.starts_with("kind")) of[each].insert(one.type);
                    }
                    of[each];
                }
                at += each.size() == 4 ? 2 : 1;
            }
            return of;
        };
        const auto before = formats(post.text);
        for (const auto& [letter, format] : formats(transformed(steps, post))) {
            // What a pattern has put back has the format of the first character of its match.
            const bool is_moved = std::ranges::any_of(steps, [](const transform_step& each) {
                const auto* what = std::get_if<replace_step>(&each.what);
                return what != nullptr && what->all.front().is_pattern;
            });
            if (is_moved) continue;
            ASSERT_EQ(format, before.at(letter)) << letter;
            ++followed;
        }
    }
    EXPECT_GT(followed, 15'000U);
}

}  // namespace
}  // namespace baudot::text
