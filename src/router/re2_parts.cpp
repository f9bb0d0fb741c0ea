#include "router/re2_parts.hpp"

#include <string>
#include <utility>

namespace baudot::router {

RE2::Options options_of(std::int64_t max_mem) {
    RE2::Options options;
    options.set_log_errors(false);  // errors are values here; RE2 would write to stderr
    options.set_max_mem(max_mem);
    return options;
}

std::expected<std::unique_ptr<RE2>, pattern_error> compile_pattern(std::string_view pattern,
                                                                   std::int64_t max_mem) {
    auto compiled = std::make_unique<RE2>(piece(pattern), options_of(max_mem));
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

}  // namespace baudot::router
