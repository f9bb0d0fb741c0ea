#include "router/pattern_index.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_map>
#include <utility>

#include "router/folded_text.hpp"
#include "router/literal_finder.hpp"
#include "router/re2_parts.hpp"
#include "router/required_literals.hpp"

namespace baudot::router {
namespace {

// Of a pattern with literals, in one text: how many of these are still missing, or what is known.
constexpr std::uint8_t to_be_tried = 0;
constexpr std::uint8_t found_yes = 0xFE;
constexpr std::uint8_t found_not = 0xFF;

struct pattern_list {
    std::vector<std::uint32_t> in_sets;      // all of them, until they are told apart
    std::vector<std::uint32_t> of_literals;  // ascending
};

}  // namespace

struct pattern_index::state {
    pattern_limits limits;
    std::vector<std::unique_ptr<RE2>> patterns;
    std::vector<required> literals_of;                       // by pattern; emptied by build()
    std::unordered_map<std::string, std::uint32_t> numbers;  // emptied by build()

    std::vector<std::optional<std::uint32_t>> in_set;  // by pattern; none: by its literals
    pattern_set set;
    literal_finder literals;
    std::vector<std::vector<std::uint32_t>> needed_by;  // patterns, by literal
    std::vector<pattern_list> lists;
    std::vector<std::uint8_t> missing;  // literals, by pattern; then 0 for each literal

