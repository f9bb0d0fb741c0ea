#include "config/value.hpp"

#include <gtest/gtest.h>

namespace baudot::config {
namespace {

using namespace std::chrono_literals;

template <class T>
std::optional<T> parsed(std::string_view text) {
    T value{};
    return parse_value(text, value) ? std::nullopt : std::optional<T>(value);
}

template <class T>
std::string right_for(std::string_view text) {
    T value{};
    return parse_value(text, value).value_or("(accepted)");
}

TEST(value, durations_have_units_and_may_have_several) {
    EXPECT_EQ(parsed<duration>("30s"), 30s);
    EXPECT_EQ(parsed<duration>("250ms"), 250ms);
    EXPECT_EQ(parsed<duration>("5us"), 5us);
    EXPECT_EQ(parsed<duration>("2m"), 2min);
    EXPECT_EQ(parsed<duration>("1h30m"), 90min);
    EXPECT_EQ(parsed<duration>("7d"), 168h);
    EXPECT_EQ(parsed<duration>("0s"), 0s);
    for (const char* bad : {"", "30", "s", "-1s", "1.5s", "1 s", "30s ", "30S", "1y", "1h30",
                            "99999999999999999999s"}) {
        EXPECT_EQ(parsed<duration>(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(parsed<duration>("200000d"), std::nullopt) << "more than 64 bits of nanoseconds";
    EXPECT_EQ(parsed<duration>("106000d106000d"), std::nullopt);
    EXPECT_EQ(right_for<duration>("30"), "a duration such as 500ms, 30s, 1h30m or 7d");
}

TEST(value, sizes_have_binary_units) {
    EXPECT_EQ(parsed<byte_size>("0B"), byte_size{0});
    EXPECT_EQ(parsed<byte_size>("64KiB"), byte_size{65'536});
    EXPECT_EQ(parsed<byte_size>("256MiB"), byte_size{256u << 20});
    EXPECT_EQ(parsed<byte_size>("3TiB"), byte_size{std::uint64_t{3} << 40});
    for (const char* bad : {"", "5", "MiB", "5MB", "5 MiB", "-1B", "1MiB1KiB", "99999999TiB"}) {
        EXPECT_EQ(parsed<byte_size>(bad), std::nullopt) << bad;
    }
}

TEST(value, whole_numbers_must_fit_their_type) {
    EXPECT_EQ(parsed<std::int64_t>("-1001465826763"), -1'001'465'826'763);
    EXPECT_EQ(parsed<std::uint16_t>("65535"), 65535);
    EXPECT_EQ(right_for<std::uint16_t>("65536"), "a whole number from 0 to 65535");
    EXPECT_EQ(right_for<std::uint16_t>("-1"), "a whole number, not negative");
    for (const char* bad : {"", "1.0", "1e3", "0x10", "+1", " 1", "1_000", "one"}) {
        EXPECT_EQ(parsed<int>(bad), std::nullopt) << bad;
    }
}

TEST(value, numbers_are_finite_and_flags_are_true_or_false) {
    EXPECT_EQ(parsed<double>("0.25"), 0.25);
    for (const char* bad : {"", "nan", "inf", "1e999", "0.5x"}) {
        EXPECT_EQ(parsed<double>(bad), std::nullopt) << bad;
    }
    EXPECT_EQ(parsed<bool>("true"), true);
    EXPECT_EQ(parsed<bool>("false"), false);
    for (const char* bad : {"", "yes", "True", "1", "on"}) {
        EXPECT_EQ(parsed<bool>(bad), std::nullopt) << bad;
    }
}

TEST(value, limits_are_written_as_people_write_them) {
    EXPECT_EQ(value_text(duration(90min)), "90m");
    EXPECT_EQ(value_text(duration(24h)), "1d");
    EXPECT_EQ(value_text(duration(1500ms)), "1500ms");
    EXPECT_EQ(value_text(duration(0s)), "0us");
    EXPECT_EQ(value_text(byte_size{65'536}), "64KiB");
    EXPECT_EQ(value_text(byte_size{1'000}), "1000B");
    const range<int> allowed{.least = 1, .most = 5};
    EXPECT_EQ(allowed.check(1), std::nullopt);
    EXPECT_EQ(allowed.check(5), std::nullopt);
    EXPECT_EQ(allowed.check(0), "at least 1");
    EXPECT_EQ(allowed.check(6), "at most 5");
}

}  // namespace
}  // namespace baudot::config
