#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "journal/format.hpp"
#include "journal/journal_fixture_test.hpp"

namespace baudot::journal {

/// Flips single bits of a journal, in every kind of place, on a copy of its files. Each is found:
/// the start refuses, or what it cuts holds the bit, or nothing that means something was hit.
class bit_flipper {
public:
    void flip(const journal_node& of, random_source& random) {
        const auto segments = of.log->segments();
        const segment_info& chosen = segments[random.below(segments.size())];
        const std::string content = content_of(of, chosen.file);
        const auto places = places_of(content, chosen.bytes);
        auto kind = places.begin();
        std::advance(kind, random.below(places.size()));
        const auto [begin, end] = kind->second[random.below(kind->second.size())];
        const std::uint64_t offset = begin + random.below(end - begin);
        SCOPED_TRACE(chosen.file + ", byte " + std::to_string(offset) + ", " + kind->first);

        journal_node copy(1);
        copy.options = of.options;
        for (const segment_info& each : segments) {
            const auto file = copy.files.open(path(copy, each.file), open_mode::create);
            ASSERT_TRUE((*file)->pwrite(content_of(of, each.file), 0) && (*file)->sync());
        }
        ASSERT_TRUE(copy.files.sync_directory(copy.options.directory));
        copy.files.flip_bit(path(copy, chosen.file), offset,
                            static_cast<unsigned>(random.below(8)));
        judge(of, copy, chosen, kind->first, offset);
        ++hits_[kind->first];
    }

    /// Flips, by the kind of place.
    const std::map<std::string, std::uint64_t>& hits() const { return hits_; }

private:
    using spans = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

    static std::string path(const journal_node& in, const std::string& file) {
        return in.options.directory + "/" + file;
    }
    static std::string content_of(const journal_node& in, const std::string& file) {
        return *in.files.content(path(in, file));
    }

    // docs/formats.md; `used`: where the frames end.
    static std::map<std::string, spans> places_of(const std::string& content, std::uint64_t used) {
        std::map<std::string, spans> places;
        std::uint64_t at = decode_segment_header(content)->bytes();
        places["segment header"] = {{0, segment_header_bytes}};
        if (at > segment_header_bytes) places["partition table"] = {{segment_header_bytes, at}};
        while (at + frame_header_bytes <= used) {
            const auto length = load_little_endian<std::uint32_t>(content.data() + at + 12);
            const std::uint64_t payload = at + frame_header_bytes;
            places["magic"].emplace_back(at, at + 4);
            places["CRC"].emplace_back(at + 4, at + 8);
            places["frame header"].emplace_back(at + 8, payload);
            if (length > 0) places["payload"].emplace_back(payload, payload + length);
            at = payload + length;
        }
        if (content.size() > used) places["old bytes"] = {{used, content.size()}};
        return places;
    }

    static void judge(const journal_node& of, journal_node& copy, const segment_info& chosen,
                      const std::string& kind, std::uint64_t offset) {
        const auto opened = copy.open();
        const bool means_nothing = kind == "old bytes";
        if (!opened) {
            ASSERT_FALSE(means_nothing) << opened.error().message;
            ASSERT_TRUE(opened.error().code == errc::corrupt ||
                        opened.error().code == errc::unsupported_version)
                << opened.error().message;
            return;
        }
        const auto before = of.all(of.log->first());
        const auto after = copy.all(copy.log->first());
        ASSERT_TRUE(before && after);
        ASSERT_LE(after->size(), before->size());
        for (std::size_t i = 0; i < after->size(); ++i) {
            ASSERT_EQ((*after)[i].position, (*before)[i].position);
            ASSERT_EQ((*after)[i].payload, (*before)[i].payload);
        }
        if (means_nothing) {
            ASSERT_EQ(after->size(), before->size());
            return;
        }
        const recovery_report& found = copy.log->recovered();
        ASSERT_TRUE(chosen.active) << "a closed segment opened with a flipped bit";
        ASSERT_GT(found.cut_bytes, 0U) << "a flipped bit was not found";
        ASSERT_EQ(found.cut_file, chosen.file);
        ASSERT_LE(found.cut_offset, offset);
        ASSERT_FALSE(found.clean);
    }

    std::map<std::string, std::uint64_t> hits_;
};

}  // namespace baudot::journal
