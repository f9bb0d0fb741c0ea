#include "rewriting/dialogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/utf16.hpp"
#include "observe/secrets.hpp"
#include "rewriting/dialogue_parts.hpp"
#include "text/words.hpp"

namespace baudot::rewriting {
namespace {

constexpr duration retry_after_max = std::chrono::hours(1);

/// Seconds; the other form, a date, needs a clock that is right, and says no more.
duration retry_after_of(const http::fields& headers) {
    const std::string_view text = http::find(headers, "Retry-After");
    double seconds = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (failed != std::errc() || end != text.data() + text.size() || !(seconds > 0)) return {};
    const double most = std::chrono::duration<double>(retry_after_max).count();
    return std::chrono::duration_cast<duration>(
        std::chrono::duration<double>(std::min(seconds, most)));
}

/// What an error's JSON says, where it does: all four have their own idea of where.
std::string said_in(const http::response& answer) {
    dom::parser parser;
    dom::element body;
    if (parser.parse(answer.body.data(), answer.body.size()).get(body) != simdjson::SUCCESS) {
        return {};
    }
    std::string_view said;
    for (const std::string_view key : {"error", "message", "detail"}) {
        if (body[key].get(said) == simdjson::SUCCESS) return std::string(said);
        if (body[key]["message"].get(said) == simdjson::SUCCESS) return std::string(said);
    }
    return {};
}

std::string for_people(std::string said, std::string_view key) {
    constexpr std::size_t most = 200;
    for (std::size_t at = key.empty() ? said.npos : said.find(key); at != said.npos;
         at = said.find(key, at)) {
        said.replace(at, key.size(), "[secret]");
    }
    std::ranges::replace_if(
        said, [](char each) { return static_cast<unsigned char>(each) < ' '; }, ' ');
    if (said.size() > most) said = said.substr(0, most) + "...";
    return observe::redact(to_valid_utf8(said));
}

/// Statuses that mean the API or its key, not this text.
bool is_of_all_texts(int status) {
    switch (status) {
        case 401:
        case 402:
        case 403:
        case 404:
        case 405:
        case 407:
        case 408:
        case 425:
        case 429:
        case 456: return true;  // DeepL: the quota is used up
        default: return status >= 500 || status < 200;
    }
}

std::string_view meaning_of(int status) {
    switch (status) {
        case 401:
        case 403: return "it refuses the key";
        case 402: return "it wants money";
        case 404: return "it does not know the address or the model";
        case 408: return "it took too long";
        case 413: return "the text is too long for it";
        case 429: return "it is asked too much";
        case 456: return "its quota is used up";
        default: break;
    }
    if (status >= 300 && status < 400) return "it redirects, which is never followed";
    return status >= 500 ? "it fails" : "it refuses the text";
}

std::expected<text::marked_text, failure> checked(text::marked_text what) {
    if (what.bytes.size() > text_bytes_max) {
        return wrong(fmt::format("the answer is a text of {} bytes", what.bytes.size()));
    }
    if (!text::can_be_seen(what.bytes)) return wrong("the answer has no text where there was one");
    return what;
}

}  // namespace

std::expected<std::string, failure> string_in(simdjson::simdjson_result<dom::element> from,
                                              std::string_view name) {
    std::string_view found;
    if (from.get(found) != simdjson::SUCCESS) {
        return wrong(fmt::format("the answer has no text at {}", name));
    }
    // simdjson takes no other, but a text that is none would be ours from here on.
    if (!is_valid_utf8(found)) return wrong("the answer is no UTF-8");
    if (found.contains('\0')) return wrong("the answer holds a NUL");
    return std::string(found);
}

http::request json_dialogue::post(const json::object& body) const {
    return {.method = "POST",
            .target = target_,
            .headers = {{"Content-Type", "application/json"},
                        {"Accept", "application/json"},
                        {"User-Agent", "baudot"}},
            .body = json::serialize(body)};
}

failure json_dialogue::refusal(const http::response& answer) const {
    const std::string said = for_people(said_in(answer), key_);
    failure made{
        .kind = is_of_all_texts(answer.status) ? failure_kind::unavailable : failure_kind::wrong,
        .message = fmt::format("HTTP {}: {}", answer.status, meaning_of(answer.status))};
    if (!said.empty()) made.message += fmt::format(" ({})", said);
    if (made.kind == failure_kind::unavailable) {
        made.retry_after = retry_after_of(answer.headers);
        made.is_busy = answer.status == 429;
    }
    return made;
}

std::expected<text::marked_text, failure> json_dialogue::read(const http::response& answer) const {
    if (answer.status < 200 || answer.status >= 300) return std::unexpected(refusal(answer));
    if (answer.body.size() > answer_bytes_max) return wrong("the answer is larger than 1 MiB");
    dom::parser parser;
    dom::element body;
    if (parser.parse(answer.body.data(), answer.body.size()).get(body) != simdjson::SUCCESS) {
        return wrong("the answer is no JSON");
    }
    auto read = read_body(body);
    if (!read) {
        // It may quote what the API said, and that may be the key.
        read.error().message = for_people(std::move(read.error().message), key_);
        return read;
    }
    return checked(std::move(*read));
}

std::expected<text::marked_text, failure> tagged_dialogue::read_body(
    const dom::element& body) const {
    auto answers = entries_in(body);
    if (!answers) return std::unexpected(std::move(answers.error()));
    if (answers->size() != entries().size()) {
        return wrong(
            fmt::format("the answer has {} texts for {}", answers->size(), entries().size()));
    }
    auto read = tagged_.read(*answers);
    if (!read) return wrong(std::move(read.error()));
    return *std::move(read);
}

result<std::unique_ptr<dialogue>> make_dialogue(const text_api& api, const endpoint& where,
                                                const question& asked) {
    if (const auto good = check(api, asked.what); !good) return std::unexpected(good.error());
    if (asked.text.bytes.size() > text_bytes_max) {
        return fail(errc::invalid_argument, fmt::format("a text of {} bytes is not sent to API {}",
                                                        asked.text.bytes.size(), api.name));
    }
    switch (api.kind) {
        case api_kind::libretranslate: return make_libretranslate(api, where, asked);
        case api_kind::deepl: return make_deepl(api, where, asked);
        case api_kind::openai: return make_openai(api, where, asked);
        case api_kind::webhook: return make_webhook(api, where, asked);
    }
    return fail(errc::invalid_argument, "an API of no known kind");
}

}  // namespace baudot::rewriting
