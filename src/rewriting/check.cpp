#include <fmt/format.h>

#include <algorithm>

#include "observe/secrets.hpp"
#include "rewriting/endpoint.hpp"
#include "rewriting/question.hpp"

namespace baudot::rewriting {
namespace {

constexpr std::uint32_t at_once_max = 64;
constexpr std::chrono::milliseconds timeout_max = std::chrono::minutes(10);

bool is_of_keys(char byte) {
    return byte > ' ' && byte < '\x7F';
}

std::string problem_of(const text_api& api) {
    const auto where = endpoint_of(api);
    if (!where) return "its url: " + where.error().message;
    if (!std::ranges::all_of(api.key, is_of_keys)) return "its key holds a space or worse";
    if (!api.key.empty() && api.key.size() < observe::secret_bytes_min) {
        return fmt::format("its key is shorter than {} bytes, too short to be hidden in the log",
                           observe::secret_bytes_min);
    }
    if (api.kind == api_kind::deepl && api.key.empty()) return "DeepL needs a key";
    if (api.kind == api_kind::openai && api.model.empty()) return "it needs the name of a model";
    if (api.at_once == 0 || api.at_once > at_once_max) {
        return fmt::format("at_once is 1 to {}", at_once_max);
    }
    if (api.timeout <= std::chrono::milliseconds(0) || api.timeout > timeout_max) {
        return "its timeout is above 0 and at most 10 minutes";
    }
    return {};
}

}  // namespace

result<void> check(const text_api& api) {
    if (api.name.empty()) return fail(errc::invalid_argument, "an API needs a name");
    const std::string problem = problem_of(api);
    if (problem.empty()) return {};
    return fail(errc::invalid_argument, fmt::format("API {}: {}", api.name, problem));
}

result<void> check(const text_api& api, const rewrite_request& what) {
    const bool translates = api.kind == api_kind::libretranslate || api.kind == api_kind::deepl;
    if (translates && what.to.empty()) {
        return fail(errc::invalid_argument,
                    fmt::format("API {} needs to know into which language", api.name));
    }
    if (translates && !what.prompt.empty()) {
        return fail(errc::invalid_argument,
                    fmt::format("API {} translates and takes no prompt", api.name));
    }
    if (api.kind == api_kind::openai && what.to.empty() && what.prompt.empty()) {
        return fail(errc::invalid_argument,
                    fmt::format("API {} needs a prompt, or a language", api.name));
    }
    return {};
}

}  // namespace baudot::rewriting
