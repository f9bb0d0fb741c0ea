#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "model/filter.hpp"
#include "model/operation.hpp"
#include "model/transform.hpp"

namespace baudot {

enum class relay_mode : std::uint8_t { copy, forward };

/// What to do with a delivery whose request was started and never answered.
enum class uncertain_policy : std::uint8_t {
    repeat,  // send again: may double, never loses
    skip,    // do not: may lose, never doubles; becomes a dead letter "copy unknown"
};

/// What deliveries compete as for what an account may send. Stored: append only, and what older
/// events do not name comes first.
enum class traffic_class : std::uint8_t { live, interactive, sync, backfill, broadcast };

constexpr traffic_class traffic_class_last = traffic_class::broadcast;

std::string_view name(traffic_class of) noexcept;

/// How the deliveries of a route stand beside others. It goes with each planned event, so that
/// what is owed keeps its terms when the route changes or goes.
struct delivery_terms {
    traffic_class traffic = traffic_class::live;
    std::uint16_t weight = 1;                   // its share beside routes of the same class
    std::chrono::microseconds expire_after{0};  // counted from receipt; 0: it never expires

    friend bool operator==(const delivery_terms&, const delivery_terms&) = default;
};

/// What a route does with a destination into which an earlier route of the file has taken the post.
enum class destination_policy : std::uint8_t { all, first };

/// A chat as people write it: an id, or @name resolved once at the start.
using chat_reference = std::variant<chat_id, std::string>;

/// One route as configured. `name` is stable: delivery ids depend on it (P2).
struct route {
    std::string name;
    std::vector<chat_id> from;
    std::vector<chat_id> to;
    relay_mode mode = relay_mode::copy;
    std::vector<std::string> include;   // RE2; empty: everything
    std::vector<std::string> exclude;   // RE2; wins over include
    post_filter filter;                 // what it takes, besides
    std::optional<post_filter> refuse;  // what it does not take, besides
    chat_id check{};                    // what it refuses is forwarded to it; 0: none
    chat_id other{};  // what no route with this chat takes is copied to it; 0: none
    destination_policy per_destination = destination_policy::all;
    transform_steps transform;                        // of what is copied; not of reviews
    std::map<chat_id, transform_steps> transform_of;  // of one destination, behind those
    long_text_policy too_long = long_text_policy::split;
    delivery_options options;
    uncertain_policy on_uncertain = uncertain_policy::repeat;
    delivery_terms terms;
};

/// Every route, in file order. Chats are resolved to ids before this is made.
struct rule_set {
    std::vector<route> routes;
};

}  // namespace baudot
