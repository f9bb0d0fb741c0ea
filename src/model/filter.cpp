#include "model/filter.hpp"

namespace baudot {

bool holds_always(const post_filter& filter) noexcept {
    return filter.how == post_filter::kind::all && filter.parts.empty();
}

std::string_view name(content_kind kind) noexcept {
    switch (kind) {
        case content_kind::text: return "text";
        case content_kind::photo: return "photo";
        case content_kind::video: return "video";
        case content_kind::animation: return "animation";
        case content_kind::audio: return "audio";
        case content_kind::voice: return "voice";
        case content_kind::video_note: return "video_note";
        case content_kind::document: return "document";
        case content_kind::sticker: return "sticker";
        case content_kind::other: return "other";
        case content_kind::service: return "service";
    }
    return "unknown";
}

std::string_view name(pattern_condition::place in) noexcept {
    switch (in) {
        case pattern_condition::place::text: return "text";
        case pattern_condition::place::file_name: return "file_name";
    }
    return "unknown";
}

std::string_view name(range_condition::number of) noexcept {
    switch (of) {
        case range_condition::number::size: return "size";
        case range_condition::number::length: return "length";
    }
    return "unknown";
}

std::string_view name(name_condition::place in) noexcept {
    switch (in) {
        case name_condition::place::sender: return "sender";
        case name_condition::place::forwarded_from: return "forwarded_from";
        case name_condition::place::via_bot: return "via_bot";
        case name_condition::place::mention: return "mentions";
        case name_condition::place::hashtag: return "hashtags";
        case name_condition::place::link_domain: return "link_domains";
        case name_condition::place::extension: return "extension";
        case name_condition::place::language: return "language";
    }
    return "unknown";
}

std::string_view name(trait_condition::trait what) noexcept {
    switch (what) {
        case trait_condition::trait::text: return "text";
        case trait_condition::trait::link: return "link";
        case trait_condition::trait::hashtag: return "hashtag";
        case trait_condition::trait::mention: return "mention";
        case trait_condition::trait::forward: return "forward";
        case trait_condition::trait::reply: return "reply";
        case trait_condition::trait::via_bot: return "via_bot";
        case trait_condition::trait::bot_sender: return "bot_sender";
        case trait_condition::trait::admin_sender: return "admin_sender";
    }
    return "unknown";
}

}  // namespace baudot