    void look_for_literals(scanned& in) const;
    template <class Accept>
    bool finds_one(const pattern_list& of, scanned& in, const Accept& is_found) const;
};

pattern_index::pattern_index() : state_(std::make_unique<state>()) {}
pattern_index::~pattern_index() = default;
pattern_index::pattern_index(pattern_index&&) noexcept = default;
pattern_index& pattern_index::operator=(pattern_index&&) noexcept = default;

void pattern_index::scan(std::string_view text, std::span<const std::uint32_t> wanted_sets,
                         scanned& to) const {
    to.text = text;
    state_->set.match(text, wanted_sets, to.in_sets);
    to.of_literals.clear();
    to.to_be_tried.clear();
}

// Not before somebody asks: most posts are of sources without such patterns, or are judged by less.
void pattern_index::state::look_for_literals(scanned& in) const {
    if (!in.of_literals.empty()) return;
    in.of_literals.assign(missing.begin(), missing.end());
    static thread_local std::string folded;
    fold(in.text, folded);
    literals.find(folded, [&](std::uint32_t literal) {
        std::uint8_t& is_known = in.of_literals[patterns.size() + literal];
        if (std::exchange(is_known, 1) != 0) return;
        for (const std::uint32_t pattern : needed_by[literal]) {
            std::uint8_t& still_missing = in.of_literals[pattern];
            if (still_missing == to_be_tried) continue;
            if (--still_missing == to_be_tried) in.to_be_tried.push_back(pattern);
        }
    });
}

bool pattern_index::finds(std::uint32_t pattern, scanned& in) const {
    const auto& in_set = state_->in_set[pattern];
    if (in_set) return in.in_sets[*in_set] != 0;
    state_->look_for_literals(in);
    std::uint8_t& known = in.of_literals[pattern];
    if (known == to_be_tried) {
        const bool is_found = RE2::PartialMatch(piece(in.text), *state_->patterns[pattern]);
        known = is_found ? found_yes : found_not;
    }
    return known == found_yes;
}

template <class Accept>
bool pattern_index::state::finds_one(const pattern_list& of, scanned& in,
                                     const Accept& is_found) const {
    if (std::ranges::any_of(of.in_sets, is_found)) return true;
    if (of.of_literals.empty()) return false;
    look_for_literals(in);
    if (of.of_literals.size() <= in.to_be_tried.size()) {
        return std::ranges::any_of(of.of_literals, is_found);
    }
    return std::ranges::any_of(in.to_be_tried, [&](std::uint32_t each) {
        return std::ranges::binary_search(of.of_literals, each) && is_found(each);
    });
}

bool pattern_index::finds_one(std::uint32_t list, scanned& in) const {
    return state_->finds_one(state_->lists[list], in,
                             [&](std::uint32_t each) { return finds(each, in); });
}

bool pattern_index::finds_one(std::uint32_t list, scanned& in,
                              const std::function<bool(std::uint32_t)>& accept) const {
    return state_->finds_one(state_->lists[list], in,
                             [&](std::uint32_t each) { return finds(each, in) && accept(each); });
}

std::optional<pattern_index::found> pattern_index::find(std::uint32_t pattern,
                                                        std::string_view text, std::size_t from,
                                                        int group) const {
    static thread_local std::vector<re2::StringPiece> parts;
    parts.resize(static_cast<std::size_t>(group) + 1);
    const RE2& by = *state_->patterns[pattern];
    if (!by.Match(piece(text), from, text.size(), RE2::UNANCHORED, parts.data(), group + 1)) {
        return std::nullopt;
    }
    const re2::StringPiece& of_group = parts.back();
    return found{.whole = {parts[0].data(), parts[0].size()},
                 .group = {of_group.data(), of_group.size()}};
}

std::size_t pattern_index::size() const {
    return state_->patterns.size();
}

std::optional<std::uint32_t> pattern_index::set_of(std::uint32_t pattern) const {
    const auto& in_set = state_->in_set[pattern];
    if (!in_set) return std::nullopt;
    return state_->set.set_of(*in_set);
}

const pattern_set& pattern_index::sets() const {
    return state_->set;
}

std::size_t pattern_index::literals() const {
    return state_->literals.size();
}

pattern_index::builder::builder(const pattern_limits& limits) : state_(std::make_unique<state>()) {
    state_->limits = limits;
}

pattern_index::builder::~builder() = default;

std::expected<std::uint32_t, pattern_error> pattern_index::builder::add(std::string_view pattern) {
    const auto known = state_->numbers.find(std::string(pattern));
    if (known != state_->numbers.end()) return known->second;
    auto compiled = compile_pattern(pattern, options_of(state_->limits.pattern_bytes));
    if (!compiled) return std::unexpected(std::move(compiled.error()));
    const auto number = static_cast<std::uint32_t>(state_->patterns.size());
    state_->patterns.push_back(*std::move(compiled));
    state_->literals_of.push_back(
        required_literals(pattern, options_of(state_->limits.pattern_bytes)));
    state_->numbers.emplace(pattern, number);
    return number;
}

int pattern_index::builder::groups_of(std::uint32_t pattern) const {
    return state_->patterns[pattern]->NumberOfCapturingGroups();
}

std::uint32_t pattern_index::builder::add_list(std::vector<std::uint32_t> patterns) {
    state_->lists.push_back({.in_sets = std::move(patterns), .of_literals = {}});
    return static_cast<std::uint32_t>(state_->lists.size() - 1);
}

pattern_index pattern_index::builder::build() && {
    const auto with_literals = std::ranges::count_if(
        state_->literals_of, [](const required& each) { return !each.literals.empty(); });
    const bool uses_literals =
        static_cast<std::size_t>(with_literals) >= state_->limits.literals_from;
    pattern_set::builder set(state_->limits);
    for (std::uint32_t number = 0; number < state_->patterns.size(); ++number) {
        const required& asked = state_->literals_of[number];
        auto& in_set = state_->in_set.emplace_back();
        std::uint8_t& missing = state_->missing.emplace_back();
        if (!uses_literals || asked.literals.empty()) {
            in_set = *set.add(state_->patterns[number]->pattern());
            continue;
        }
        for (const std::string& each : asked.literals) {
            const std::uint32_t literal = state_->literals.add(each);
            state_->needed_by.resize(state_->literals.size());
            auto& needed_by = state_->needed_by[literal];
            if (!needed_by.empty() && needed_by.back() == number) continue;  // equal when folded
            needed_by.push_back(number);
            missing = asked.all ? static_cast<std::uint8_t>(missing + 1) : std::uint8_t{1};
        }
    }
    state_->missing.resize(state_->patterns.size() + state_->literals.size());
    for (pattern_list& each : state_->lists) {
        std::ranges::sort(each.in_sets);
        const auto has_literals = [&](std::uint32_t one) { return !state_->in_set[one]; };
        std::ranges::copy_if(each.in_sets, std::back_inserter(each.of_literals), has_literals);
        std::erase_if(each.in_sets, has_literals);
    }
    state_->set = std::move(set).build();
    state_->literals_of.clear();
    state_->numbers.clear();
    pattern_index made;
    made.state_ = std::move(state_);
    return made;
}

}  // namespace baudot::router
