#include "telegram_sim/json_fields.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace baudot::telegram_sim {
namespace json = boost::json;

json_fields::json_fields(const json::value& of, std::string where)
    : fields_(of.if_object()), where_(std::move(where)) {
    if (fields_ == nullptr) {
        note({errc::invalid_argument, fmt::format("{} must be an object", where_)});
    }
}

std::string json_fields::at(std::string_view key) const {
    return where_.empty() ? std::string(key) : fmt::format("{}.{}", where_, key);
}

void json_fields::note(error what) {
    if (!first_) first_ = std::move(what);
}

void json_fields::wrong(std::string_view key, std::string_view what) {
    note({errc::invalid_argument, fmt::format("{} must be {}", at(key), what)});
}

const json::value* json_fields::find(std::string_view key) {
    seen_.push_back(key);
    if (fields_ == nullptr) return nullptr;
    const json::value* found = fields_->if_contains({key.data(), key.size()});
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string json_fields::text(std::string_view key, std::string otherwise) {
    const json::value* found = find(key);
    if (found == nullptr) return otherwise;
    if (const auto* text = found->if_string()) return {text->data(), text->size()};
    wrong(key, "a text");
    return otherwise;
}

std::string json_fields::required_text(std::string_view key) {
    std::string out = text(key);
    if (out.empty()) wrong(key, "given");
    return out;
}

std::int64_t json_fields::integer(std::string_view key, std::int64_t otherwise) {
    const json::value* found = find(key);
    if (found == nullptr) return otherwise;
    if (const auto* number = found->if_int64()) return *number;
    wrong(key, "a whole number");
    return otherwise;
}

std::int64_t json_fields::integer_between(std::string_view key, std::int64_t otherwise,
                                          std::int64_t low, std::int64_t high) {
    const std::int64_t out = integer(key, otherwise);
    if (out >= low && out <= high) return out;
    wrong(key, fmt::format("between {} and {}", low, high));
    return otherwise;
}

double json_fields::number(std::string_view key, double otherwise) {
    const json::value* found = find(key);
    if (found == nullptr) return otherwise;
    if (found->is_double()) return found->get_double();
    if (found->is_int64()) return static_cast<double>(found->get_int64());
    wrong(key, "a number");
    return otherwise;
}

bool json_fields::truth(std::string_view key, bool otherwise) {
    const json::value* found = find(key);
    if (found == nullptr) return otherwise;
    if (const bool* yes = found->if_bool()) return *yes;
    wrong(key, "true or false");
    return otherwise;
}

std::vector<const json::value*> json_fields::array(std::string_view key) {
    std::vector<const json::value*> out;
    const json::value* found = find(key);
    if (found == nullptr) return out;
    if (!found->is_array()) {
        wrong(key, "a list");
        return out;
    }
    for (const json::value& each : found->get_array()) out.push_back(&each);
    return out;
}

result<void> json_fields::finish() {
    if (fields_ != nullptr && !first_) {
        for (const auto& field : *fields_) {
            const std::string_view key(field.key().data(), field.key().size());
            if (std::ranges::find(seen_, key) != seen_.end()) continue;
            std::vector<std::string_view> known;
            for (const std::string_view each : seen_) {
                if (std::ranges::find(known, each) == known.end()) known.push_back(each);
            }
            note({errc::invalid_argument,
                  fmt::format("{} is not known; known here: {}", at(key), fmt::join(known, ", "))});
            break;
        }
    }
    if (first_) return std::unexpected(*first_);
    return {};
}

result<json::value> parse_json(std::string_view text) {
    json::stream_parser parser;
    boost::system::error_code ec;
    std::size_t read = parser.write_some({text.data(), text.size()}, ec);
    const std::size_t blank = ec ? read : text.find_first_not_of(" \t\r\n", read);
    if (!ec && blank != std::string_view::npos) {
        read = blank;
        ec = json::error::extra_data;
    }
    if (!ec) parser.finish(ec);
    if (!ec) return parser.release();
    const std::string_view before = text.substr(0, read);
    const auto line = 1 + std::ranges::count(before, '\n');
    const auto newline = before.rfind('\n');
    const auto column = newline == std::string_view::npos ? read + 1 : read - newline;
    return fail(errc::invalid_argument,
                fmt::format("not JSON: line {}, column {}: {}", line, column, ec.message()));
}

std::string to_text(const json::value& value) {
    return json::serialize(value);
}

}  // namespace baudot::telegram_sim
