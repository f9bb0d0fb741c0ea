#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "model/rewrite.hpp"
#include "text/marked_text.hpp"

namespace baudot::rewriting {

/// Longer texts are not sent, and no longer ones are taken.
inline constexpr std::size_t text_bytes_max = 64 << 10;

/// What a webhook is told about a post, besides its text.
struct post_facts {
    std::string route;
    chat_id chat{};
    std::string chat_title;
    message_id message{};
    std::int64_t date = 0;  // Unix seconds, UTC
};

/// A text for an API. Two questions are one when the request and the text are, and, for a
/// webhook, also the post.
struct question {
    rewrite_request what;
    text::marked_text text;  // all of it goes, headers and footers too
    post_facts post{};
    wall_time received_at{};  // hold_at_most counts from here
};

/// Whether an API can be used as configured. errc::invalid_argument names the API and says what is
/// wrong with its url, key, model or limits; never the key.
result<void> check(const text_api& api);

/// Whether `api` can do what is asked: errc::invalid_argument, a sentence.
result<void> check(const text_api& api, const rewrite_request& what);

}  // namespace baudot::rewriting
