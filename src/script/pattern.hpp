#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace baudot::script {

/// What of a text a group of a pattern has matched.
struct capture {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool is_position = false;  // "()": the place `begin`, and no text
};

/// A match from `begin` to `end`, in bytes. Without groups the whole is the only capture.
struct match {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t captures = 0;
    std::array<capture, 32> all{};
};

/// A pattern of Lua 5.1, read once. Its classes know ASCII alone, whatever the locale is.
///
/// Lua's own matcher takes as long as the pattern wants; this one counts what it does and gives up.
/// It has no destructor to run, so an error of Lua may be thrown over it. Its depth on the stack is
/// that of its items.
class pattern {
public:
    static constexpr std::size_t items_max = 128;

    /// What is wrong with `text`, or null. `may_anchor`: a ^ at its begin is an anchor.
    const char* read(std::string_view text, bool may_anchor);

    bool is_anchored() const { return is_anchored_; }
    bool has_groups() const { return captures_ > 0; }

    /// The match that begins at `at`. `work` is how many characters may be looked at; 0 behind the
    /// call: it was too little, and what is returned means nothing.
    std::optional<match> match_at(std::string_view text, std::size_t at, std::uint64_t& work) const;

private:
    using set = std::bitset<256>;

    struct item {
        enum class kind : std::uint8_t {
            one,       // of the set
            greedy,    // as many of the set as can be
            fewest,    // as few
            maybe,     // one or none
            open,      // group `number` begins
            close,     // it ends
            position,  // group `number` is this place
            again,     // what group `number` has matched
            balanced,  // from `first` to the `second` that closes it
            frontier,  // between what is not of the set and what is
            end,       // of the text
        };
        kind is = kind::one;
        std::uint8_t number = 0;
        char first = 0;
        char second = 0;
        set of;
    };

    class reader;
    class run;

    std::array<item, items_max> items_;
    std::size_t count_ = 0;
    std::size_t captures_ = 0;
    bool is_anchored_ = false;
};

}  // namespace baudot::script
