#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace baudot {

/// What language an HTTP API that gets texts and returns others is spoken to in.
enum class api_kind : std::uint8_t {
    libretranslate,  // POST /translate
    deepl,           // POST /v2/translate
    openai,          // POST /chat/completions, of whatever service has it
    webhook,         // the operator's own: JSON as docs/apis.md says
};

/// One such API as configured.
struct text_api {
    std::string name;  // stable: requests, figures and log lines name it
    api_kind kind = api_kind::libretranslate;
    /// http:// or https://, host, port and path. What the kind adds to it is above; nothing is
    /// added to that of a webhook. Empty for deepl: the host that its key belongs to.
    std::string url;
    std::string key;                            // secret, never printed; empty: none is sent
    std::string model;                          // openai
    std::chrono::milliseconds timeout{10'000};  // of one call; see usual_timeout()
    std::uint32_t at_once = 4;                  // calls under way
    std::size_t cache_bytes = 16 << 20;         // answers that are kept
    std::string ca_file;                        // PEM; empty: the system's certificates
};

/// A model that writes needs more time than a translator.
constexpr std::chrono::milliseconds usual_timeout(api_kind kind) noexcept {
    return std::chrono::milliseconds{kind == api_kind::openai ? 60'000 : 10'000};
}

/// What becomes of a post whose text the API did not give back.
enum class rewrite_failure_policy : std::uint8_t {
    hold,  // it waits, and the API is asked again, until hold_at_most is over; then as skip
    pass,  // it goes with the text that it has
    skip,  // it does not go
};

/// What an API is asked to do with a text.
struct rewrite_request {
    std::string api;     // the name of a text_api
    std::string from;    // language of the text, "en"; empty: the API finds out
    std::string to;      // language wanted; empty: none, the prompt or the webhook knows what to do
    std::string prompt;  // openai: what to do; empty where `to` says it. webhook: passed on
    rewrite_failure_policy on_failure = rewrite_failure_policy::hold;
    std::chrono::milliseconds hold_at_most = std::chrono::hours(1);  // counted from receipt

    friend bool operator==(const rewrite_request&, const rewrite_request&) = default;
};

std::string_view name(api_kind kind) noexcept;
std::string_view name(rewrite_failure_policy policy) noexcept;

}  // namespace baudot
