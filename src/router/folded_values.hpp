#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// Private to the module: shows RE2.

namespace baudot::router {

/// A list of values, one of which a text may be in any case, in the sense of RE2's "(?i)". A
/// lookup, however long the list is; values of scripts that fold() does not know are tried
/// together by RE2.
///
/// Immutable; of use to any threads at once.
class folded_values {
public:
    explicit folded_values(const std::vector<std::string>& values);

    /// Why RE2 refuses those that it has to try; empty: it does not.
    std::string error() const;

    bool contain(std::string_view text) const;

private:
    boost::unordered_flat_set<std::string> folded_;
    std::unique_ptr<RE2> others_;  // absent: there are none
};

}  // namespace baudot::router
