#include "router/pattern_set.hpp"

#include <re2/set.h>

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <utility>

#include "base/assert.hpp"
#include "router/re2_parts.hpp"

namespace baudot::router {
namespace {

// A set finds which of its patterns match, which costs as much as three that only say whether
// they do (bench/router_bench.cpp).
constexpr std::uint32_t together_min = 4;

/// Consecutive patterns that are matched together; without `together`, one by one.
struct group {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::unique_ptr<RE2::Set> together;
};

}  // namespace

struct pattern_set::state {
    pattern_limits limits;
    std::vector<std::unique_ptr<RE2>> patterns;
    std::unordered_map<std::string, std::uint32_t> numbers;  // emptied by build()
    std::vector<group> groups;
    std::vector<std::uint32_t> group_of;  // by pattern
    mutable std::atomic<std::uint64_t> fallbacks{0};

    void compile(std::uint32_t first, std::uint32_t count);
    void match_singly(const group& what, std::string_view text,
                      std::vector<std::uint8_t>& hits) const;
};

void pattern_set::state::compile(std::uint32_t first, std::uint32_t count) {
    if (count < together_min) {
        groups.push_back({.first = first, .count = count, .together = nullptr});
        return;
    }
    auto together = std::make_unique<RE2::Set>(options_of(limits.set_bytes), RE2::UNANCHORED);
    bool fits = true;
    for (std::uint32_t i = first; i < first + count && fits; ++i) {
        fits = together->Add(piece(patterns[i]->pattern()), nullptr) >= 0;
    }
    // A set that did not compile crashes when it matches, so this answer must not be lost.
    if (fits && together->Compile()) {
        groups.push_back({.first = first, .count = count, .together = std::move(together)});
        return;
    }
    together.reset();
    compile(first, count / 2);
    compile(first + count / 2, count - count / 2);
}

void pattern_set::state::match_singly(const group& what, std::string_view text,
                                      std::vector<std::uint8_t>& hits) const {
    for (std::uint32_t i = what.first; i < what.first + what.count; ++i) {
        hits[i] = RE2::PartialMatch(piece(text), *patterns[i]);
    }
}

pattern_set::pattern_set() : state_(std::make_unique<state>()) {}
pattern_set::pattern_set(std::unique_ptr<state> compiled) : state_(std::move(compiled)) {}
pattern_set::~pattern_set() = default;
pattern_set::pattern_set(pattern_set&&) noexcept = default;
pattern_set& pattern_set::operator=(pattern_set&&) noexcept = default;

void pattern_set::match(std::string_view text, std::span<const std::uint32_t> wanted_sets,
                        std::vector<std::uint8_t>& hits) const {
    hits.resize(state_->patterns.size());
    // RE2 fills a vector of its own choosing; kept so that a match allocates nothing.
    static thread_local std::vector<int> found;
    for (const std::uint32_t number : wanted_sets) {
        const group& one = state_->groups[number];
        if (!one.together) {
            state_->match_singly(one, text, hits);
            continue;
        }
        found.clear();
        RE2::Set::ErrorInfo info{RE2::Set::kNoError};
        const bool any = one.together->Match(piece(text), &found, &info);
        if (!any && info.kind != RE2::Set::kNoError) {
            state_->fallbacks.fetch_add(1, std::memory_order_relaxed);
            state_->match_singly(one, text, hits);
            continue;
        }
        std::fill_n(hits.begin() + one.first, one.count, std::uint8_t{0});
        for (const int index : found) hits[one.first + static_cast<std::uint32_t>(index)] = 1;
    }
}

std::size_t pattern_set::size() const {
    return state_->patterns.size();
}

std::size_t pattern_set::sets() const {
    return state_->groups.size();
}

std::uint32_t pattern_set::set_of(std::uint32_t pattern) const {
    return state_->group_of[pattern];
}

std::uint64_t pattern_set::fallbacks() const {
    return state_->fallbacks.load(std::memory_order_relaxed);
}

pattern_set::builder::builder(const pattern_limits& limits) : state_(std::make_unique<state>()) {
    BAUDOT_ASSERT(limits.set_patterns >= 1, "a set of no patterns holds nothing");
    state_->limits = limits;
}

pattern_set::builder::~builder() = default;

std::expected<std::uint32_t, pattern_error> pattern_set::builder::add(std::string_view pattern) {
    const auto known = state_->numbers.find(std::string(pattern));
    if (known != state_->numbers.end()) return known->second;

    auto compiled = compile_pattern(pattern, options_of(state_->limits.pattern_bytes));
    if (!compiled) return std::unexpected(std::move(compiled.error()));
    const auto number = static_cast<std::uint32_t>(state_->patterns.size());
    state_->patterns.push_back(*std::move(compiled));
    state_->numbers.emplace(pattern, number);
    return number;
}

pattern_set pattern_set::builder::build() && {
    const auto total = static_cast<std::uint32_t>(state_->patterns.size());
    for (std::uint32_t first = 0; first < total;) {
        const auto most = static_cast<std::uint32_t>(state_->limits.set_patterns);
        const std::uint32_t count = std::min(most, total - first);
        state_->compile(first, count);
        first += count;
    }
    state_->numbers.clear();
    state_->group_of.resize(total);
    for (std::uint32_t number = 0; number < state_->groups.size(); ++number) {
        const group& one = state_->groups[number];
        std::fill_n(state_->group_of.begin() + one.first, one.count, number);
    }
    return pattern_set(std::move(state_));
}

}  // namespace baudot::router
