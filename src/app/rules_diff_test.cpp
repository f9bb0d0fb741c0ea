#include "app/rules_diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/rule_changes.hpp"
#include "app/rules_diff_print.hpp"
#include "app/token_environment_test.hpp"

namespace baudot::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string head = R"(data: /var/lib/baudot
accounts:
  - name: reader
    token: ${TOKEN}
routes:
)";

update post(std::string text, std::int64_t number = 7) {
    update made{.id = update_id{1}, .kind = update_kind::post};
    made.content.chat = chat_id{-1001000000001};
    made.content.chat_username = "Daily";
    made.content.id = message_id{number};
    made.content.text.text = std::move(text);
    return made;
}

/// Two configurations with these routes.
struct pair_of_rules {
    pair_of_rules(const std::string& before, const std::string& after, std::size_t examples = 3)
        : old_file(head + before, "old.yaml", with_token()),
          new_file(head + after, "new.yaml", with_token()),
          old_read(read_settings(old_file)),
          new_read(read_settings(new_file)),
          tested(old_read, new_read, {}, examples) {
        EXPECT_TRUE(old_file.ok()) << old_file.report();
        EXPECT_TRUE(new_file.ok()) << new_file.report();
    }

    /// "news -1002 +1 -0 ~0 =2" of what differs
    std::vector<std::string> rows() const {
        std::vector<std::string> made;
        for (const auto& [where, each] : tested.rows()) {
            if (!each.differs()) continue;
            made.push_back(where.first + ' ' + tested.chat_text_of(where.second) + " +" +
                           std::to_string(each.gained) + " -" + std::to_string(each.lost) + " ~" +
                           std::to_string(each.changed) + " =" + std::to_string(each.same));
        }
        return made;
    }

    config::document old_file;
    config::document new_file;
    settings old_read;
    settings new_read;
    rules_diff tested;
};

const std::string news = "  - {name: news, from: '@daily', to: '@copies', include: news}\n";

TEST(rules_diff, the_same_rules_do_the_same) {
    pair_of_rules both(news, news);
    both.tested.add(post("news"));
    both.tested.add(post("rain"));
    EXPECT_THAT(both.rows(), IsEmpty());
    EXPECT_EQ(both.tested.posts(), 2U);
    EXPECT_EQ(both.tested.differing(), 0U);
    EXPECT_THAT(print_diff(describe(both.tested, {}), false),
                HasSubstr("no difference in 2 posts"));
}

TEST(rules_diff, what_is_taken_and_what_is_no_more_is_counted_by_route_and_chat) {
    pair_of_rules both(news,
                       "  - {name: news, from: '@daily', to: '@copies', include: rain}\n"
                       "  - {name: more, from: -1001000000001, to: -1002, include: rain}\n");
    both.tested.add(post("news", 1));
    both.tested.add(post("rain", 2));
    both.tested.add(post("news of rain", 3));
    both.tested.add(post("sun", 4));
    EXPECT_THAT(both.rows(), ElementsAre("more -1002 +2 -0 ~0 =0", "news @copies +1 -1 ~0 =1"));
    EXPECT_EQ(both.tested.differing(), 3U);
}

TEST(rules_diff, another_destination_is_lost_and_gained) {
    pair_of_rules both(news, "  - {name: news, from: '@daily', to: -1002, include: news}\n");
    both.tested.add(post("news"));
    EXPECT_THAT(both.rows(), ElementsAre("news @copies +0 -1 ~0 =0", "news -1002 +1 -0 ~0 =0"));
    EXPECT_EQ(both.tested.differing(), 1U);
}

TEST(rules_diff, another_text_mode_or_option_is_a_change) {
    for (const char* more : {"transform: [{footer: end}]", "mode: forward", "silent: true"}) {
        pair_of_rules both(news, "  - {name: news, from: '@daily', to: '@copies', include: news, " +
                                     std::string(more) + "}\n");
        both.tested.add(post("news"));
        EXPECT_THAT(both.rows(), ElementsAre("news @copies +0 -0 ~1 =0")) << more;
    }
}

TEST(rules_diff, a_review_counts_like_a_copy) {
    pair_of_rules both(
        "  - {name: news, from: '@daily', to: '@copies', exclude: advert, check: -1005}\n",
        "  - {name: news, from: '@daily', to: '@copies', exclude: advert}\n");
    both.tested.add(post("advert"));
    EXPECT_THAT(both.rows(), ElementsAre("news -1005 +0 -1 ~0 =0"));
}

TEST(rules_diff, examples_are_as_many_as_asked_for) {
    for (const std::size_t most : {1U, 0U}) {
        pair_of_rules both(news, "  - {name: news, from: '@daily', to: -1002, include: news}\n",
                           most);
        for (int number = 1; number <= 4; ++number) both.tested.add(post("news", number));
        const auto row = both.tested.rows().find({"news", chat_id{-1002}});
        ASSERT_NE(row, both.tested.rows().end());
        EXPECT_EQ(row->second.examples.size(), most == 0 ? 4U : most);
        EXPECT_EQ(row->second.gained, 4U);
    }
}

TEST(rules_diff, a_change_of_the_way_alone_names_both_ways) {
    pair_of_rules both(news, "  - {name: news, from: '@daily', to: '@copies', mode: forward}\n");
    both.tested.add(post("news"));
    EXPECT_THAT(print_diff(describe(both.tested, {}), false), HasSubstr("      copy → forward\n"));
}

TEST(rules_diff, people_see_the_table_the_link_and_what_changed_in_the_text) {
    pair_of_rules both(news,
                       "  - {name: news, from: '@daily', to: '@copies', include: news, "
                       "transform: [{replace: {from: ж, to: з}}]}\n");
    both.tested.add(post("news: ж!"));
    const std::string text =
        print_diff(describe(both.tested,
                            rule_changes(R"({"routes":[{"name":"news","to":[1]}]})",
                                         R"({"routes":[{"name":"news","to":[1],"transform":[]}]})",
                                         [](std::size_t) { return false; })),
                   true);
    EXPECT_THAT(text, HasSubstr("route news changed: transform\n"));
    EXPECT_THAT(text, HasSubstr("https://t.me/Daily/7  news: ж!"));
    EXPECT_THAT(text, HasSubstr("      \x1b[31m-\x1b[0m news: \x1b[31mж\x1b[0m!\n"
                                "      \x1b[32m+\x1b[0m news: \x1b[32mз\x1b[0m!\n"))
        << "characters stay whole";
    EXPECT_THAT(text, HasSubstr("1 of 1 posts differ"));
}

}  // namespace
}  // namespace baudot::app
