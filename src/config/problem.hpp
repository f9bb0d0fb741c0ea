#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace baudot::config {

/// Counted from 1, columns in characters; line 0: the file as a whole.
struct position {
    int line = 0;
    int column = 0;
    friend auto operator<=>(const position&, const position&) = default;
};

enum class severity : unsigned char { error, warning };

/// Something a person must mend (error) or should look at (warning).
struct problem {
    severity how = severity::error;
    position at;
    std::string message;  // what is wrong, without a secret
    std::string hint;     // what would be right; may be empty

    /// "FILE:LINE:COLUMN: error: MESSAGE; HINT", as compilers and editors know it.
    std::string text(std::string_view file) const;
};

/// Every problem of a file, not only the first, but no more than a person reads.
class problem_list {
public:
    static constexpr std::size_t most = 50;

    void add(problem one);
    bool has_errors() const { return errors_ > 0; }
    std::size_t errors() const { return errors_; }  // those left out as well

    /// In the order of the file; when some were left out, the last one says how many.
    std::vector<problem> sorted() const;

private:
    std::vector<problem> kept_;
    std::size_t errors_ = 0;
    std::size_t left_out_ = 0;
};

/// `text` as it may be shown in a message: quoted, cut, without control characters, and hidden
/// when it looks like a bot token that was put in the wrong place.
std::string shown(std::string_view text);

/// The candidate that `text` is most likely a slip of; empty when none is close.
std::string_view nearest(std::string_view text, const std::vector<std::string>& candidates);

}  // namespace baudot::config
