#include "telegram_sim/content.hpp"

#include <array>
#include <cstddef>

namespace baudot::telegram_sim {

std::string_view name(media_kind kind) noexcept {
    constexpr std::array<std::string_view, 7> names = {"",      "photo", "video",   "animation",
                                                       "audio", "voice", "document"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace baudot::telegram_sim
