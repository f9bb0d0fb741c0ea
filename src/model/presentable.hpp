#pragma once

#include <string>
#include <string_view>

namespace baudot {

/// A stranger's text as it may stand in our own output: what looks like a bot token becomes
/// "<token>", what is not UTF-8 becomes U+FFFD, and the control characters that JSON lets
/// through (DEL and C1, which steer a terminal) are written as \u00XX. May be applied to JSON
/// as a whole. C0 characters are left to the caller: JSON escapes them itself.
std::string presentable(std::string_view text);

}  // namespace baudot
