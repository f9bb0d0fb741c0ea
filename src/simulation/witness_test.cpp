// A checker that nothing can break guards nothing: what the witness must notice.
#include "simulation/witness.hpp"

#include <gtest/gtest.h>

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

constexpr account_id first{7001};
constexpr account_id second{7002};

class witness_test : public testing::Test {
protected:
    static http::request copy_to(int chat, int message = 5) {
        return {.method = "POST",
                .target = "/botTOKEN/copyMessage",
                .body = R"({"chat_id":)" + std::to_string(chat) +
                        R"(,"from_chat_id":-1,"message_id":)" + std::to_string(message) + "}"};
    }
    void refuse(account_id by, const http::request& what) {
        tested.asked(by, what, now);
        tested.answered(
            by, what,
            http::response{.status = 429, .body = R"({"ok":false,"parameters":{"retry_after":3}})"},
            now, now);
    }
    trace log;
    witness tested{log};
    time_point now{1h};
};

TEST_F(witness_test, sees_a_request_before_the_wait_of_its_chat_is_over) {
    refuse(first, copy_to(-9));
    tested.asked(first, copy_to(-10), now + 1s);
    now += 3s;
    refuse(first, copy_to(-9));
    EXPECT_TRUE(tested.faults().empty());
    tested.asked(first, copy_to(-9), now + 2999ms);
    ASSERT_EQ(tested.faults().size(), 1U);
    EXPECT_EQ(tested.faults()[0].substr(0, 3), "P6:");
}

TEST_F(witness_test, sees_what_was_refused_to_one_account_sent_by_another) {
    refuse(first, copy_to(-9));
    tested.asked(second, copy_to(-9, 6), now);   // another post
    tested.asked(second, copy_to(-10, 5), now);  // another chat
    tested.asked(first, copy_to(-9), now + 1min);
    EXPECT_TRUE(tested.faults().empty()) << tested.faults()[0];
    tested.asked(second, copy_to(-9), now + 1min);
    ASSERT_EQ(tested.faults().size(), 1U);
    EXPECT_EQ(tested.faults()[0].substr(0, 3), "P7:");
}

class witness_of_deadlines : public witness_test {
protected:
    witness_of_deadlines() {
        tested.clock(now, wall);
        deliveries_planned what{.source = chat_id{-1}, .message = message_id{5}};
        what.terms.expire_after = 60s;
        what.received_at = wall.time_since_epoch().count();
        what.deliveries.push_back({.destination = chat_id{-9}});
        tested.planned(what, now);
        delivery.source = chat_id{-1};
        delivery.message = message_id{5};
        delivery.destination = chat_id{-9};
    }
    wall_time wall{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    engine::owed_delivery delivery;
    const witness::copy_key key{{chat_id{-1}, message_id{5}}, chat_id{-9}};
};

TEST_F(witness_of_deadlines, sees_what_is_sent_after_its_deadline) {
    tested.asked(first, copy_to(-9), now + 60s);
    tested.asked(first, copy_to(-10), now + 5min);
    EXPECT_TRUE(tested.faults().empty()) << tested.faults()[0];
    tested.asked(first, copy_to(-9), now + 71s);
    ASSERT_EQ(tested.faults().size(), 1U);
    EXPECT_EQ(tested.faults()[0].substr(0, 7), "expiry:");
}

TEST_F(witness_of_deadlines, sees_what_expires_before_its_time_by_every_clock_there_was) {
    tested.expired(delivery, now + 60s);
    tested.clock(now + 10s, wall + 40s);  // it jumped ahead
    tested.expired(delivery, now + 30s);
    EXPECT_TRUE(tested.faults().empty()) << tested.faults()[0];
    tested.expired(delivery, now + 29s);
    ASSERT_EQ(tested.faults().size(), 1U);
    EXPECT_EQ(tested.faults()[0].substr(0, 7), "expiry:");
}

TEST_F(witness_of_deadlines, sees_that_what_was_retried_expires_all_the_same) {
    tested.retried(key, sequence{7});
    tested.asked(first, copy_to(-9), now + 5min);
    EXPECT_TRUE(tested.faults().empty()) << tested.faults()[0];
    tested.expired(delivery, now + 5min);
    EXPECT_EQ(tested.faults().size(), 1U);
    EXPECT_EQ(tested.retried_as(key), sequence{7});
}

}  // namespace
}  // namespace baudot::simulation
