#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace baudot::router {

/// Which of many literals stand in a text, in one pass whose time does not depend on how many there
/// are: a table of their first bytes says where one may begin, and a tree of the rest is walked
/// there.
///
/// Only the first 64 bytes of a literal count: what is found is sure to be there up to these.
class literal_finder {
public:
    static constexpr std::size_t shortest = 3;  // bytes of a literal

    /// The number of a literal; the same for the same text.
    std::uint32_t add(std::string_view literal);

    std::size_t size() const { return literals_; }

    /// Calls `found` with the number of each literal at each place where it stands.
    template <class Found>
    void find(std::string_view text, const Found& found) const {
        for (std::size_t at = 0; at + shortest <= text.size(); ++at) {
            const std::uint32_t begin = first_bytes(text.substr(at));
            if (may_begin(begin)) walk(begin, text.substr(at + shortest), found);
        }
    }

private:
    static constexpr std::size_t longest = 64;
    static constexpr std::uint32_t none = ~0U;

    static std::uint32_t first_bytes(std::string_view text) {
        const auto byte = [&](std::size_t place) {
            return std::uint32_t{static_cast<unsigned char>(text[place])};
        };
        return byte(0) << 16 | byte(1) << 8 | byte(2);
    }
    static std::uint32_t slot(std::uint32_t begin) { return begin * 0x9E3779B1U >> 16; }
    bool may_begin(std::uint32_t begin) const {
        const std::uint32_t at = slot(begin);
        return (begins_[at / 64] >> at % 64 & 1) != 0;
    }

    template <class Found>
    void walk(std::uint32_t begin, std::string_view rest, const Found& found) const {
        const auto root = roots_.find(begin);
        if (root == roots_.end()) return;
        std::uint32_t here = root->second;
        for (std::size_t at = 0;; ++at) {
            if (ends_[here] != none) found(ends_[here]);
            if (at == rest.size()) return;
            const auto child = children_.find(edge(here, rest[at]));
            if (child == children_.end()) return;
            here = child->second;
        }
    }
    static std::uint64_t edge(std::uint32_t from, char by) {
        return std::uint64_t{from} << 8 | static_cast<unsigned char>(by);
    }

    std::vector<std::uint64_t> begins_ = std::vector<std::uint64_t>(1024);  // a bit a hash
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> roots_;         // by first bytes
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> children_;
    std::vector<std::uint32_t> ends_;  // the literal that ends in a node
    std::uint32_t literals_ = 0;
};

}  // namespace baudot::router
