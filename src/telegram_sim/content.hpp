#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "telegram_sim/entities.hpp"

namespace baudot::telegram_sim {

enum class file_index : std::uint32_t {};
enum class media_kind : unsigned char { none, photo, video, animation, audio, voice, document };

/// The field of a Message: "photo", "video", ...; empty for none.
std::string_view name(media_kind kind) noexcept;

/// One file of one kind: the same bytes as photo and as document are two, with two ids.
struct file {
    media_kind kind{};
    std::uint64_t size = 0;
    hash128 bytes{};  // of the content
    int width = 0, height = 0, duration_s = 0;
    std::string file_name, mime_type, title, performer;
};

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
};

}  // namespace baudot::telegram_sim
