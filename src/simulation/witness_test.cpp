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

}  // namespace
}  // namespace baudot::simulation
