#include "text/marked_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "text/random_text_test.hpp"

namespace baudot::text {
namespace {

using testing::characters_of;
using testing::problem_of;
using testing::random_formatted;

message_entity entity(std::string type, std::int32_t offset, std::int32_t length) {
    return {.type = std::move(type), .offset = offset, .length = length};
}

formatted_text edited(const formatted_text& what, const std::vector<edit>& edits) {
    marked_text marked = read_marked(what);
    apply_edits(edits, marked);
    return write_formatted(marked);
}

TEST(marked_text, what_replaces_has_the_format_of_the_first_character_that_goes) {
    const formatted_text text{"one two three", {entity("bold", 4, 3)}};
    EXPECT_EQ(edited(text, {{4, 7, "zwei"}}),
              (formatted_text{"one zwei three", {entity("bold", 4, 4)}}));
    EXPECT_EQ(edited(text, {{4, 8, "zwei"}}),
              (formatted_text{"one zweithree", {entity("bold", 4, 4)}}));
    EXPECT_EQ(edited(text, {{5, 9, "X"}}), (formatted_text{"one tXhree", {entity("bold", 4, 2)}}));
    EXPECT_EQ(edited(text, {{3, 5, "_"}}),
              (formatted_text{"one_wo three", {entity("bold", 4, 2)}}));
    EXPECT_EQ(edited(text, {{3, 8, "_"}}), (formatted_text{"one_three", {}}));
}

TEST(marked_text, what_is_put_in_beside_an_entity_is_no_part_of_it) {
    const formatted_text text{"one two three", {entity("bold", 4, 3)}};
    EXPECT_EQ(edited(text, {{4, 4, "<"}, {7, 7, ">"}}),
              (formatted_text{"one <two> three", {entity("bold", 5, 3)}}));
    EXPECT_EQ(edited(text, {{5, 5, "--"}}),
              (formatted_text{"one t--wo three", {entity("bold", 4, 5)}}));
}

TEST(marked_text, counts_in_utf16_units) {
    const formatted_text text{"🚀🚀 шаг", {entity("bold", 2, 2), entity("italic", 5, 3)}};
    EXPECT_EQ(edited(text, {{0, 4, "é"}}),
              (formatted_text{"é🚀 шаг", {entity("bold", 1, 2), entity("italic", 4, 3)}}));
}

TEST(marked_text, entities_that_cannot_be_are_mended_or_left_out) {
    const formatted_text text{
        "🚀a",
        {entity("beyond", 3, 1), entity("before", -1, 2), entity("nothing", 0, 0),
         entity("half", 1, 1), entity("long", 2, 9), entity("first half", 0, 1)}};
    EXPECT_EQ(
        write_formatted(read_marked(text)),
        (formatted_text{"🚀a",
                        {entity("half", 0, 2), entity("first half", 0, 2), entity("long", 2, 1)}}));
    EXPECT_EQ(read_marked({.text = "a\xFFz", .entities = {}}).bytes, "a\uFFFDz");
}

TEST(marked_text, what_telegram_finds_by_itself_is_left_to_it_where_it_was_touched) {
    const formatted_text text{
        "#one #two #three",
        {entity("hashtag", 0, 4), entity("hashtag", 5, 4), entity("hashtag", 10, 6)}};
    EXPECT_EQ(
        edited(text, {{1, 4, "eins"}}),
        (formatted_text{"#eins #two #three", {entity("hashtag", 6, 4), entity("hashtag", 11, 6)}}));
    EXPECT_EQ(
        edited(text, {{9, 9, "_"}}),
        (formatted_text{"#one #two_ #three", {entity("hashtag", 0, 4), entity("hashtag", 11, 6)}}));
}

TEST(marked_text, a_text_is_trimmed_with_its_entities) {
    marked_text text = read_marked({" \n one  ", {entity("bold", 0, 5), entity("italic", 6, 2)}});
    trim(text);
    EXPECT_EQ(write_formatted(text), (formatted_text{"one", {entity("bold", 0, 2)}}));
}

// The slow and obvious way: each character knows the entities that it has.
struct obvious_character {
    std::string bytes;
    std::set<std::size_t> entities;
};

std::vector<obvious_character> obvious_text(const marked_text& of) {
    std::vector<obvious_character> all;
    std::size_t at = 0;
    for (const std::string& each : characters_of(of.bytes)) {
        all.push_back({each, {}});
        for (std::size_t number = 0; number < of.marks.size(); ++number) {
            const mark& one = of.marks[number];
            if (one.begin <= at && at < one.end) all.back().entities.insert(number);
        }
        at += each.size();
    }
    return all;
}

std::vector<obvious_character> obviously_edited(const marked_text& of,
                                                const std::vector<edit>& edits) {
    std::vector<obvious_character> made;
    std::size_t at = 0;
    std::size_t next = 0;
    std::size_t skip_to = 0;
    const auto before = obvious_text(of);
    std::size_t number = 0;
    for (;;) {
        while (next < edits.size() && edits[next].begin == at) {
            std::set<std::size_t> format;
            const bool is_put_in = edits[next].begin == edits[next].end;
            if (number < before.size()) format = before[number].entities;
            if (is_put_in) {
                std::set<std::size_t> both;
                if (number > 0) {
                    std::ranges::set_intersection(format, before[number - 1].entities,
                                                  std::inserter(both, both.end()));
                }
                format = both;
            }
            for (const std::string& each : characters_of(edits[next].with)) {
                made.push_back({each, format});
            }
            skip_to = edits[next].end;
            ++next;
        }
        if (number == before.size()) break;
        if (at >= skip_to) made.push_back(before[number]);
        at += before[number].bytes.size();
        ++number;
    }
    return made;
}

std::vector<edit> random_edits(random_source& random, const marked_text& of) {
    std::vector<std::size_t> places{0};
    for (const std::string& each : characters_of(of.bytes)) {
        places.push_back(places.back() + each.size());
    }
    std::vector<edit> edits;
    for (std::size_t at = random.below(5); at < places.size(); at += random.below(7)) {
        const std::size_t end = std::min(at + random.below(4), places.size() - 1);
        const bool meets = !edits.empty() && edits.back().end == places[at] &&
                           edits.back().begin == edits.back().end;
        if (!meets) {
            edits.push_back({places[at], places[end], testing::random_words(random, 3)});
        }
        at = std::max(end, at) + (end == at ? 1 : 0);
    }
    return edits;
}

TEST(marked_text, random_edits_agree_with_the_obvious_way) {
    std::size_t replaced = 0;
    for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        marked_text text = read_marked(random_formatted(random, 12));
        for (std::size_t number = 0; number < text.marks.size(); ++number) {
            text.marks[number].what.custom_emoji_id = std::to_string(number);
            text.marks[number].what.type = "bold";  // nothing is left to Telegram
        }
        const std::vector<edit> edits = random_edits(random, text);
        replaced += edits.size();
        const auto wanted = obviously_edited(text, edits);
        apply_edits(edits, text);
        std::string bytes;
        for (const obvious_character& each : wanted) bytes += each.bytes;
        ASSERT_EQ(text.bytes, bytes);
        ASSERT_EQ(problem_of(write_formatted(text)), "");
        std::vector<std::set<std::size_t>> found(wanted.size());
        const auto characters = obvious_text(text);
        for (std::size_t at = 0; at < characters.size(); ++at) {
            for (const std::size_t each : characters[at].entities) {
                found[at].insert(std::stoul(text.marks[each].what.custom_emoji_id));
            }
            ASSERT_EQ(found[at], wanted[at].entities) << "character " << at;
        }
    }
    EXPECT_GT(replaced, 20'000U);
}

TEST(marked_text, reading_and_writing_changes_nothing) {
    for (std::uint64_t seed = 1; seed <= 5'000; ++seed) {
        random_source random(seed);
        const formatted_text text = random_formatted(random, 20);
        ASSERT_EQ(problem_of(text), "") << seed;
        ASSERT_EQ(write_formatted(read_marked(text)), text) << seed;
    }
}

TEST(marked_text, a_slice_has_what_of_the_entities_lies_in_it) {
    const marked_text text =
        read_marked({"one two three", {entity("bold", 2, 7), entity("italic", 4, 3)}});
    EXPECT_EQ(write_formatted(slice(text, 5, 13)),
              (formatted_text{"wo three", {entity("bold", 0, 4), entity("italic", 0, 2)}}));
}

}  // namespace
}  // namespace baudot::text
