#include "journal/format.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "journal/journal_fixture_test.hpp"

namespace baudot::journal {
namespace {

// The golden file of version 1: read byte-exactly, and written identically, for ever.
segment_header golden_header() {
    segment_header header;
    for (std::size_t i = 0; i < header.id.size(); ++i) header.id[i] = static_cast<char>(i + 1);
    header.base = sequence{41};
    header.recycled = true;
    header.created = wall_time(std::chrono::microseconds(1'700'000'000'123'456));
    header.previous_bytes = 134'217'999;
    header.previous_base = sequence{17};
    header.chain = 0xC0FFEE01;
    header.partitions = {{0, 12}, {255, 28}, {300, 1}};
    return header;
}

std::string golden_bytes() {
    const segment_header header = golden_header();
    const std::uint32_t seed = frame_seed(header.id, header.base);
    std::string bytes;
    encode(header, bytes);
    std::string frame_bytes(frame_header_bytes, '\0');
    encode({.type = 1, .partition = 255, .epoch = 3, .partition_sequence = 29}, "hello",
           frame_bytes);
    encode({.type = 200, .partition = 0, .epoch = 0, .partition_sequence = 13}, "", frame_bytes);
    const auto chain = finish_frame(frame_bytes, seed, header.chain, sequence{41}, 2, 0);
    bytes += frame_bytes;
    std::string end(frame_header_bytes, '\0');
    finish_frame(end, seed, chain, sequence{43}, 0, frame_clean_end);
    return bytes + end;
}

std::string read_golden() {
    std::ifstream file(BAUDOT_GOLDEN_DIR "/segment.v1", std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(journal_format, version_1_is_written_as_it_always_was) {
    EXPECT_EQ(golden_bytes(), read_golden());
}

TEST(journal_format, version_1_is_read_as_it_was_written) {
    const std::string bytes = read_golden();
    ASSERT_EQ(bytes.size(), 72U + 30 + 32 + 20 + 5 + 20 + 32);
    const auto header = decode_segment_header(bytes);
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(*header, golden_header());
    const std::uint32_t seed = frame_seed(header->id, header->base);
    std::string_view rest = std::string_view(bytes).substr(header->bytes());
    const auto first = check_frame(rest, seed, header->chain, sequence{41});
    ASSERT_EQ(first.what, frame_check::kind::good);
    EXPECT_EQ(first.value.count, 2U);
    record_cursor records(first.value);
    auto record = records.next();
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->position, sequence{41});
    EXPECT_EQ((*record)->payload, "hello");
    EXPECT_EQ((*record)->header.type, 1U);
    EXPECT_EQ((*record)->header.partition, 255U);
    EXPECT_EQ((*record)->header.epoch, 3U);
    EXPECT_EQ((*record)->header.partition_sequence, 29U);
    record = records.next();
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->header.type, 200U);
    EXPECT_EQ((*record)->payload, "");
    record = records.next();
    ASSERT_TRUE(record);
    EXPECT_FALSE(*record);
    rest.remove_prefix(first.value.bytes());
    const auto end = check_frame(rest, seed, first.value.crc, sequence{43});
    ASSERT_EQ(end.what, frame_check::kind::good);
    EXPECT_EQ(end.value.flags, frame_clean_end);
    EXPECT_EQ(end.value.bytes(), rest.size());
}

TEST(journal_format, a_segment_of_a_newer_program_is_refused_by_name) {
    std::string bytes = read_golden();
    bytes[8] = 2;
    const auto header = decode_segment_header(bytes);
    ASSERT_FALSE(header);
    EXPECT_EQ(header.error().code, errc::unsupported_version);
    EXPECT_NE(header.error().message.find("version 2"), std::string::npos);
}

TEST(journal_format, a_directory_of_a_newer_program_is_not_opened) {
    journal_node node(1);
    ASSERT_TRUE(node.open());
    ASSERT_TRUE(node.append_now(one("x")));
    node.log.reset();
    const std::string path = "data/journal/" + segment_name(sequence{1});
    auto file = node.files.open(path, open_mode::read_write);
    ASSERT_TRUE((*file)->pwrite("\x02", 8));
    const auto opened = node.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, errc::unsupported_version);
    EXPECT_TRUE(opened.error().message.starts_with(path)) << opened.error().message;
}

TEST(journal_format, a_newer_frame_is_told_apart_from_a_damaged_one) {
    const segment_header header = golden_header();
    const std::uint32_t seed = frame_seed(header.id, header.base);
    std::string bytes(frame_header_bytes, '\0');
    finish_frame(bytes, seed, 5, sequence{9}, 0, 0);
    bytes[28] = 2;
    EXPECT_EQ(check_frame(bytes, seed, 5, sequence{9}).what, frame_check::kind::bad);
    const std::uint32_t crc = crc32c(std::string_view(bytes).substr(8), seed);
    store_little_endian(bytes.data() + 4, crc);
    EXPECT_EQ(check_frame(bytes, seed, 5, sequence{9}).what, frame_check::kind::newer);
}

TEST(journal_format, a_frame_counts_only_in_its_place_chain_and_segment) {
    const segment_header header = golden_header();
    const std::uint32_t seed = frame_seed(header.id, header.base);
    std::string bytes(frame_header_bytes, '\0');
    encode({.type = 1, .partition = 0, .epoch = 0, .partition_sequence = 1}, "payload", bytes);
    finish_frame(bytes, seed, 5, sequence{9}, 1, 0);
    const auto check = [&](std::uint32_t with_seed, std::uint32_t chain, std::uint64_t base) {
        return check_frame(bytes, with_seed, chain, sequence{base}).what;
    };
    EXPECT_EQ(check(seed, 5, 9), frame_check::kind::good);
    EXPECT_EQ(check(seed, 6, 9), frame_check::kind::bad);
    EXPECT_EQ(check(seed, 5, 10), frame_check::kind::bad);
    EXPECT_EQ(check(frame_seed(header.id, sequence{42}), 5, 9), frame_check::kind::bad);
    journal_id other = header.id;
    other[15] = static_cast<char>(other[15] + 1);
    EXPECT_EQ(check(frame_seed(other, header.base), 5, 9), frame_check::kind::bad);
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        EXPECT_EQ(check_frame(std::string_view(bytes).substr(0, cut), seed, 5, sequence{9}).what,
                  frame_check::kind::incomplete);
    }
}

TEST(journal_format, records_that_do_not_fill_their_frame_are_reported) {
    std::string payload;
    encode({.type = 1, .partition = 0, .epoch = 0, .partition_sequence = 1}, "payload", payload);
    const auto errors = [](std::string_view bytes, std::uint32_t count) {
        frame value;
        value.count = count;
        value.payload = bytes;
        record_cursor records(value);
        for (;;) {
            const auto record = records.next();
            if (!record) return record.error().code == errc::corrupt;
            if (!*record) return false;
        }
    };
    EXPECT_FALSE(errors(payload, 1));
    EXPECT_TRUE(errors(payload, 0));
    EXPECT_TRUE(errors(payload, 2));
    EXPECT_TRUE(errors(std::string_view(payload).substr(0, 10), 1));
    EXPECT_TRUE(errors(std::string_view(payload).substr(0, 25), 1));
    EXPECT_TRUE(errors(payload + "x", 1));
}

TEST(journal_format, a_header_survives_its_encoding_whatever_its_partitions) {
    random_source random(5);
    for (int i = 0; i < 200; ++i) {
        segment_header header = golden_header();
        header.partitions.clear();
        for (std::uint64_t n = random.below(300); n > 0; --n) {
            header.partitions.emplace_back(static_cast<std::uint16_t>(random.next()),
                                           random.next());
        }
        std::string bytes;
        encode(header, bytes);
        EXPECT_EQ(header_bytes_needed(bytes), bytes.size());
        EXPECT_EQ(bytes.size(), header.bytes());
        const auto decoded = decode_segment_header(bytes + "frames");
        ASSERT_TRUE(decoded);
        EXPECT_EQ(*decoded, header);
        EXPECT_FALSE(decode_segment_header(std::string_view(bytes).substr(0, bytes.size() - 1)));
    }
}

TEST(journal_format, names_sort_as_records_do_and_others_are_no_segments) {
    EXPECT_EQ(segment_name(sequence{1}), "00000000000000000001.journal");
    EXPECT_LT(segment_name(sequence{99}), segment_name(sequence{100}));
    EXPECT_EQ(base_of_name(segment_name(sequence{UINT64_MAX})), sequence{UINT64_MAX});
    for (const char* other : {"LOCK", "spare.segment", "1.journal", "0000000000000000000x.journal",
                              "00000000000000000001.journal~", "99999999999999999999.journal"}) {
        EXPECT_FALSE(base_of_name(other)) << other;
    }
}

}  // namespace
}  // namespace baudot::journal
