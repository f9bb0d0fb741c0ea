#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace baudot::telegram_sim {

/// Reads the fields of one JSON object and keeps the first thing that is wrong: read all, then
/// ask finish(). A field that nobody read is an error, so that a typing mistake is not ignored.
/// `where` names the object in errors ("chats[2]"). The value outlives this.
class json_fields {
public:
    json_fields(const boost::json::value& of, std::string where);

    /// nullptr: absent or null.
    const boost::json::value* find(std::string_view key);
    bool has(std::string_view key) { return find(key) != nullptr; }

    std::string text(std::string_view key, std::string otherwise = {});
    std::string required_text(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t otherwise = 0);
    std::int64_t integer_between(std::string_view key, std::int64_t otherwise, std::int64_t low,
                                 std::int64_t high);
    double number(std::string_view key, double otherwise);
    bool truth(std::string_view key, bool otherwise = false);
    /// Its elements; empty when absent.
    std::vector<const boost::json::value*> array(std::string_view key);

    const std::string& where() const noexcept { return where_; }
    std::string at(std::string_view key) const;

    /// Notes that `key` is wrong; `what` completes "must be ...".
    void wrong(std::string_view key, std::string_view what);
    /// Notes any sentence.
    void note(error what);

    /// errc::invalid_argument, or what was noted.
    result<void> finish();

private:
    const boost::json::object* fields_ = nullptr;
    std::string where_;
    std::vector<std::string_view> seen_;
    std::optional<error> first_;
};

/// errc::invalid_argument with line and column of the first mistake.
result<boost::json::value> parse_json(std::string_view text);

std::string to_text(const boost::json::value& value);

}  // namespace baudot::telegram_sim
