#include "dispatch/lanes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/huge_pages.hpp"
#include "base/random.hpp"

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

constexpr account_id bot{1};
constexpr account_id other_bot{2};
constexpr chat_id news{-100};
constexpr chat_id sport{-200};
constexpr chat_id mirror{-900};
constexpr chat_id archive{-901};

delivery_ref nth(std::uint64_t number) {
    return {sequence{number}, 0};
}

class fake_gate final : public gate {
public:
    admission ask(time_point now, account_id sender, chat_id destination, urgency) override {
        ++asked;
        if (const auto hold = accounts.find(sender); hold != accounts.end() && hold->second > now) {
            return {.account_wide = true, .retry_at = hold->second};
        }
        if (const auto hold = chats.find(destination); hold != chats.end() && hold->second > now) {
            return {.retry_at = hold->second};
        }
        return {.admitted = true, .retry_at = now + interval};
    }
    std::map<account_id, time_point> accounts;
    std::map<chat_id, time_point> chats;
    duration interval{};  // from when on a chat may be asked again, told with each permit
    int asked = 0;
};

class lanes_test : public testing::Test {
protected:
    std::vector<lanes::permit> take(std::size_t most = 100) {
        std::vector<lanes::permit> permits;
        tested.take(now, limits, most, permits);
        return permits;
    }
    lanes tested;
    fake_gate limits;
    time_point now{1h};
};

TEST_F(lanes_test, one_request_is_in_flight_per_chat) {
    tested.push(mirror, news, nth(1), bot);
    tested.push(mirror, news, nth(2), bot);
    tested.push(archive, news, nth(3), bot);
    ASSERT_EQ(take().size(), 2U);
    EXPECT_TRUE(take().empty());
    tested.finished(mirror);
    const auto next = take();
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].delivery, nth(2));
    EXPECT_EQ(tested.waiting(), 0U);
    EXPECT_EQ(tested.in_flight(), 2U);
}

TEST_F(lanes_test, a_repeat_keeps_its_place_and_delays_only_its_source) {
    tested.push(mirror, news, nth(1), bot);
    tested.push(mirror, news, nth(2), bot);
    tested.push(mirror, sport, nth(3), bot);
    ASSERT_EQ(take()[0].delivery, nth(1));
    tested.repeat(mirror, now + 5s);
    ASSERT_EQ(take()[0].delivery, nth(3)) << "the other source goes on";
    tested.finished(mirror);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(tested.next_due(), now + 5s);
    now += 5s;
    EXPECT_EQ(take()[0].delivery, nth(1));
    tested.finished(mirror);
    EXPECT_EQ(take()[0].delivery, nth(2));
}

TEST_F(lanes_test, a_held_chat_delays_no_other) {
    limits.chats[mirror] = now + 30s;
    tested.push(mirror, news, nth(1), bot);
    tested.push(archive, news, nth(1), bot);
    const auto permits = take();
    ASSERT_EQ(permits.size(), 1U);
    EXPECT_EQ(permits[0].destination, archive);
    EXPECT_EQ(tested.next_due(), now + 30s);
    now += 30s;
    EXPECT_EQ(take().size(), 1U);
}

TEST_F(lanes_test, lanes_behind_a_held_account_are_asked_once_per_turn_in_all) {
    limits.accounts[bot] = now + 10s;
    for (int chat = 1; chat <= 1000; ++chat) tested.push(chat_id{-chat}, news, nth(1), bot);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(limits.asked, 1);
    EXPECT_EQ(tested.next_due(), now + 10s);
    now += 10s;
    limits.accounts[bot] = now + 10s;  // refused again
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(limits.asked, 2);
    now += 10s;
    EXPECT_EQ(take(5).size(), 5U);
    EXPECT_EQ(take(2000).size(), 995U);
}

TEST_F(lanes_test,
       a_chat_that_refuses_is_asked_once_for_all_that_waits_and_again_for_another_account) {
    limits.chats[mirror] = now + 10s;
    for (int source = 1; source <= 100; ++source) {
        tested.push(mirror, chat_id{-source}, nth(1), bot);
    }
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(limits.asked, 1);
    tested.push(mirror, sport, nth(2), other_bot);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(limits.asked, 2);
    now += 10s;
    EXPECT_EQ(take().size(), 1U);
}

TEST_F(lanes_test, a_chat_is_not_asked_before_its_last_permit_said_that_it_may_be) {
    limits.interval = 1s;
    tested.push(mirror, news, nth(1), bot);
    tested.push(mirror, news, nth(2), bot);
    tested.push(mirror, sport, nth(3), bot);
    ASSERT_EQ(take().size(), 1U);
    tested.finished(mirror);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(limits.asked, 1);
    EXPECT_EQ(tested.next_due(), now + 1s);
    tested.push(mirror, archive, nth(4), other_bot);
    EXPECT_EQ(take().size(), 1U) << "another account may go";
    tested.finished(mirror);
    now += 1s;
    EXPECT_EQ(take()[0].delivery, nth(3));
}

TEST_F(lanes_test, a_source_that_comes_after_the_first_has_gone_takes_its_room) {
    tested.push(mirror, news, nth(1), bot);
    tested.push(mirror, sport, nth(2), bot);
    ASSERT_EQ(take()[0].delivery, nth(1));
    tested.finished(mirror);
    const std::size_t before = tested.bytes();
    for (std::uint64_t number = 3; number < 20'000; ++number) {
        tested.push(mirror, chat_id{-static_cast<std::int64_t>(number)}, nth(number), bot);
        ASSERT_EQ(take()[0].delivery, nth(number - 1));
        tested.finished(mirror);
    }
    EXPECT_EQ(tested.bytes(), before);
    EXPECT_EQ(tested.waiting(), 1U);
}

