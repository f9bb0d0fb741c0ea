#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "telegram_sim/params.hpp"

namespace baudot::telegram_sim {

// Decoders of the forms in which arguments come. They work in place: decoding makes text
// shorter, never longer, so the decoded value lies where the coded one was.

/// %xx, and `+` as a space when asked. What is not two hex digits stays as it is.
std::string_view decode_url(std::span<char> text, bool plus_is_space) noexcept;

/// name=value&name=value
void decode_form(std::span<char> text, std::vector<params::argument>& to);

/// {"name": value, ...}: strings are decoded, other values are their JSON text, null is absent.
/// errc::invalid_argument unless it is one object; what is inside nested values is checked by
/// who reads them.
result<void> decode_json(std::span<char> text, std::vector<params::argument>& to);

/// Splits a multipart/form-data body. A part with a file name is a file, any other an
/// argument. errc::invalid_argument for a body that does not follow RFC 7578.
result<void> decode_multipart(std::string_view body, std::string_view boundary,
                              std::vector<params::argument>& arguments,
                              std::vector<uploaded_file>& files);

/// The parameter `name` of a header value: `form-data; name="photo"; filename=a.jpg`, without
/// its quotes. Absent: a view with no data.
std::string_view header_parameter(std::string_view value, std::string_view name) noexcept;

}  // namespace baudot::telegram_sim
