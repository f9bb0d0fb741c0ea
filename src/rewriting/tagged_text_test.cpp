#include "rewriting/tagged_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"
#include "rewriting/tag_mangler_test.hpp"
#include "text/random_text_test.hpp"

namespace baudot::rewriting {
namespace {

using text::read_marked;
using text::write_formatted;
using text::testing::problem_of;
using text::testing::random_formatted;

message_entity entity(std::string type, std::int32_t offset, std::int32_t length) {
    return {.type = std::move(type), .offset = offset, .length = length};
}

std::vector<std::string> entries(const formatted_text& what,
                                 tag_layout layout = tag_layout::lines) {
    return tagged_text(read_marked(what), layout).entries();
}

/// What becomes of `what` when the only entry is answered with `answer`.
formatted_text answered(const formatted_text& what, const std::string& answer,
                        tag_layout layout = tag_layout::whole) {
    const tagged_text tagged(read_marked(what), layout);
    EXPECT_EQ(tagged.entries().size(), 1U);
    const auto read = tagged.read({&answer, 1});
    return read ? write_formatted(*read) : formatted_text{"error: " + read.error(), {}};
}

TEST(tagged_text, marks_become_tags_with_their_numbers) {
    const formatted_text what{"Buy the blue book", {entity("bold", 4, 13), entity("italic", 8, 4)}};
    EXPECT_EQ(entries(what), (std::vector<std::string>{
                                 "Buy <span id=\"0\">the <span id=\"1\">blue</span> book</span>"}));
}

TEST(tagged_text, crossing_marks_become_nested_tags) {
    const formatted_text what{"one two three", {entity("bold", 0, 7), entity("italic", 4, 9)}};
    EXPECT_EQ(entries(what),
              (std::vector<std::string>{"<span id=\"0\">one <span id=\"1\">two</span></span>"
                                        "<span id=\"1\"> three</span>"}));
}

TEST(tagged_text, a_mark_around_all_of_a_line_is_not_sent_and_comes_back) {
    const formatted_text what{" Title \nthe rest", {entity("bold", 1, 5)}};
    const tagged_text tagged(read_marked(what), tag_layout::lines);
    ASSERT_EQ(tagged.entries(), (std::vector<std::string>{"Title", "the rest"}));
    const std::vector<std::string> answers = {"Überschrift", "der Rest"};
    EXPECT_EQ(write_formatted(*tagged.read(answers)),
              (formatted_text{" Überschrift \nder Rest", {entity("bold", 1, 11)}}));
}

TEST(tagged_text, a_mark_over_lines_is_one_again) {
    const formatted_text what{"one two\n\nthree four", {entity("blockquote", 4, 10)}};
    const tagged_text tagged(read_marked(what), tag_layout::lines);
    ASSERT_EQ(tagged.entries(), (std::vector<std::string>{"one <span id=\"0\">two</span>",
                                                          "<span id=\"0\">three</span> four"}));
    const std::vector<std::string> answers = {"eins <span id=\"0\">zwei</span>",
                                              "<span id=\"0\">drei</span> vier"};
    EXPECT_EQ(write_formatted(*tagged.read(answers)),
              (formatted_text{"eins zwei\n\ndrei vier", {entity("blockquote", 5, 10)}}));
}

TEST(tagged_text, lines_without_letters_stay_here) {
    const formatted_text what{"🚀 100 %\nhttps://a.example\n#tag\nword",
                              {entity("url", 9, 17), entity("hashtag", 27, 4)}};
    EXPECT_EQ(entries(what), (std::vector<std::string>{"word"}));
    const formatted_text got = answered(what, "Wort", tag_layout::lines);
    EXPECT_EQ(got.text, "🚀 100 %\nhttps://a.example\n#tag\nWort");
    EXPECT_EQ(entries({"🚀\n— 5 %", {}}), std::vector<std::string>{});
}

TEST(tagged_text, more_lines_than_entries_share_some) {
    const tagged_text tagged(read_marked({"a\nb\n\nc\n1\nd", {}}), tag_layout::lines, 2);
    ASSERT_EQ(tagged.entries(), (std::vector<std::string>{"a<br>b", "c<br>1<br>d"}));
    const std::vector<std::string> answers = {"A<br/>B", "C<BR>1<br />D"};
    EXPECT_EQ(tagged.read(answers)->bytes, "A\nB\n\nC\n1\nD");
}

TEST(tagged_text, code_addresses_and_emoji_are_put_back_whatever_came) {
    const formatted_text what{"run rm -rf now", {entity("code", 4, 6)}};
    ASSERT_EQ(entries(what, tag_layout::whole),
              (std::vector<std::string>{"run <code id=\"1\" translate=\"no\">rm -rf</code> now"}));
    const formatted_text good{"jetzt rm -rf laufen", {entity("code", 6, 6)}};
    for (const std::string inside :
         {"rm -rf", "", "RM - RF", "<span id=\"0\">entfernen</span>", "<b>x</b>"}) {
        EXPECT_EQ(
            answered(what, "jetzt <code id=\"1\" translate=\"no\">" + inside + "</code> laufen"),
            good)
            << inside;
    }
    EXPECT_EQ(answered(what, "jetzt <code id='1'/> laufen"), good);
    EXPECT_EQ(answered(what, "<code id=\"1\">jetzt rm -rf laufen</code>"), good);
}

TEST(tagged_text, words_that_were_moved_into_a_kept_tag_are_not_lost) {
    const formatted_text what{"see @ab now", {entity("mention", 4, 3)}};
    EXPECT_EQ(answered(what, "<code id=\"1\">a long sentence about something</code> x").text,
              "a long sentence about something x");
}

TEST(tagged_text, what_looks_like_markup_is_kept) {
    const formatted_text what{"a < b & c &lt; <x>", {}};
    const std::vector<std::string> sent = entries(what);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0],
              "a <code id=\"0\" translate=\"no\">&lt;</code> b &amp; c "
              "<code id=\"1\" translate=\"no\">&amp;lt;</code> "
              "<code id=\"2\" translate=\"no\">&lt;</code>x&gt;");
    // As it is, decoded once more as LibreTranslate does, and decoded in full.
    EXPECT_EQ(answered(what, sent[0]).text, what.text);
    EXPECT_EQ(answered(what,
                       "A <code id=\"0\" translate=\"no\"><</code> b & c "
                       "<code id=\"1\" translate=\"no\">&lt;</code> "
                       "<code id=\"2\" translate=\"no\"><</code>x>")
                  .text,
              "A < b & c &lt; <x>");
}