TEST_F(lanes_test, another_account_passes_a_held_one_in_the_same_chat) {
    limits.accounts[bot] = now + 1h;
    tested.push(mirror, news, nth(1), bot);
    EXPECT_TRUE(take().empty());
    tested.push(mirror, sport, nth(2), other_bot);
    const auto permits = take();
    ASSERT_EQ(permits.size(), 1U);
    EXPECT_EQ(permits[0].delivery, nth(2));
}

TEST_F(lanes_test, a_stopped_account_waits_for_resume) {
    limits.accounts[bot] = time_point::max();
    tested.push(mirror, news, nth(1), bot);
    EXPECT_TRUE(take().empty());
    EXPECT_EQ(tested.next_due(), std::nullopt);
    limits.accounts.clear();
    tested.resume_account(bot);
    EXPECT_EQ(take().size(), 1U);
}

TEST(lanes_property, what_is_dropped_is_never_given_and_the_order_of_the_rest_stands) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_source random(seed);
        lanes tested;
        fake_gate limits;
        std::map<std::pair<chat_id, chat_id>, std::vector<std::uint64_t>> left;
        for (std::uint64_t number = 1; number <= 200; ++number) {
            const chat_id to{-random.between(1, 5)}, from{-random.between(11, 13)};
            tested.push(to, from, nth(number), bot);
            left[{to, from}].push_back(number);
        }
        for (auto& [lane, numbers] : left) {
            std::erase_if(numbers, [&, where = lane](std::uint64_t number) {
                if (!random.chance(random.chance(0.2) ? 1 : 0.4)) return false;
                tested.drop(where.first, where.second, nth(number));
                return true;
            });
            tested.drop(lane.first, lane.second, nth(1'000));  // nobody knows it
        }
        std::map<std::pair<chat_id, chat_id>, std::vector<std::uint64_t>> given;
        for (int turn = 0; turn < 500; ++turn) {
            std::vector<lanes::permit> permits;
            tested.take(time_point{1h}, limits, 10, permits);
            for (const lanes::permit& each : permits) {
                given[{each.destination, each.source}].push_back(
                    std::to_underlying(each.delivery.planned));
                tested.finished(each.destination);
            }
        }
        std::erase_if(left, [](const auto& each) { return each.second.empty(); });
        EXPECT_EQ(given, left);
        EXPECT_EQ(tested.waiting(), 0U);
        EXPECT_TRUE(tested.waiting_by_account().empty());
    }
}

TEST(lanes, four_deliveries_in_each_of_many_chats_fit_in_86_bytes_a_chat_and_16_for_three_of_them) {
    constexpr std::int64_t chats = 200'000;
    lanes tested;
    for (std::uint64_t post = 1; post <= 4; ++post) {
        for (std::int64_t chat = 1; chat <= chats; ++chat) {
            tested.push(chat_id{-chat}, news, nth(post), bot);
        }
    }
    constexpr std::size_t rounded_up = 2 * huge_page_bytes;  // of FIFOs and of items
    EXPECT_LE(tested.bytes(), std::size_t{chats} * (86 + 3 * 16) + rounded_up);
    EXPECT_EQ(tested.waiting_by_account(),
              (std::vector{std::pair{bot, static_cast<std::size_t>(4 * chats)}}));
}

// The guarantee in the header, against random traffic: order per (source, destination), one in
// flight per chat, nothing is forgotten, next_due() never sleeps through work.
TEST(lanes_property, order_is_kept_and_nothing_is_forgotten) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        random_source random(seed);
        lanes tested;
        fake_gate limits;
        time_point now{1h};
        std::map<std::pair<chat_id, chat_id>, std::uint64_t> last;
        std::map<chat_id, lanes::permit> flying;
        std::uint64_t pushed = 0;
        std::uint64_t done = 0;
        for (int step = 0; step < 2000 || done < pushed; ++step) {
            ASSERT_LT(step, 100000) << "stuck";
            if (step < 2000 && random.chance(0.5)) {
                tested.push(chat_id{-random.between(1, 5)}, chat_id{-random.between(11, 14)},
                            nth(++pushed), account_id{random.between(1, 3)});
            }
            if (random.chance(0.05)) {
                limits.chats[chat_id{-random.between(1, 5)}] = now + 1s * random.between(1, 20);
            }
            if (random.chance(0.05)) {
                limits.accounts[account_id{random.between(1, 3)}] =
                    now + 1s * random.between(1, 20);
            }
            std::vector<lanes::permit> permits;
            tested.take(now, limits, 1 + random.below(4), permits);
            for (const lanes::permit& each : permits) {
                ASSERT_TRUE(flying.emplace(each.destination, each).second) << "two in flight";
                auto& newest = last[{each.source, each.destination}];
                const auto number = std::to_underlying(each.delivery.planned);
                ASSERT_GE(number, newest);
                newest = number;
            }
            if (!flying.empty() && random.chance(0.7)) {
                const chat_id where = flying.begin()->first;
                if (random.chance(0.2)) {
                    tested.repeat(where, now + 1s * random.between(0, 5));
                } else {
                    tested.finished(where);
                    ++done;
                }
                flying.erase(where);
            } else if (permits.empty() && flying.empty() && tested.waiting() > 0) {
                ASSERT_TRUE(tested.next_due().has_value()) << "work waits and nothing is due";
                now = std::max(now, *tested.next_due());
            }
            ASSERT_EQ(tested.in_flight(), flying.size());
        }
        EXPECT_EQ(tested.waiting(), 0U);
    }
}

}  // namespace
}  // namespace baudot::dispatch
