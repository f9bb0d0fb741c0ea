#include "telegram_sim/content.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

namespace baudot::telegram_sim {
namespace {

constexpr std::array<std::string_view, media_kinds> names = {
    "",           "photo",   "video",    "animation", "audio",   "voice", "document",
    "video_note", "sticker", "location", "venue",     "contact", "dice",  "poll"};

struct fingerprinter {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(const location& of) const {
        return fmt::format("{} {} {} {} {} {}", of.latitude, of.longitude, of.horizontal_accuracy,
                           of.live_period, of.heading, of.proximity_alert_radius);
    }
    std::string operator()(const venue& of) const {
        return fmt::format("{}\n{}\n{}\n{}\n{}", (*this)(of.where), of.title, of.address,
                           of.foursquare_id, of.google_place_id);
    }
    std::string operator()(const contact& of) const {
        return fmt::format("{}\n{}\n{}\n{}", of.phone_number, of.first_name, of.last_name,
                           of.vcard);
    }
    std::string operator()(const dice& of) const {
        return fmt::format("{} {}", of.emoji, of.value);
    }
    std::string operator()(poll_id of) const {
        return std::to_string(static_cast<std::uint64_t>(of));
    }
};

}  // namespace

std::string_view name(media_kind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<media_kind> media_kind_of(std::string_view name) noexcept {
    for (std::size_t i = 1; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<media_kind>(i);
    }
    return std::nullopt;
}

std::string fingerprint(const attachment& of) {
    return std::visit(fingerprinter{}, of);
}

}  // namespace baudot::telegram_sim
