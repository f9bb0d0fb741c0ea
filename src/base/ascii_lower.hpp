#pragma once

#include <string>
#include <string_view>

namespace baudot {

/// Letters of ASCII in lower case, all else as it is: usernames, domains and extensions of files
/// know no other case.
inline std::string ascii_lower(std::string_view text) {
    std::string lower(text);
    for (char& each : lower) {
        if (each >= 'A' && each <= 'Z') each = static_cast<char>(each - 'A' + 'a');
    }
    return lower;
}

}  // namespace baudot
