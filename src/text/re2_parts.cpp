#include "text/re2_parts.hpp"

#include <string>
#include <utility>

namespace baudot::text {

RE2::Options options_of(std::int64_t max_mem) {
    RE2::Options options;
    options.set_log_errors(false);  // RE2 would write to stderr
    options.set_max_mem(max_mem);
    return options;
}

std::expected<std::unique_ptr<RE2>, pattern_error> compile_pattern(std::string_view pattern,
                                                                   const RE2::Options& options) {
    auto compiled = std::make_unique<RE2>(piece(pattern), options);
    if (compiled->ok()) return compiled;
    pattern_error wrong{.reason = compiled->error(), .offset = std::nullopt};
    // RE2 gives the offending part, not its place; it stops at the first.
    const std::string& part = compiled->error_arg();
    if (!part.empty()) {
        const std::size_t place = pattern.find(part);
        if (place != std::string_view::npos) wrong.offset = place;
    }
    return std::unexpected(std::move(wrong));
}

}  // namespace baudot::text
