// How large a file may be, and who may use it as what (TELEGRAM.md 4).
#include <string>

#include "telegram_sim/world_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr std::size_t mib = 1 << 20;

struct files_test : world_fixture {
    api_result<sent> send(media_kind kind, std::size_t size) {
        std::string bytes(size, 'x');
        return send_media(sim, by(), text(target),
                          {.kind = kind, .input = upload{.bytes = std::move(bytes)}}, {});
    }
    std::string refusal(media_kind kind, std::size_t size) {
        const auto done = send(kind, size);
        return done ? "sent" : done.error().description;
    }
    std::string file_id(const sent& of) {
        const message& made = *at(target).find(of.own);
        return sim.files().file_id(bot, *made.what.file);
    }
    void be_local() {
        sim = world({.files = local_file_limits});
        SetUp();
    }
};

TEST_F(files_test, a_photo_has_ten_megabytes) {
    EXPECT_TRUE(
        refusal(media_kind::photo, 10 * mib + 1).starts_with("Bad Request: file of size 10485761"));
    EXPECT_EQ(refusal(media_kind::photo, 10 * mib), "Bad Request: IMAGE_PROCESS_FAILED");
}

TEST_F(files_test, any_other_file_has_fifty_megabytes) {
    for (const media_kind kind : {media_kind::document, media_kind::video, media_kind::audio,
                                  media_kind::voice, media_kind::animation}) {
        EXPECT_EQ(refusal(kind, 50 * mib + 1), "Request Entity Too Large");
    }
    EXPECT_EQ(refusal(media_kind::document, 50 * mib), "sent");
}

TEST_F(files_test, twenty_megabytes_can_be_fetched) {
    const auto small = send(media_kind::document, 20 * mib);
    const auto large = send(media_kind::document, 20 * mib + 1);
    ASSERT_TRUE(small && large);
    EXPECT_TRUE(get_file(sim, by(), file_id(*small)));
    const auto refused = get_file(sim, by(), file_id(*large));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().description, "Bad Request: file is too big");
}

TEST_F(files_test, a_local_server_takes_and_gives_more) {
    be_local();
    const auto done = send(media_kind::document, 50 * mib + 1);
    ASSERT_TRUE(done);
    EXPECT_TRUE(get_file(sim, by(), file_id(*done)));
}

TEST_F(files_test, the_same_bytes_under_another_name_keep_their_own) {
    const auto named = [&](std::string name) {
        const auto done = send_media(sim, by(), text(target),
                                     {.kind = media_kind::document,
                                      .input = upload{.bytes = "x", .file_name = std::move(name)}},
                                     {});
        return *at(target).find(done.value().own)->what.file;
    };
    const file_index one = named("one.txt");
    const file_index two = named("two.txt");
    EXPECT_EQ(named("one.txt"), one);
    EXPECT_EQ(sim.files().get(two).file_name, "two.txt");
    EXPECT_EQ(sim.files().unique_id(one), sim.files().unique_id(two));
}

TEST_F(files_test, a_file_id_of_another_bot_is_wrong_and_the_unique_id_is_the_same) {
    join(target, other_bot, member_status::administrator);
    const auto mine = send(media_kind::document, 100);
    ASSERT_TRUE(mine);
    const auto again = [&](user_id who, const std::string& id, media_kind as) {
        const auto done = send_media(sim, by(who), text(target), {.kind = as, .input = id}, {});
        return done ? "sent" : done.error().description;
    };
    EXPECT_EQ(again(bot, file_id(*mine), media_kind::document), "sent");
    EXPECT_EQ(again(other_bot, file_id(*mine), media_kind::document),
              "Bad Request: wrong file identifier/HTTP URL specified");
    EXPECT_EQ(again(bot, file_id(*mine), media_kind::photo),
              "Bad Request: can't use file of type Document as Photo");
    const auto index = *at(target).find(mine->own)->what.file;
    const std::string theirs = sim.files().file_id(other_bot, index);
    EXPECT_NE(theirs, file_id(*mine));
    EXPECT_EQ(get_file(sim, by(), file_id(*mine))->unique_id,
              get_file(sim, by(other_bot), theirs)->unique_id);
}

}  // namespace
}  // namespace baudot::telegram_sim
