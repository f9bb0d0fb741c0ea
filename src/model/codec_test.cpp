#include "model/codec.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "model/sample_events.hpp"

namespace baudot {
namespace {

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const char byte : bytes) {
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

std::string bytes_of(const event& value) {
    std::string bytes;
    encode(value, bytes);
    return bytes;
}

std::vector<std::string> golden() {
    return {
#include "model/golden_events.inc"
    };
}

std::vector<std::string> golden_later() {
    return {
#include "model/golden_later_events.inc"
    };
}

// A journal lives longer than a program: these bytes never change. When this fails, the format
// changed; give the new field a new number, or the event a new type, never new golden bytes.
TEST(event_codec, writes_and_reads_the_golden_bytes_of_every_type) {
    const auto samples = testing::sample_events();
    const auto expected = golden();
    ASSERT_EQ(expected.size(), samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(std::to_underlying(type_of(samples[i])), i + 1) << "a stored number changed";
        const std::string bytes = bytes_of(samples[i]);
        EXPECT_EQ(hex(bytes), expected[i]);
        const auto read = decode_event(type_of(samples[i]), bytes);
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(*read, samples[i]);
    }
}

TEST(event_codec, writes_and_reads_the_golden_bytes_of_fields_that_joined_later) {
    const auto samples = testing::later_events();
    const auto expected = golden_later();
    ASSERT_EQ(expected.size(), samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(hex(bytes_of(samples[i])), expected[i]);
        const auto read = decode_event(type_of(samples[i]), bytes_of(samples[i]));
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(*read, samples[i]);
    }
}

// Found by the fuzzer: an event with a rate that is no number was not equal to itself, and no JSON.
TEST(event_codec, a_limit_that_is_no_number_is_read_as_nothing_known) {
    limit_learned odd{.rate = std::numeric_limits<double>::quiet_NaN(),
                      .burst = std::numeric_limits<double>::infinity()};
    const auto read = decode_event(event_type::limit_learned, bytes_of(odd));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, event(limit_learned{}));
}

TEST(event_codec, gives_back_every_random_event) {
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        SCOPED_TRACE(seed);
        random_source random(seed);
        const event value = testing::random_event(random);
        const auto read = decode_event(type_of(value), bytes_of(value));
        ASSERT_TRUE(read) << read.error().message;
        ASSERT_EQ(*read, value);
    }
}

TEST(event_codec, appends_to_what_is_there) {
    const event value = chat_migrated{chat_id{-1}, chat_id{-2}};
    std::string bytes = "frame";
    encode(value, bytes);
    EXPECT_EQ(bytes, "frame" + bytes_of(value));
}

TEST(event_codec, a_small_event_after_a_large_one_holds_nothing_of_it) {
    const event large = rules_changed{std::string(16, 'f'), std::string(1 << 20, 'x')};
    EXPECT_EQ(*decode_event(type_of(large), bytes_of(large)), large);
    const event small = rules_changed{};
    EXPECT_EQ(bytes_of(small), "");
    EXPECT_EQ(*decode_event(type_of(small), ""), small);
}

TEST(event_codec, skips_a_field_of_a_newer_program) {
    // Field 100 as varint, as bytes, and as eight bytes: a wire type each.
    const std::string unknown("\xa0\x06\x05\xa2\x06\x03new\xa1\x06\x01\x02\x03\x04\x05\x06\x07\x08",
                              19);
    for (const event& value : testing::sample_events()) {
        const auto after = decode_event(type_of(value), bytes_of(value) + unknown);
        ASSERT_TRUE(after) << after.error().message;
        EXPECT_EQ(*after, value);
        const auto before = decode_event(type_of(value), unknown + bytes_of(value));
        ASSERT_TRUE(before) << before.error().message;
        EXPECT_EQ(*before, value);
    }
}

TEST(event_codec, a_type_of_a_newer_program_is_an_unsupported_version) {
    for (int type = 0; type < 256; ++type) {
        const auto read = decode_event(static_cast<event_type>(type), "");
        if (type >= 1 && type <= 10) {
            EXPECT_TRUE(read) << type;
        } else {
            ASSERT_FALSE(read) << type;
            EXPECT_EQ(read.error().code, errc::unsupported_version);
            EXPECT_NE(read.error().message.find(std::to_string(type)), std::string::npos);
        }
    }
}

TEST(event_codec, an_enumerator_or_operation_of_a_newer_program_is_an_unsupported_version) {
    const std::pair<event_type, std::string> newer[] = {
        {event_type::update_received, std::string("\x18\x63", 2)},          // kind = 99
        {event_type::update_received, std::string("\x22\x02\x10\x63", 4)},  // content.chat_kind
        {event_type::update_received, std::string("\x22\x02\x58\x63", 4)},  // content.content_kind
        {event_type::update_received, std::string("\x22\x05\xc2\x01\x02\x08\x63", 7)},  // origin
        {event_type::deliveries_planned, std::string("\x30\x63", 2)},          // on_uncertain
        {event_type::deliveries_planned, std::string("\x42\x02\x50\x01", 4)},  // no operation
        {event_type::deliveries_settled, std::string("\x0a\x02\x10\x63", 4)},  // outcome kind
        {event_type::deliveries_settled, std::string("\x0a\x02\x20\x63", 4)},  // reject class
    };
    for (const auto& [type, bytes] : newer) {
        const auto read = decode_event(type, bytes);
        ASSERT_FALSE(read) << hex(bytes);
        EXPECT_EQ(read.error().code, errc::unsupported_version) << hex(bytes);
    }
}

// Protobuf cannot see a cut between two fields; then the shorter event must be one that encodes
// to exactly the bytes that were left. Anything else is corrupt. No cut crashes.
TEST(event_codec, a_cut_at_any_byte_is_corrupt_or_a_whole_shorter_event) {
    int corrupt = 0;
    for (const event& value : testing::sample_events()) {
        const std::string bytes = bytes_of(value);
        for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
            const auto read = decode_event(type_of(value), std::string_view(bytes).substr(0, cut));
            if (read) {
                EXPECT_NE(*read, value) << "lost bytes went unnoticed at " << cut;
                EXPECT_LE(bytes_of(*read).size(), bytes.size());
            } else {
                EXPECT_EQ(read.error().code, errc::corrupt);
                ++corrupt;
            }
        }
    }
    EXPECT_GT(corrupt, 300);
}

TEST(event_codec, random_bytes_never_crash_it) {
    random_source random(20240501);
    for (int i = 0; i < 20000; ++i) {
        const auto type = static_cast<event_type>(1 + random.below(8));
        std::string bytes = testing::random_bytes(random, 60);
        if (random.chance(0.5)) {
            bytes = bytes_of(testing::random_event(random));
            if (!bytes.empty())
                bytes[random.below(bytes.size())] ^= static_cast<char>(1 << random.below(8));
        }
        const auto read = decode_event(type, bytes);
        if (!read) {
            EXPECT_TRUE(read.error().code == errc::corrupt ||
                        read.error().code == errc::unsupported_version);
        }
    }
}

}  // namespace
}  // namespace baudot
