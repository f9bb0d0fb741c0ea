// Lines of patterns, an empty line, and a text: compiling never crashes whatever the patterns,
// and the sets find exactly what each pattern finds by itself.
#include <re2/re2.h>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "router/pattern_set.hpp"

using namespace baudot::router;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1 || size > 4096) return 0;
    // The first byte chooses memory and size of the sets, so that splits and fallbacks happen.
    const pattern_limits limits{.set_bytes = 2'000 + std::int64_t{data[0] & 0x1F} * 5'000,
                                .pattern_bytes = 1 << 18,
                                .set_patterns = 1 + std::size_t{data[0]} / 32};
    std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    pattern_set::builder builder(limits);
    std::vector<std::string> accepted;
    while (!rest.empty() && rest[0] != '\n') {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        const auto number = builder.add(line);
        if (number) {
            BAUDOT_ASSERT(*number <= accepted.size(), "numbers have no gaps");
            if (*number == accepted.size()) accepted.emplace_back(line);
        } else {
            BAUDOT_ASSERT(!number.error().reason.empty(), "it says why");
            BAUDOT_ASSERT(number.error().offset.value_or(0) <= line.size(), "inside the pattern");
        }
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
    const pattern_set set = std::move(builder).build();
    std::vector<std::uint32_t> all(set.sets());
    std::iota(all.begin(), all.end(), 0u);
    std::vector<std::uint8_t> hits;
    set.match(rest, all, hits);
    BAUDOT_ASSERT(hits.size() == accepted.size(), "one answer a pattern");
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 18);
    for (std::size_t i = 0; i < accepted.size(); ++i) {
        const bool alone = RE2::PartialMatch(re2::StringPiece(rest.data(), rest.size()),
                                             RE2(accepted[i], options));
        BAUDOT_ASSERT(alone == (hits[i] != 0), "a set and a pattern disagree");
    }
    return 0;
}
