#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/hash.hpp"
#include "telegram_sim/entities.hpp"

namespace baudot::telegram_sim {

enum class file_index : std::uint32_t {};
/// What a message holds beside text: first the kinds that may have a caption, then the other files.
enum class media_kind : unsigned char {
    none,
    photo,
    video,
    animation,
    audio,
    voice,
    document,
    video_note,
    sticker,
    location,
    venue,
    contact,
    dice,
    poll,
};
inline constexpr int media_kinds = 14;
inline constexpr int file_kinds = 9;  // none counts

constexpr bool has_file(media_kind kind) noexcept {
    return kind != media_kind::none && kind <= media_kind::sticker;
}
constexpr bool has_caption(media_kind kind) noexcept {
    return kind != media_kind::none && kind <= media_kind::document;
}

/// The field of a Message: "photo", "video", ...; empty for none.
std::string_view name(media_kind kind) noexcept;
std::optional<media_kind> media_kind_of(std::string_view name) noexcept;

/// One file of one kind: the same bytes as photo and as document are two, with two ids.
struct file {
    media_kind kind{};
    std::uint64_t size = 0;
    hash128 bytes{};  // of the content
    int width = 0, height = 0, duration_s = 0;
    std::string file_name, mime_type, title, performer;
    std::string emoji, set_name;  // of a sticker
};

/// Location. It is live while `live_period` is not 0.
struct location {
    double latitude = 0, longitude = 0, horizontal_accuracy = 0;
    int live_period = 0, heading = 0, proximity_alert_radius = 0;

    friend bool operator==(const location&, const location&) = default;
};
inline constexpr int live_for_ever = 0x7FFFFFFF;  // as a live_period

struct venue {
    location where;
    std::string title, address;
    std::string foursquare_id, foursquare_type, google_place_id, google_place_type;

    friend bool operator==(const venue&, const venue&) = default;
};

struct contact {
    std::string phone_number, first_name, last_name, vcard;
    user_id user{};

    friend bool operator==(const contact&, const contact&) = default;
};

struct dice {
    std::string emoji;
    int value = 0;

    friend bool operator==(const dice&, const dice&) = default;
};

/// A poll of the world: its votes change without an edit, and forwards share it.
enum class poll_id : std::uint64_t {};

/// What is neither text nor file; media_kind says which.
using attachment = std::variant<std::monostate, location, venue, contact, dice, poll_id>;

/// What most objects do not have: one pointer, shared by copies until one of them changes.
template <class T>
class rarely {
public:
    const T& operator*() const noexcept {
        static const T none{};
        return value_ ? *value_ : none;
    }
    const T* operator->() const noexcept { return &**this; }

    /// A value of its own, to be changed.
    T& change() {
        if (!value_ || value_.use_count() > 1) value_ = std::make_shared<T>(**this);
        return *value_;
    }

    friend bool operator==(const rarely& left, const rarely& right) {
        return left.value_ == right.value_ || *left == *right;
    }

private:
    std::shared_ptr<T> value_;
};

/// The reply_markup of a message, checked. An inline keyboard is part of what all see; the other
/// kinds speak to a person's keyboard and are not shown in a Message.
struct reply_markup {
    enum class kind : unsigned char { none, inline_keyboard, keyboard, remove, force_reply };

    kind type = kind::none;
    std::string json{};  // as Telegram gives it back: {"inline_keyboard":[[{"text":...}]]}

    friend bool operator==(const reply_markup&, const reply_markup&) = default;
};

struct content_details {
    std::string link_preview{};  // link_preview_options as JSON, kept verbatim; empty: none given
    reply_markup markup{};
    rarely<attachment> object{};

    friend bool operator==(const content_details&, const content_details&) = default;
};

/// What a message shows and what an edit may change.
struct content {
    formatted_text body{};  // the text, or the caption of media
    media_kind media = media_kind::none;
    bool has_spoiler = false;
    bool caption_above = false;
    std::optional<file_index> file{};
    rarely<content_details> more{};

    friend bool operator==(const content&, const content&) = default;

    /// nullptr: it is of another kind.
    template <class Kind>
    const Kind* get() const noexcept {
        return std::get_if<Kind>(&*more->object);
    }
    void attach(media_kind kind, attachment what) {
        media = kind;
        more.change().object.change() = std::move(what);
    }
};

/// What tells attachments apart, for hashes; empty for none.
std::string fingerprint(const attachment& of);

}  // namespace baudot::telegram_sim
