#include <gtest/gtest.h>

#include <string>

#include "base/byte_io.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/utf16.hpp"

namespace baudot {
namespace {

TEST(utf16, counts_units_points_and_positions) {
    const std::string text = "aя😀b";  // 1 + 2 + 4 + 1 bytes
    EXPECT_EQ(utf16_length(text), 5U);
    EXPECT_EQ(code_points(text), 4U);
    EXPECT_EQ(byte_of_utf16(text, 0), 0U);
    EXPECT_EQ(byte_of_utf16(text, 2), 3U);
    EXPECT_EQ(byte_of_utf16(text, 3), std::string::npos) << "inside the surrogate pair";
    EXPECT_EQ(byte_of_utf16(text, 4), 7U);
    EXPECT_EQ(byte_of_utf16(text, 5), 8U);
    EXPECT_EQ(byte_of_utf16(text, 6), std::string::npos);
}

TEST(utf16, a_lone_surrogate_and_an_overlong_form_are_invalid) {
    EXPECT_TRUE(is_valid_utf8("я😀"));
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\xBD"));
    EXPECT_FALSE(is_valid_utf8("\xC0\xAF"));
    EXPECT_FALSE(is_valid_utf8("\xE2\x82"));
}

TEST(utf16, what_is_no_character_is_replaced_byte_by_byte_and_the_rest_stays) {
    EXPECT_EQ(to_valid_utf8("я😀"), "я😀");
    EXPECT_EQ(to_valid_utf8("a\xEFz"), "a\uFFFDz");
    EXPECT_EQ(to_valid_utf8("\xE2\x82"), "\uFFFD\uFFFD");
    EXPECT_EQ(to_valid_utf8("\xED\xA0\xBDя"), "\uFFFD\uFFFD\uFFFDя");
}

TEST(hash, stored_values_never_change) {
    // RFC 3720 B.4 for CRC-32C; XXH3 of the empty input from its specification.
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c_by_table(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c("5678", crc32c("1234")), crc32c("12345678"));
    EXPECT_EQ(xxh3_128(""), (hash128{0x99AA06D3014798D8U, 0x6001C324468D497FU}));
}

TEST(bytes, round_trip_at_an_odd_address) {
    char buffer[9];
    store_little_endian<std::uint64_t>(buffer + 1, 0x0102030405060708U);
    EXPECT_EQ(buffer[1], 8);
    EXPECT_EQ(load_little_endian<std::uint64_t>(buffer + 1), 0x0102030405060708U);
    store_big_endian<std::uint32_t>(buffer + 1, 0x01020304U);
    EXPECT_EQ(buffer[1], 1);
    EXPECT_EQ(load_big_endian<std::uint32_t>(buffer + 1), 0x01020304U);
}

TEST(byte_io, ordered_bytes_sort_like_numbers) {
    const std::int64_t numbers[] = {INT64_MIN, -1002000000000, -1, 0, 1, 5000, INT64_MAX};
    std::string before;
    for (const std::int64_t number : numbers) {
        std::string key;
        put_ordered(key, chat_id{number});
        EXPECT_LT(before, key) << number;
        before = key;
    }
}

TEST(byte_io, a_reader_that_ran_dry_stays_dry) {
    std::string bytes;
    put(bytes, chat_id{-5});
    put(bytes, std::uint16_t{7});
    byte_reader reader(bytes);
    chat_id chat{};
    std::uint32_t wide = 0;
    std::uint8_t narrow = 0;
    EXPECT_TRUE(reader.take(chat));
    EXPECT_EQ(chat, chat_id{-5});
    EXPECT_FALSE(reader.done());
    EXPECT_FALSE(reader.take(wide)) << "two bytes are no uint32";
    EXPECT_FALSE(reader.take(narrow));
    EXPECT_FALSE(reader.done());
}

}  // namespace
}  // namespace baudot
