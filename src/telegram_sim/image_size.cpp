#include "telegram_sim/image_size.hpp"

#include <cstddef>

namespace baudot::telegram_sim {
namespace {

int big16(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]);
}

int little16(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<unsigned char>(bytes[at]) | static_cast<unsigned char>(bytes[at + 1]) << 8;
}

int little24(std::string_view bytes, std::size_t at) noexcept {
    return little16(bytes, at) | static_cast<unsigned char>(bytes[at + 2]) << 16;
}

std::optional<image_size> jpeg(std::string_view bytes) noexcept {
    // Segments: FF, marker, length (2, counts itself). The frame header holds the size.
    std::size_t at = 2;
    while (at + 9 <= bytes.size()) {
        if (bytes[at] != '\xFF') return std::nullopt;
        const auto marker = static_cast<unsigned char>(bytes[at + 1]);
        if (marker == 0xFF) {
            ++at;
            continue;
        }
        const bool is_frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (is_frame)
            return image_size{.width = big16(bytes, at + 7), .height = big16(bytes, at + 5)};
        const int length = big16(bytes, at + 2);
        if (length < 2) return std::nullopt;
        at += 2 + static_cast<std::size_t>(length);
    }
    return std::nullopt;
}

std::optional<image_size> webp(std::string_view bytes) noexcept {
    if (bytes.size() < 30) return std::nullopt;
    const auto kind = bytes.substr(12, 4);
    if (kind == "VP8X") {
        return image_size{.width = little24(bytes, 24) + 1, .height = little24(bytes, 27) + 1};
    }
    if (kind == "VP8 ") {
        return image_size{.width = little16(bytes, 26) & 0x3FFF,
                          .height = little16(bytes, 28) & 0x3FFF};
    }
    if (kind == "VP8L") {
        const int low = little16(bytes, 21), high = little16(bytes, 23);
        return image_size{.width = (low & 0x3FFF) + 1,
                          .height = ((low >> 14) | (high & 0xFFF) << 2) + 1};
    }
    return std::nullopt;
}

}  // namespace

std::optional<image_size> find_image_size(std::string_view bytes) noexcept {
    std::optional<image_size> found;
    if (bytes.size() >= 24 && bytes.starts_with("\x89PNG\r\n\x1A\n")) {
        found = image_size{.width = big16(bytes, 16) << 16 | big16(bytes, 18),
                           .height = big16(bytes, 20) << 16 | big16(bytes, 22)};
    } else if (bytes.starts_with("\xFF\xD8")) {
        found = jpeg(bytes);
    } else if (bytes.size() >= 10 && bytes.starts_with("GIF8")) {
        found = image_size{.width = little16(bytes, 6), .height = little16(bytes, 8)};
    } else if (bytes.starts_with("RIFF") && bytes.size() >= 16 && bytes.substr(8, 4) == "WEBP") {
        found = webp(bytes);
    }
    if (found && (found->width <= 0 || found->height <= 0)) return std::nullopt;
    return found;
}

}  // namespace baudot::telegram_sim