TEST(tagged_text, tags_that_are_not_ours_go_and_their_text_stays) {
    const formatted_text what{"one two", {entity("bold", 0, 3)}};
    EXPECT_EQ(answered(what, "<p>eins <b>zwei</b><!-- x --></p>"),
              (formatted_text{"eins zwei", {}}));
    EXPECT_EQ(answered(what, "<span id=\"9\">eins</span> <span id=\"0\">zwei</span>"),
              (formatted_text{"eins zwei", {entity("bold", 5, 4)}}));
    EXPECT_EQ(answered(what, "<span id=\"0\">eins zwei"), (formatted_text{"eins zwei", {}}));
    EXPECT_EQ(answered(what, "eins</span> zwei</code>"), (formatted_text{"eins zwei", {}}));
    EXPECT_EQ(answered(what, "1 < 2 <3 > & &foo; &#0; &#xD800; <"),
              (formatted_text{"1 < 2 <3 > & &foo; &#0; &#xD800; <", {}}));
    EXPECT_EQ(answered(what, "&lt;&gt;&amp;&quot;&#39;&#x27;&apos;"),
              (formatted_text{"<>&\"'''", {}}));
}

TEST(tagged_text, quotes_of_a_tag_may_be_of_any_kind) {
    const formatted_text what{"one two", {entity("bold", 0, 3)}};
    const formatted_text good{"eins zwei", {entity("bold", 0, 4)}};
    for (const std::string tag :
         {"<span id='0'>", "<span id=0>", "<SPAN ID = \"0\" >", "<span id=”0”>",
          "<span id=&quot;0&quot;>", "<span class=\"x\" id=\"0\">"}) {
        const bool is_upper = tag.starts_with("<SPAN");
        EXPECT_EQ(answered(what, tag + "eins</span> zwei"),
                  is_upper ? (formatted_text{"eins zwei", {}}) : good)
            << tag;
    }
}

