#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "http/message.hpp"
#include "rewriting/endpoint.hpp"
#include "rewriting/question.hpp"

namespace baudot::rewriting {

/// Of an answer, with its headers.
inline constexpr std::size_t answer_bytes_max = 1 << 20;

enum class failure_kind : std::uint8_t {
    unavailable,  // the API does not answer, or answers nobody: down, busy, key or quota refused
    wrong,        // it answers, but to this text not with a text
};

struct failure {
    failure_kind kind = failure_kind::unavailable;
    std::string message{};  // a sentence for people, without the key
    /// The API asks not to be called for so long; zero: it does not say. Only with is_busy.
    duration retry_after{};
    bool is_busy = false;  // 429: it works, but we ask too much
};

/// What is said to an API about one question. Pure.
class dialogue {
public:
    virtual ~dialogue() = default;

    /// Nothing in the text needs the API: it is its own answer.
    virtual bool is_needless() const = 0;

    virtual http::request request() const = 0;

    /// All that can be wrong with an answer is a failure: see docs/apis.md. The text is of whole
    /// characters, at most text_bytes_max, and its marks are valid.
    virtual std::expected<text::marked_text, failure> read(const http::response& answer) const = 0;
};

/// `where` is endpoint_of(api). errc::invalid_argument: the API cannot be asked this, or it takes
/// no text that long.
result<std::unique_ptr<dialogue>> make_dialogue(const text_api& api, const endpoint& where,
                                                const question& asked);

}  // namespace baudot::rewriting
