#include "telegram_sim/params.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <utility>

#include "telegram_sim/params_decode.hpp"

namespace baudot::telegram_sim {
namespace {

bool starts_with_type(std::string_view content_type, std::string_view type) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return content_type.size() >= type.size() &&
           std::ranges::equal(content_type.substr(0, type.size()), type, {}, lower);
}

}  // namespace

std::optional<std::int64_t> to_integer(std::string_view text) noexcept {
    std::int64_t value = 0;
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
    return value;
}

result<params> params::parse(http::request request) {
    params out;
    out.source_ = std::make_unique<http::request>(std::move(request));
    std::string& target = out.source_->target;
    if (const auto fragment = target.find('#'); fragment != std::string::npos) {
        target.resize(fragment);
    }
    const auto question = std::min(target.find('?'), target.size());
    const std::span<char> all(target);
    out.path_ = decode_url(all.first(question), false);
    decode_form(all.subspan(std::min(question + 1, target.size())), out.arguments_);

    const std::string content_type(http::find(out.source_->headers, "content-type"));
    if (auto read = out.parse_body(content_type); !read) return std::unexpected(read.error());
    return out;
}

result<void> params::parse_body(std::string_view content_type) {
    std::string& body = source_->body;
    if (body.empty()) return {};
    if (starts_with_type(content_type, "application/json")) return decode_json(body, arguments_);
    if (starts_with_type(content_type, "application/x-www-form-urlencoded")) {
        decode_form(body, arguments_);
        return {};
    }
    if (starts_with_type(content_type, "multipart/form-data")) {
        const std::string_view boundary = header_parameter(content_type, "boundary");
        return decode_multipart(body, boundary, arguments_, files_);
    }
    return {};  // of another type: not looked at, as with Telegram
}

std::optional<std::string_view> params::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(arguments_, name, &argument::name);
    if (found == arguments_.end()) return std::nullopt;
    return found->value;
}

const uploaded_file* params::file(std::string_view field) const noexcept {
    const auto found = std::ranges::find(files_, field, &uploaded_file::field);
    return found == files_.end() ? nullptr : &*found;
}

bool params::boolean(std::string_view name) const noexcept {
    const std::string_view value = text(name);
    const auto is = [value](std::string_view word) {
        return value.size() == word.size() && starts_with_type(value, word);
    };
    return is("true") || is("yes") || is("1");
}

std::int64_t params::integer(std::string_view name, std::int64_t otherwise, std::int64_t low,
                             std::int64_t high) const {
    const auto value = find(name);
    if (!value || value->empty()) return std::clamp(otherwise, low, high);
    std::int64_t number = 0;
    const auto read = std::from_chars(value->data(), value->data() + value->size(), number);
    if (read.ec == std::errc::result_out_of_range) return value->front() == '-' ? low : high;
    return std::clamp(number, low, high);
}

std::optional<std::int64_t> params::exact_integer(std::string_view name) const noexcept {
    return to_integer(text(name));
}

}  // namespace baudot::telegram_sim
