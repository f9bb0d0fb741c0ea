#include "router/required_literals.hpp"

#include <re2/filtered_re2.h>

#include <algorithm>

#include "router/folded_text.hpp"
#include "router/re2_parts.hpp"

namespace baudot::router {
namespace {

constexpr int shortest = 3;       // bytes; shorter ones are in every text
constexpr std::size_t most = 32;  // of one pattern; more are hardly rare
constexpr std::ptrdiff_t most_bars = 256;

bool may_match(const re2::FilteredRE2& filter, const std::vector<int>& found) {
    std::vector<int> potentials;
    filter.AllPotentials(found, &potentials);
    return !potentials.empty();
}

}  // namespace

required required_literals(std::string_view pattern, const RE2::Options& options) {
    // With far more parts than literals that are of use: RE2 compares each with each.
    if (std::ranges::count(pattern, '|') > most_bars) return {};
    re2::FilteredRE2 filter(shortest);
    int id = 0;
    if (filter.Add(piece(pattern), options, &id) != RE2::NoError) return {};
    std::vector<std::string> atoms;
    filter.Compile(&atoms);
    if (atoms.empty() || atoms.size() > most || may_match(filter, {})) return {};

    // Those without which there is no match; where there are none, all, of which one is there:
    // what RE2 asks for is made of "and" and "or" alone.
    required found;
    for (std::size_t each = 0; each < atoms.size(); ++each) {
        std::vector<int> others;
        for (std::size_t other = 0; other < atoms.size(); ++other) {
            if (other != each) others.push_back(static_cast<int>(other));
        }
        if (!is_foldable(atoms[each]) || may_match(filter, others)) continue;
        found.literals.push_back(atoms[each]);
    }
    if (found.literals.empty() && std::ranges::all_of(atoms, is_foldable)) {
        found = {.literals = std::move(atoms), .all = false};
    }
    for (std::string& each : found.literals) {
        const std::string lowered = std::move(each);
        fold(lowered, each);
    }
    return found;
}

}  // namespace baudot::router