TEST(tagged_text, crossing_tags_are_cut_and_blanks_at_the_ends_left_out) {
    const formatted_text what{"a b c d", {entity("bold", 0, 3), entity("spoiler", 4, 1)}};
    EXPECT_EQ(answered(what, "x<span id=\"0\"> eins </span><span id=\"1\"> </span>zwei"),
              (formatted_text{"x eins  zwei", {entity("bold", 2, 4)}}));
    const formatted_text code{"a b @cc d", {entity("bold", 0, 3), entity("mention", 4, 3)}};
    EXPECT_EQ(answered(code, "<span id=\"0\">eins <code id=\"2\">@c</span>c</code> x"),
              (formatted_text{"eins @cc x", {entity("bold", 0, 7)}}));
}

TEST(tagged_text, an_answer_without_a_text_is_none) {
    const formatted_text what{"one two", {entity("bold", 0, 3)}};
    for (const std::string answer : {"", " \n", "<span id=\"0\"></span>", "\u200B"}) {
        EXPECT_EQ(answered(what, answer).text, "error: the answer has no text where there was one");
    }
}

TEST(tagged_text, what_comes_back_as_it_went_is_unchanged) {
    random_source random(1);
    for (int run = 0; run < 3000; ++run) {
        const formatted_text what = random_formatted(random, 30);
        const auto layout = random.chance(0.5) ? tag_layout::lines : tag_layout::whole;
        const tagged_text tagged(read_marked(what), layout, 1 + random.below(5));
        const auto read = tagged.read(tagged.entries());
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(write_formatted(*read), write_formatted(read_marked(what)));
    }
}

TEST(tagged_text, a_translation_that_keeps_the_tags_keeps_the_marks) {
    random_source random(2);
    for (int run = 0; run < 3000; ++run) {
        const formatted_text what = random_formatted(random, 30);
        const tagged_text tagged(read_marked(what), tag_layout::lines, 1 + random.below(5));
        std::vector<std::string> answers = tagged.entries();
        for (std::string& each : answers) each.append("ß").insert(0, "ß");
        const auto read = tagged.read(answers);
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(problem_of(write_formatted(*read)), "");
    }
}

TEST(tagged_text, any_mangled_tags_leave_valid_marks_and_exactly_the_text) {
    random_source random(3);
    for (int run = 0; run < 5000; ++run) {
        const formatted_text what = random_formatted(random, 20);
        const text::marked_text marked = read_marked(what);
        const tagged_text tagged(marked, tag_layout::lines, 1 + random.below(5));
        std::vector<std::string> answers;
        answers.reserve(tagged.entries().size());
        for ([[maybe_unused]] const std::string& each : tagged.entries()) {
            answers.emplace_back(testing::mangled_answer(random, marked.marks.size()).html);
        }
        const auto read = tagged.read(answers);
        if (!read) continue;
        ASSERT_EQ(problem_of(write_formatted(*read)), "") << fmt::format("run {}", run);
    }
}

TEST(tagged_text, no_character_of_an_answer_is_lost_whatever_its_tags) {
    random_source random(4);
    for (int run = 0; run < 5000; ++run) {
        // Bold, italic and more, but nothing that is put back.
        formatted_text what{"word", {}};
        for (std::size_t left = random.below(6); left > 0; --left) {
            what.entities.push_back(entity("bold", 0, 1 + static_cast<int>(random.below(3))));
        }
        const tagged_text tagged(read_marked(what), tag_layout::whole);
        const testing::mangled made = testing::mangled_answer(random, what.entities.size());
        const auto read = tagged.read({&made.html, 1});
        if (!read) continue;
        ASSERT_EQ(read->bytes, made.text) << made.html;
        EXPECT_EQ(problem_of(write_formatted(*read)), "") << made.html;
    }
}

TEST(tagged_text, a_thousand_thousand_tags_take_no_time) {
    const formatted_text what{"aaaaaaaaaaaaaaaaaaaab b", {entity("code", 0, 21)}};
    for (const std::string tag :
         {"<span id=\"0\">", "<code id=\"1\">", "<code id=\"1\"/>", "</span>",
          "<code id=\"1\">a</code>", "<span id=\"0\">a", "<", "<!--", "&#", "<span id="}) {
        std::string answer = "a";
        while (answer.size() < (1 << 20)) answer += tag;
        const tagged_text tagged(read_marked(what), tag_layout::whole);
        EXPECT_TRUE(tagged.read({&answer, 1}).has_value()) << tag;
    }
}

}  // namespace
}  // namespace baudot::rewriting
