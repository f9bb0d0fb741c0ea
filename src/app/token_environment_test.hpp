#pragma once

#include <optional>
#include <string>

#include "config/reader.hpp"

namespace baudot::app {

/// For configurations in tests: every variable is a token, and there are no files.
inline config::environment with_token() {
    return {
        .variable =
            [](const std::string&) {
                return std::optional<std::string>("123456789:AAE0AbCdEfGhIjKlMnOpQrStUvWxYz01234");
            },
        .read = [](const std::string&) -> result<config::environment::file> {
            return fail(errc::not_found, "it is gone");
        }};
}

}  // namespace baudot::app
