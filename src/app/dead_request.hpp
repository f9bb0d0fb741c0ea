#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "engine/dead_letters.hpp"
#include "model/event.hpp"

namespace baudot::app {

enum class dead_verb : std::uint8_t { list, show, retry, drop };

/// Which letters; what is empty is no condition.
struct dead_filter {
    std::vector<delivery_ref> letters;
    std::optional<std::string> route;
    std::optional<chat_id> destination;
    std::optional<account_id> account;
    std::optional<reject_class> why;
    std::optional<std::int64_t> since;  // wall clock, microseconds; of the death
    std::optional<std::int64_t> until;
    std::size_t limit = std::numeric_limits<std::size_t>::max();  // the newest
    bool with_retried = false;  // also the marks of those that were retried

    /// But for the names in `letters`.
    bool matches(const engine::dead_letter& letter) const;
};

/// What `baudot dead` asks for, of a running Baudot as a line of JSON.
struct dead_request {
    dead_verb verb = dead_verb::list;
    dead_filter which;
    bool may_double = false;
    std::optional<account_id> through;  // retry: by this account, whoever had it
};

std::string to_json(const dead_request& what);

/// errc::invalid_argument.
result<dead_request> parse_dead_request(std::string_view json);

/// "4711.0".
std::optional<delivery_ref> parse_letter_name(std::string_view text);

std::optional<reject_class> parse_reject_class(std::string_view text);

}  // namespace baudot::app
