#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/api_settings.hpp"
#include "base/time.hpp"
#include "config/reader.hpp"
#include "model/operation.hpp"
#include "model/rule_set.hpp"

namespace baudot::app {

/// A chat as people write it: -1001234567890, @name or https://t.me/name.
struct chat_text {
    chat_reference chat;
};

/// For config::reader.
std::optional<std::string> parse_value(std::string_view text, chat_text& value);

/// An account whose updates Telegram posts, instead of being asked for them.
struct posted_settings {
    std::string url;        // what Telegram is told: public, https, of a proxy in front of Baudot
    config::secret secret;  // empty: a new one at each start
    std::uint32_t connections = 40;
    config::position url_at;

    /// What of the address arrives here: the path behind the host.
    std::string path() const;
};

struct account_settings {
    std::string name;
    config::secret token;
    std::string api = "https://api.telegram.org";  // or a local Bot API server
    std::optional<posted_settings> webhook;
    config::position name_at;
    config::position token_at;
    config::position api_at;
};

/// A route before @names are resolved.
struct route_settings {
    std::string name;
    std::vector<chat_text> from;
    std::vector<chat_text> to;
    relay_mode mode = relay_mode::copy;
    std::vector<std::string> include;
    std::vector<std::string> exclude;
    post_filter filter;
    std::optional<post_filter> refuse;
    std::optional<chat_text> check;
    std::optional<chat_text> other;
    transform_steps transform;
    std::map<std::size_t, transform_steps> transform_of;  // by place in `to`
    long_text_policy too_long = long_text_policy::split;
    destination_policy per_destination = destination_policy::all;
    delivery_options options;
    uncertain_policy on_uncertain = uncertain_policy::repeat;
    delivery_terms terms;

    /// Where name, from, to, include, exclude, filter, refuse, check, other and transform stand, by
    /// router::rule_error::field; an item of a list after the other.
    std::vector<std::vector<config::position>> places;

    /// With ids for names; a chat without one is left out.
    route resolved(const std::function<std::optional<chat_id>(const chat_text&)>& id_of) const;
};

struct journal_settings {
    duration keep_age = std::chrono::hours(24 * 7);
    config::byte_size keep_bytes{4ULL << 30};
    config::byte_size segment{128ULL << 20};  // a new file begins beyond it
};

/// A server of ours.
/// How long and how many dead letters are kept.
struct dead_letter_settings {
    duration keep_age = std::chrono::hours(24 * 30);
    std::size_t keep_count = 10'000;
};

struct http_settings {
    std::string address = "127.0.0.1";  // loopback unless told otherwise
    std::uint16_t port = 0;             // 0: the system chooses, and the log says which
};

/// How fast to send until Telegram says otherwise.
enum class pace_setting : std::uint8_t {
    documented,  // what Telegram advises (documented_pace)
    off,         // no pace of our own: for a local Telegram; its waits are obeyed all the same
};

/// Where the keys beside accounts and routes stand; one that is absent: where it would be.
struct setting_places {
    config::position data, accounts, apis, pace, journal, dead_letters, http, webhook;
};

/// The configuration file, as far as it can be judged without asking Telegram.
struct settings {
    std::string data;
    std::vector<account_settings> accounts;
    std::vector<api_settings> apis;
    std::vector<route_settings> routes;
    pace_setting pace = pace_setting::documented;
    journal_settings journal;
    dead_letter_settings dead_letters;
    std::optional<http_settings> http;     // status; absent: none
    std::optional<http_settings> webhook;  // where posts come in; there when an account needs it
    setting_places places;
};

/// Reads and judges `file`: keys, values, names given twice, patterns, loops. Every problem is in
/// the document; what is returned is whole only when document::ok().
settings read_settings(config::document& file);

/// Reads the configuration at `path` for a command. Problems are told on standard error; empty:
/// there is one that is no mere warning.
std::optional<settings> load_settings(const std::string& path);

}  // namespace baudot::app
