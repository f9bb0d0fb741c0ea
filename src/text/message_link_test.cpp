#include "text/message_link.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace baudot::text {
namespace {

message_link named(std::string name, std::int64_t message) {
    return {.username = std::move(name), .chat = {}, .message = message_id{message}};
}

message_link numbered(std::int64_t chat, std::int64_t message) {
    return {.username = {}, .chat = chat_id{chat}, .message = message_id{message}};
}

TEST(message_link, is_read_in_every_form_that_telegram_gives) {
    for (const char* const address :
         {"https://t.me/Some_chat/5", "http://t.me/Some_chat/5", "t.me/Some_chat/5",
          "HTTPS://T.ME/Some_chat/5", "https://www.t.me/Some_chat/5", "telegram.me/Some_chat/5",
          "https://telegram.dog/Some_chat/5", "https://t.me/s/Some_chat/5",
          "https://t.me/Some_chat/7/5", "https://t.me/Some_chat/5/", "https://t.me:443/Some_chat/5",
          "https://t.me/Some_chat/5?single", "https://t.me/Some_chat/5?comment=77",
          "https://t.me/Some_chat/5?thread=2&single#x", "https://t.me/Some_chat/5#fragment",
          "tg://resolve?domain=Some_chat&post=5", "tg:resolve?post=5&domain=Some_chat&single",
          "tg://resolve/?domain=Some_chat&post=5&comment=77"}) {
        EXPECT_EQ(read_message_link(address), named("Some_chat", 5)) << address;
    }
    EXPECT_EQ(read_message_link("https://some_chat.t.me/5"), named("some_chat", 5));
    EXPECT_EQ(read_message_link("https://some_chat.t.me/7/5?single"), named("some_chat", 5));
    for (const char* const address :
         {"https://t.me/c/1234567890/5", "t.me/c/1234567890/7/5?single",
          "https://t.me/c/1234567890/5?thread=7", "tg://privatepost?channel=1234567890&post=5",
          "tg://privatepost?channel=1234567890&post=5&thread=7"}) {
        EXPECT_EQ(read_message_link(address), numbered(-1'001'234'567'890, 5)) << address;
    }
    // "-100" is arithmetic, not text.
    EXPECT_EQ(read_message_link("t.me/c/5/6"), numbered(-1'000'000'000'005, 6));
}

TEST(message_link, what_leads_elsewhere_is_none) {
    for (const char* const address : {"",
                                      "t.me",
                                      "https://t.me/",
                                      "https://t.me/name",
                                      "https://t.me/name/0",
                                      "https://t.me/name/-5",
                                      "https://t.me/name/5x",
                                      "https://t.me/name/s/5",
                                      "https://t.me/name/99999999999",
                                      "https://t.me/c/5",
                                      "https://t.me/c/name/5",
                                      "https://t.me/c/0/5",
                                      "https://t.me/c/999999999999/5",
                                      "https://t.me/+abc/5",
                                      "https://t.me/a/5/6/7",
                                      "https://t.me/a/x/7",
                                      "https://example.com/name/5",
                                      "https://t.me.example.com/name/5",
                                      "https://at.me/name/5",
                                      "https://t.me/joinchat/abc",
                                      "https://a.telegram.me/5",
                                      "https://example.com/?t.me/name/5",
                                      "tg://resolve?domain=name",
                                      "tg://resolve?post=5",
                                      "tg://privatepost?channel=5",
                                      "tg://user?id=5&post=5",
                                      "tg://resolve?domain=na-me&post=5",
                                      "https://t.me/na%20me/5",
                                      "mailto:a@t.me/name/5"}) {
        EXPECT_EQ(read_message_link(address), std::nullopt) << address;
    }
}

TEST(message_link, an_own_post_is_one_of_the_chat_by_its_name_or_its_number) {
    message post{.chat = chat_id{-1'001'234'567'890}, .chat_username = "The_Source"};
    EXPECT_EQ(own_post_of("https://t.me/the_source/5", post), message_id{5});
    EXPECT_EQ(own_post_of("https://t.me/c/1234567890/5", post), message_id{5});
    EXPECT_EQ(own_post_of("https://t.me/the_sources/5", post), message_id{});
    EXPECT_EQ(own_post_of("https://t.me/c/1234567891/5", post), message_id{});
    post.chat_username.clear();
    EXPECT_EQ(own_post_of("https://t.me/the_source/5", post), message_id{});
    EXPECT_EQ(own_post_of("https://t.me/c/1234567890/5", post), message_id{5});
    post.chat = chat_id{-5};
    EXPECT_EQ(own_post_of("https://t.me/c/5/5", post), message_id{}) << "a basic group has none";
}

TEST(message_link, an_address_is_read_as_what_it_was_made_of) {
    for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
        random_source random(seed);
        const chat_id chat{-1'000'000'000'000 - random.between(1, 997'000'000'000)};
        const message_id number{random.between(1, 0x7FFF'FFFF)};
        const std::string name = random.chance(0.5) ? "name_" + std::to_string(seed) : "";
        const auto address = address_of(chat, name, number);
        ASSERT_TRUE(address);
        const message post{.chat = chat, .chat_username = name};
        ASSERT_EQ(own_post_of(*address, post), number) << *address;
        ASSERT_EQ(own_post_of(*address + "?single", post), number) << *address;
    }
}

TEST(message_link, basic_groups_people_and_secret_chats_have_no_addresses) {
    for (const std::int64_t chat : {std::int64_t{5}, std::int64_t{-5}, -999'999'999'999,
                                    -1'000'000'000'000, -2'000'000'000'000, -2'002'147'483'700}) {
        EXPECT_EQ(address_of(chat_id{chat}, "name", message_id{5}), std::nullopt) << chat;
    }
    EXPECT_EQ(address_of(chat_id{-1'001'234'567'890}, "", message_id{}), std::nullopt);
}

}  // namespace
}  // namespace baudot::text
