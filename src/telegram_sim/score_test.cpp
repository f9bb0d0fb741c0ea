#include "telegram_sim/score.hpp"

#include "base/random.hpp"
#include "telegram_sim/world_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

class scores : public world_fixture {
protected:
    message_id post_one(const std::string& words) {
        const message_id id = say(source, words);
        wanted.copies.push_back({.from = source, .message = id, .to = target});
        return id;
    }
    void copy(message_id id) {
        ASSERT_TRUE(copy_message(sim, by(), text(target), text(source), id));
    }
    score judge() { return compare(sim, wanted, {}); }
    expectation wanted;
};

TEST_F(scores, a_perfect_run_is_perfect_and_a_lost_post_is_named) {
    const message_id one = post_one("a"), two = post_one("b");
    copy(one);
    score made = judge();
    EXPECT_EQ(made.lost, 1u);
    EXPECT_EQ(made.chats[0].lost[0].message, two);
    copy(two);
    EXPECT_TRUE(judge().is_perfect());
}

TEST_F(scores, equal_texts_are_told_apart_by_where_they_came_from) {
    const message_id one = post_one("same"), two = post_one("same");
    copy(two);
    copy(two);
    const score made = judge();
    EXPECT_EQ(made.lost, 1u);
    EXPECT_EQ(made.chats[0].lost[0].message, one);
    EXPECT_EQ(made.doubled, 1u);
}

TEST_F(scores, a_copy_that_stands_too_late_is_out_of_order) {
    const message_id one = post_one("a"), two = post_one("b");
    copy(two);
    copy(one);
    const score made = judge();
    EXPECT_EQ(made.out_of_order, 1u);
    EXPECT_EQ(made.chats[0].out_of_order[0].message, one);
    EXPECT_EQ(made.matched, 2u);
}

TEST_F(scores, the_wrong_mode_the_wrong_text_and_strangers_are_seen) {
    const message_id one = post_one("a"), two = post_one("b");
    wanted.copies[1].body = formatted_text{.text = "other"};
    ASSERT_TRUE(forward_message(sim, by(), text(target), text(source), one));
    copy(two);
    ASSERT_TRUE(send_message(sim, by(), text(target), {.text = "spam"}));
    say(target, "a person's own");
    const score made = judge();
    EXPECT_EQ(made.wrong_content, 2u);
    EXPECT_EQ(made.unexpected, 1u);
    EXPECT_EQ(made.matched, 0u);
    EXPECT_FALSE(made.is_perfect());
}

TEST_F(scores, the_second_copy_of_a_post_is_no_copy_of_another_kind) {
    const message_id one = post_one("a");
    expected_copy other = wanted.copies[0];
    other.body = formatted_text{.text = "said otherwise"};
    wanted.copies.push_back(other);
    copy(one);
    copy(one);
    const score made = judge();
    EXPECT_EQ(made.doubled, 1u);
    EXPECT_EQ(made.lost, 1u);
    EXPECT_EQ(made.wrong_content, 0u);
}

TEST_F(scores, of_two_equal_copies_of_a_post_the_lost_one_is_that_which_is_missing_in_the_order) {
    const message_id one = post_one("a");
    expected_copy forwarded = wanted.copies[0];
    forwarded.mode = copy_mode::forward;
    wanted.copies.push_back(forwarded);
    wanted.copies.push_back(wanted.copies[0]);
    ASSERT_TRUE(forward_message(sim, by(), text(target), text(source), one));
    copy(one);
    EXPECT_EQ(judge().lost, 1u);
    EXPECT_EQ(judge().out_of_order, 0u);
    copy(one);
    EXPECT_EQ(judge().lost, 0u);
    EXPECT_EQ(judge().out_of_order, 1u);
}

TEST_F(scores, a_text_written_anew_is_matched_by_its_words_in_order) {
    post_one("same #tag");
    post_one("same #tag");
    for (int at = 0; at < 3; ++at) {
        ASSERT_TRUE(send_message(sim, by(), text(target), {.text = "same #tag"}));
    }
    const score made = judge();
    EXPECT_EQ(made.matched, 2u);
    EXPECT_EQ(made.doubled, 1u);
    EXPECT_EQ(made.out_of_order, 0u);
}

TEST_F(scores, a_copy_is_right_if_it_shows_what_the_source_showed_then) {
    const message_id one = post_one("before");
    copy(one);
    now += std::chrono::seconds(5);
    ASSERT_TRUE(
        edit(sim, {.chat = source, .message = one}, {.body = {.text = "after"}}, person, now, 1));
    EXPECT_TRUE(judge().is_perfect());
}

TEST_F(scores, requests_before_a_wait_was_over_are_in_the_score) {
    const score made = compare(sim, wanted, {{.bot = bot, .chat = target, .count = 3}});
    EXPECT_EQ(made.before_wait_over, 3u);
    EXPECT_FALSE(made.is_perfect());
}

TEST_F(scores, the_same_calls_give_the_same_history) {
    const auto run = [](std::uint64_t seed) {
        world sim({.seed = 5});
        random_source random(seed);
        const user_id bot = *sim.add_user({.is_bot = true, .username = "a_bot"});
        const chat_id where = *sim.add_chat({.kind = chat_kind::channel}, {});
        chat& at = *sim.find_chat(bot, where);
        sim.set_member(at,
                       {.user = bot, .status = member_status::administrator, .rights = all_rights},
                       {}, {});
        const std::string name = std::to_string(std::to_underlying(where));
        for (std::uint64_t step = 0; step < 500; ++step) {
            const call by{
                .bot = bot, .now = wall_time(std::chrono::seconds(step)), .request = step};
            const message_id id{static_cast<std::int64_t>(random.below(200)) + 1};
            switch (random.below(4)) {
                case 0: (void)delete_message(sim, by, name, id); break;
                case 1:
                    (void)edit_message_text(sim, by, name, id,
                                            {.text = std::to_string(random.next())});
                    break;
                default: (void)send_message(sim, by, name, {.text = std::to_string(random.next())});
            }
        }
        return sim.history_hash();
    };
    EXPECT_EQ(run(1), run(1));
    EXPECT_NE(run(1), run(2));
}

}  // namespace
}  // namespace baudot::telegram_sim
