#include "config/problem.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace baudot::config {
namespace {

constexpr std::size_t shown_max = 40;  // characters of a value in a message

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Digits, a colon, and a run of the letters that tokens are made of.
bool looks_like_token(std::string_view text) {
    constexpr std::size_t secret_min = 20;
    for (std::size_t colon = text.find(':'); colon != std::string_view::npos;
         colon = text.find(':', colon + 1)) {
        if (colon == 0 || !is_digit(text[colon - 1])) continue;
        const auto is_part = [](char c) {
            return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '-';
        };
        const auto rest = text.substr(colon + 1);
        const auto end = std::find_if_not(rest.begin(), rest.end(), is_part);
        if (static_cast<std::size_t>(end - rest.begin()) >= secret_min) return true;
    }
    return false;
}

/// Insertions, deletions, changes and swaps of neighbours that make `a` from `b`.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before_last[j - 2] + 1);
            }
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string problem::text(std::string_view file) const {
    std::string line(file);
    if (at.line > 0) line += ':' + std::to_string(at.line) + ':' + std::to_string(at.column);
    line += how == severity::error ? ": error: " : ": warning: ";
    line += message;
    if (!hint.empty()) line += "; " + hint;
    return line;
}

void problem_list::add(problem one) {
    if (one.how == severity::error) ++errors_;
    if (kept_.size() < most) {
        kept_.push_back(std::move(one));
    } else {
        ++left_out_;
    }
}

std::vector<problem> problem_list::sorted() const {
    // Not stable_sort: libstdc++ 12 warns about its own buffer in C++23.
    std::multimap<position, const problem*> order;
    for (const problem& one : kept_) order.emplace(one.at, &one);
    std::vector<problem> all;
    for (const auto& [at, one] : order) all.push_back(*one);
    if (left_out_ > 0) {
        all.push_back({.how = errors_ > 0 ? severity::error : severity::warning,
                       .at = {},
                       .message = std::to_string(left_out_) + " more problems are not shown",
                       .hint = {}});
    }
    return all;
}

std::string shown(std::string_view text) {
    if (looks_like_token(text)) return "(hidden: it looks like a bot token)";
    std::string clean = "\"";
    std::size_t characters = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool begins = (byte & 0xC0) != 0x80;
        if (begins && characters++ == shown_max) return clean + "...\"";
        clean += byte < 0x20 || byte == 0x7F ? ' ' : c;
    }
    return clean + '"';
}

std::string_view nearest(std::string_view text, const std::vector<std::string>& candidates) {
    constexpr std::size_t longest = 64;  // nobody mistypes a longer key; the table stays small
    if (text.size() > longest) return {};
    std::string_view best;
    std::size_t best_distance = 1 + std::max<std::size_t>(1, text.size() / 3);
    for (const std::string& candidate : candidates) {
        if (candidate.size() > longest) continue;
        const std::size_t far = distance(text, candidate);
        if (far < best_distance) {
            best = candidate;
            best_distance = far;
        }
    }
    return best;
}

}  // namespace baudot::config
