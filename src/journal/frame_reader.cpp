#include "journal/frame_reader.hpp"

#include <algorithm>
#include <cstring>

namespace baudot::journal {
namespace {

constexpr std::uint64_t read_ahead_bytes = 1ULL << 20;
constexpr std::uint64_t first_read_bytes = 64ULL << 10;  // a single record is often enough

}  // namespace

frame_place first_frame(const segment_header& header) {
    return {header.base, header.bytes(), header.chain};
}

// Makes at least `wanted` bytes from place_ on available, or all up to the limit.
result<void> frame_reader::fill(std::uint64_t wanted) {
    const std::uint64_t have_end = buffer_offset_ + buffer_.size();
    if (!buffer_.empty() && place_.offset + wanted <= have_end) return {};
    const std::uint64_t kept = have_end > place_.offset ? have_end - place_.offset : 0;
    // Whoever goes on reads more each time; whoever wants one record does not pay for a megabyte.
    const std::uint64_t ahead =
        std::clamp<std::uint64_t>(2 * buffer_.size(), first_read_bytes, read_ahead_bytes);
    const std::uint64_t goal = std::min(std::max(wanted, ahead), limit_ - place_.offset);
    if (goal <= kept) return {};
    if (kept > 0) {
        std::memmove(buffer_.data(), buffer_.data() + (buffer_.size() - kept), kept);
    }
    buffer_.resize(goal);
    buffer_offset_ = place_.offset;
    const auto got = source_.pread(std::span(buffer_).subspan(kept), place_.offset + kept);
    if (!got) return std::unexpected(got.error());
    buffer_.resize(kept + *got);
    return {};
}

result<std::optional<frame>> frame_reader::next() {
    std::uint64_t wanted = frame_header_bytes;
    while (stopped_ == stop::none) {
        if (place_.offset == limit_) {
            stopped_ = stop::limit;
            break;
        }
        if (wanted > limit_ - std::min(limit_, place_.offset)) {
            stopped_ = stop::bad;  // the frame would end beyond
            break;
        }
        if (auto filled = fill(wanted); !filled) return std::unexpected(filled.error());
        const std::string_view bytes =
            std::string_view(buffer_).substr(place_.offset - buffer_offset_);
        const frame_check found = check_frame(bytes, seed_, place_.chain, place_.base);
        if (found.what == frame_check::kind::good) {
            place_.base = sequence{std::to_underlying(place_.base) + found.value.count};
            place_.offset += found.wanted;
            place_.chain = found.value.crc;
            return std::optional(found.value);
        }
        if (found.what == frame_check::kind::incomplete && found.wanted > bytes.size() &&
            wanted < found.wanted) {
            wanted = found.wanted;
            continue;
        }
        stopped_ = found.what == frame_check::kind::newer ? stop::newer : stop::bad;
    }
    return std::optional<frame>();
}

}  // namespace baudot::journal
