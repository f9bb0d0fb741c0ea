#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/time.hpp"

namespace baudot::simulation {

/// What happened, in order, as one number: two runs of a seed must agree on it. With `print`, as
/// lines too.
class trace {
public:
    using printer = std::function<void(std::string_view line)>;
    explicit trace(printer print = {}) : print_(std::move(print)) {}

    bool is_printed() const { return static_cast<bool>(print_); }

    void note(time_point when, std::string_view what, std::uint64_t detail);

    /// For people alone: no part of the hash.
    void say(time_point when, std::string_view line) const;

    std::uint64_t hash() const { return hash_; }

private:
    printer print_;
    std::uint64_t hash_ = 0;
};

}  // namespace baudot::simulation
