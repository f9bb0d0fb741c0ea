#include "router/literal_finder.hpp"

#include "base/assert.hpp"

namespace baudot::router {

std::uint32_t literal_finder::add(std::string_view literal) {
    BAUDOT_ASSERT(literal.size() >= shortest, "what is shorter is everywhere");
    literal = literal.substr(0, longest);
    const std::uint32_t begin = first_bytes(literal);
    begins_[slot(begin) / 64] |= std::uint64_t{1} << slot(begin) % 64;
    const auto next = [&] { return static_cast<std::uint32_t>(ends_.size()); };
    const auto [root, is_new] = roots_.try_emplace(begin, next());
    if (is_new) ends_.push_back(none);
    std::uint32_t here = root->second;
    for (const char each : literal.substr(shortest)) {
        const auto [child, is_new_child] = children_.try_emplace(edge(here, each), next());
        if (is_new_child) ends_.push_back(none);
        here = child->second;
    }
    if (ends_[here] == none) ends_[here] = literals_++;
    return ends_[here];
}

}  // namespace baudot::router
