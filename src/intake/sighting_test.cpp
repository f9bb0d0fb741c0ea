#include "intake/sighting.hpp"

#include <gtest/gtest.h>

namespace baudot::intake {
namespace {

update make(update_kind kind, std::string text, std::int64_t edit_date = 0) {
    update made;
    made.account = account_id{1};
    made.kind = kind;
    made.content.chat = chat_id{-1'000'000'001'001};
    made.content.kind = chat_kind::channel;
    made.content.id = message_id{5};
    made.content.text.text = std::move(text);
    made.content.edit_date = edit_date;
    return made;
}

TEST(sighting, a_post_is_news_once) {
    std::optional<sighting> known;
    EXPECT_EQ(judge(make(update_kind::post, "a"), known).what, news::post);
    ASSERT_TRUE(known.has_value());
    update other = make(update_kind::post, "a");
    other.account = account_id{2};
    EXPECT_EQ(judge(other, known).what, news::twice);
}

TEST(sighting, an_edit_is_a_new_version_only_when_a_reader_would_see_it) {
    std::optional<sighting> known;
    judge(make(update_kind::post, "a"), known);
    EXPECT_EQ(judge(make(update_kind::edit, "a", 100), known).what, news::twice);
    const verdict first = judge(make(update_kind::edit, "b", 101), known);
    EXPECT_EQ(first.what, news::edit);
    EXPECT_EQ(first.version, 1U);
    const verdict same_second = judge(make(update_kind::edit, "c", 101), known);
    EXPECT_EQ(same_second.version, 2U);
    EXPECT_EQ(judge(make(update_kind::edit, "b", 100), known).what, news::twice)
        << "another account tells of an older version late";
    EXPECT_EQ(known->version, 2U);

    update bold = make(update_kind::edit, "c", 102);
    bold.content.text.entities.push_back({.type = "bold",
                                          .offset = 0,
                                          .length = 1,
                                          .url = {},
                                          .language = {},
                                          .custom_emoji_id = {}});
    EXPECT_EQ(judge(bold, known).version, 3U) << "formatting is content";
}

TEST(sighting, an_edit_of_a_message_from_before_our_time_is_an_edit) {
    std::optional<sighting> known;
    EXPECT_EQ(judge(make(update_kind::edit, "b", 100), known).what, news::edit);
    EXPECT_EQ(judge(make(update_kind::post, "a"), known).what, news::twice)
        << "its post, redelivered late, must not go out as new";
}

TEST(sighting, updates_without_a_message_are_no_news) {
    std::optional<sighting> known;
    EXPECT_EQ(judge(make(update_kind::other, ""), known).what, news::none);
    EXPECT_FALSE(known.has_value());
}

TEST(sighting, accounts_share_keys_only_where_message_ids_are_shared) {
    update first = make(update_kind::post, "a");
    update second = first;
    second.account = account_id{2};
    EXPECT_EQ(source_key(first), source_key(second));
    first.content.chat = second.content.chat = chat_id{-1001};  // a basic group
    EXPECT_NE(source_key(first), source_key(second));
}

TEST(sighting, the_stored_value_is_read_back_or_refused) {
    const sighting what{.version = 3, .edit_date = 1700000000, .digest = 42};
    const std::string value = encode(what);
    EXPECT_EQ(decode_sighting(value).value(), what);
    for (std::size_t size = 0; size < value.size(); ++size) {
        EXPECT_FALSE(decode_sighting(value.substr(0, size)).has_value());
    }
}

}  // namespace
}  // namespace baudot::intake
