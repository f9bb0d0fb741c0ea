#include "router/folded_values.hpp"

#include <cstdint>

#include "router/folded_text.hpp"
#include "router/re2_parts.hpp"

namespace baudot::router {
namespace {

// Folded to "i" with those that RE2 lowers so, but equal to none of ours.
constexpr std::string_view dotted_capital_i = "\u0130";

}  // namespace

folded_values::folded_values(const std::vector<std::string>& values) {
    std::string others;
    std::string folded;
    for (const std::string& each : values) {
        if (is_foldable(each)) {
            fold(each, folded);
            folded_.insert(folded);
        } else {
            others += others.empty() ? "(?i)(?:" : "|";
            others += RE2::QuoteMeta(each);
        }
    }
    if (others.empty()) return;
    others += ')';
    others_ = std::make_unique<RE2>(others, options_of(std::int64_t{64} << 20));
}

std::string folded_values::error() const {
    return others_ ? others_->error() : std::string();
}

bool folded_values::contain(std::string_view text) const {
    if (others_ && RE2::FullMatch(piece(text), *others_)) return true;
    if (folded_.empty() || text.find(dotted_capital_i) != text.npos) return false;
    static thread_local std::string folded;
    fold(text, folded);
    return folded_.contains(folded);
}

}  // namespace baudot::router
