#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "http/message.hpp"

namespace baudot::telegram_sim {

/// A file inside a multipart body.
struct uploaded_file {
    std::string_view field;
    std::string_view name;          // as the client gave it; may be empty
    std::string_view content_type;  // may be empty
    std::string_view bytes;
};

/// The arguments of one call, from the query string and the body, in the four forms that the
/// Bot API takes: query string, application/x-www-form-urlencoded, multipart/form-data and
/// application/json. Every value is text; nested JSON is its own text. Of two arguments with
/// one name the first counts; those of the query come first.
///
/// Owns the bytes of the request; values and files are views into them: a file is not copied.
/// Movable; views stay valid.
class params {
public:
    /// Takes target and body of `request`. errc::invalid_argument: the sentence that follows
    /// "Bad Request: ".
    static result<params> parse(http::request request);

    /// The path of the target, decoded, without the query.
    std::string_view path() const noexcept { return path_; }

    std::optional<std::string_view> find(std::string_view name) const noexcept;

    /// Empty when absent.
    std::string_view text(std::string_view name) const noexcept {
        return find(name).value_or(std::string_view{});
    }

    /// "true", "yes" and "1" in any case are true, as with Telegram.
    bool boolean(std::string_view name) const noexcept;

    /// Leading digits, as Telegram reads them: "12x" is 12, "x" is 0. Clamped.
    std::int64_t integer(std::string_view name, std::int64_t otherwise,
                         std::int64_t low = std::numeric_limits<std::int64_t>::min(),
                         std::int64_t high = std::numeric_limits<std::int64_t>::max()) const;

    /// Nothing when absent or not a whole number.
    std::optional<std::int64_t> exact_integer(std::string_view name) const noexcept;

    const uploaded_file* file(std::string_view field) const noexcept;

    struct argument {
        std::string_view name;
        std::string_view value;
    };
    const std::vector<argument>& arguments() const noexcept { return arguments_; }
    const std::vector<uploaded_file>& files() const noexcept { return files_; }

private:
    params() = default;
    result<void> parse_body(std::string_view content_type);

    std::unique_ptr<http::request> source_;  // never moved: views point into its strings
    std::string_view path_;
    std::vector<argument> arguments_;
    std::vector<uploaded_file> files_;
};

/// A whole number, nothing before or after it.
std::optional<std::int64_t> to_integer(std::string_view text) noexcept;

}  // namespace baudot::telegram_sim
