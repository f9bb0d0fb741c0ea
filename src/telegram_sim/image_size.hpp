#pragma once

#include <optional>
#include <string_view>

namespace baudot::telegram_sim {

struct image_size {
    int width = 0;
    int height = 0;
};

/// From the header of a PNG, JPEG, GIF or WebP (lossy, lossless, extended). Absent: none of
/// these, or cut. Reads no pixel.
std::optional<image_size> find_image_size(std::string_view bytes) noexcept;

}  // namespace baudot::telegram_sim
