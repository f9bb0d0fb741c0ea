#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "model/operation.hpp"

namespace baudot {

enum class relay_mode : std::uint8_t { copy, forward };

/// What to do with a delivery whose request was started and never answered.
enum class uncertain_policy : std::uint8_t {
    repeat,  // send again: may double, never loses
    skip,    // do not: may lose, never doubles; becomes a dead letter "copy unknown"
};

/// A chat as people write it: an id, or @name resolved once at the start.
using chat_reference = std::variant<chat_id, std::string>;

/// One route as configured. `name` is stable: delivery ids depend on it (P2).
struct route {
    std::string name;
    std::vector<chat_id> from;
    std::vector<chat_id> to;
    relay_mode mode = relay_mode::copy;
    std::vector<std::string> include;  // RE2; empty: everything
    std::vector<std::string> exclude;  // RE2; wins over include
    delivery_options options;
    uncertain_policy on_uncertain = uncertain_policy::repeat;
};

/// Every route, in file order. Chats are resolved to ids before this is made.
struct rule_set {
    std::vector<route> routes;
};

}  // namespace baudot
