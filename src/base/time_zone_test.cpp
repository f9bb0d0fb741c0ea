#include "base/time_zone.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>

namespace baudot {
namespace {

constexpr std::int32_t hour = 3600;
constexpr std::int64_t november = 1'700'000'000;  // 2023-11-14
constexpr std::int64_t july = 1'720'000'000;      // 2024-07-03

TEST(time_zone, clocks_are_put_forward_and_back_where_they_are) {
    const auto berlin = time_zone::named("Europe/Berlin");
    ASSERT_TRUE(berlin) << berlin.error().message;
    EXPECT_EQ(berlin->name(), "Europe/Berlin");
    EXPECT_EQ(berlin->offset_at(november), hour);
    EXPECT_EQ(berlin->offset_at(july), 2 * hour);
    EXPECT_EQ(berlin->offset_at(1'711'846'799), hour);  // 2024-03-31, a second before 01:00 UTC
    EXPECT_EQ(berlin->offset_at(1'711'846'800), 2 * hour);
    const auto kolkata = time_zone::named("Asia/Kolkata");
    ASSERT_TRUE(kolkata);
    EXPECT_EQ(kolkata->offset_at(july), 11 * hour / 2);
    EXPECT_NE(*berlin, *kolkata);
    EXPECT_EQ(*berlin, *time_zone::named("Europe/Berlin"));
}

TEST(time_zone, any_number_is_a_moment) {
    const auto berlin = time_zone::named("Europe/Berlin");
    ASSERT_TRUE(berlin);
    for (const std::int64_t at : {INT64_MIN, std::int64_t{0}, INT64_MAX}) {
        EXPECT_LE(std::abs(berlin->offset_at(at)), 2 * hour) << at;
    }
}

TEST(time_zone, without_a_name_is_utc) {
    EXPECT_EQ(time_zone().offset_at(july), 0);
    EXPECT_EQ(time_zone().name(), "UTC");
    EXPECT_EQ(time_zone::named("UTC"), time_zone());
}

TEST(time_zone, what_is_no_name_is_not_found) {
    for (const char* const name : {"", "Europe", "Mars/Olympus", "../../../etc/passwd", "/UTC"}) {
        const auto zone = time_zone::named(name);
        ASSERT_FALSE(zone) << name;
        EXPECT_EQ(zone.error().code, errc::not_found) << name;
    }
}

}  // namespace
}  // namespace baudot
