#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace baudot::observe {

constexpr std::size_t secret_bytes_min = 8;

/// From now on `value` never appears in a log line or a metric's label, also not inside a
/// longer string (a URL) and not percent-encoded; a bot token's part after the colon is hidden
/// alone too. Process-wide, because a secret is one wherever it turns up. Call it before the
/// secret is used. Any thread; never forgotten.
///
/// errc::invalid_argument when it is shorter than secret_bytes_min: hiding it would garble
/// every line.
[[nodiscard]] result<void> register_secret(std::string_view value);

/// `text` with every registered secret, and everything that has the shape of a bot token,
/// replaced by "[secret]". A token keeps its bot id: "7:[secret]".
std::string redact(std::string_view text);

/// True when redact(text) would change it; allocates nothing.
bool holds_secret(std::string_view text) noexcept;

}  // namespace baudot::observe
