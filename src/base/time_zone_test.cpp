#include "base/time_zone.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>

#include "base/random.hpp"

namespace baudot {
namespace {

std::string file_of(const std::string& name) {
    std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(time_zone, says_of_every_moment_what_the_system_says) {
    random_source random(7);
    for (const std::string name :
         {"Europe/Berlin", "Europe/Moscow", "America/New_York", "Australia/Sydney", "Asia/Kolkata",
          "America/Sao_Paulo", "Asia/Tokyo", "Africa/Casablanca", "UTC", "Pacific/Apia"}) {
        SCOPED_TRACE(name);
        const std::string file = file_of(name);
        if (file.empty()) GTEST_SKIP() << "no zones on this machine";
        const auto zone = time_zone::parse(file);
        ASSERT_TRUE(zone) << zone.error().message;
        ASSERT_EQ(setenv("TZ", name.c_str(), 1), 0);
        tzset();
        for (int i = 0; i < 20'000; ++i) {
            const std::time_t at = random.between(-2'000'000'000, 5'000'000'000);
            std::tm here{};
            ASSERT_NE(localtime_r(&at, &here), nullptr);
            ASSERT_EQ(zone->offset_at(at), here.tm_gmtoff) << at;
        }
    }
    unsetenv("TZ");
    tzset();
}

TEST(time_zone, without_a_file_is_utc) {
    EXPECT_EQ(time_zone().offset_at(1'700'000'000), 0);
}

TEST(time_zone, what_is_no_zone_is_refused_and_no_cut_or_flip_crashes) {
    EXPECT_FALSE(time_zone::parse(""));
    EXPECT_FALSE(time_zone::parse("TZif"));
    const std::string file = file_of("Europe/Berlin");
    if (file.empty()) GTEST_SKIP() << "no zones on this machine";
    for (std::size_t cut = 0; cut < file.size(); ++cut) {
        EXPECT_FALSE(time_zone::parse(std::string_view(file).substr(0, cut))) << cut;
    }
    random_source random(8);
    for (int i = 0; i < 20'000; ++i) {
        std::string bad = file;
        bad[random.below(bad.size())] = static_cast<char>(random.below(256));
        const auto zone = time_zone::parse(bad);
        if (!zone) continue;
        for (const std::int64_t at : {INT64_MIN, std::int64_t{0}, INT64_MAX}) {
            EXPECT_EQ(zone->offset_at(at), zone->offset_at(at));
        }
    }
}

}  // namespace
}  // namespace baudot
