#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/route_changes.hpp"
#include "config/problem.hpp"

namespace baudot::app {

/// Names of a metric's label: append only.
enum class reload_result : std::uint8_t { applied, unchanged, refused };

std::string_view name(reload_result of) noexcept;

/// What became of a reload.
struct reload_report {
    reload_result result = reload_result::refused;
    std::string file;
    std::vector<config::problem> problems;  // refused: why; otherwise warnings
    route_changes changes;
    std::vector<std::string> other_keys;  // what else has changed: dead_letters
    std::size_t routes = 0;               // in effect now
    std::uint64_t generation = 0;         // of what is in effect now; 1: that of the start
    std::string rules;                    // its fingerprint
    std::size_t dropped = 0;              // posts that waited for an API, of routes that are gone
};

/// "added a; changed b (to); dead_letters".
std::string summary_of(const reload_report& what);

/// One line of JSON, without secrets.
std::string to_json(const reload_report& what);

/// What people read: standard output, standard error, exit code.
struct reload_words {
    std::string out, err;
    int exit_code = 0;
};

/// Of what to_json() made.
reload_words words_of(std::string_view json);

}  // namespace baudot::app
