#include "rewriting/endpoint.hpp"

#include <algorithm>
#include <string_view>

#include "http/base_url.hpp"

namespace baudot::rewriting {
namespace {

std::string_view path_of(api_kind kind) {
    switch (kind) {
        case api_kind::libretranslate: return "/translate";
        case api_kind::deepl: return "/v2/translate";
        case api_kind::openai: return "/chat/completions";
        case api_kind::webhook: return "";
    }
    return "";
}

std::string url_of(const text_api& api) {
    if (!api.url.empty() || api.kind != api_kind::deepl) return api.url;
    return api.key.ends_with(":fx") ? "https://api-free.deepl.com" : "https://api.deepl.com";
}

bool is_of_urls(char byte) {
    return byte > ' ' && byte < '\x7F' && byte != '"' && byte != '<';
}

}  // namespace

result<endpoint> endpoint_of(const text_api& api) {
    const std::string url = url_of(api);
    if (!std::ranges::all_of(url, is_of_urls)) {
        return fail(errc::invalid_argument, "a URL has no spaces, and of others only %XX");
    }
    if (url.contains('#')) return fail(errc::invalid_argument, "a fragment (#...) is never sent");
    const auto scheme = url.find("://");
    const std::size_t host = scheme == url.npos ? 0 : scheme + 3;
    const std::size_t path = std::min(url.find_first_of("/?", host), url.size());
    if (url.find('@', host) < path) {
        return fail(errc::invalid_argument, "no user and password in the URL: there is the key");
    }
    endpoint made{.base_url = url.substr(0, path), .target = {}};
    const auto parsed = http::parse_base_url(made.base_url);
    if (!parsed) return std::unexpected(parsed.error());
    const std::size_t query = std::min(url.find('?', path), url.size());
    std::string_view own = std::string_view(url).substr(path, query - path);
    const std::string_view added = path_of(api.kind);
    if (!added.empty()) {
        while (own.ends_with('/')) own.remove_suffix(1);
        if (own.ends_with(added)) own.remove_suffix(added.size());
    }
    made.target = std::string(own) + std::string(added);
    if (made.target.empty()) made.target = "/";
    made.target += url.substr(query);
    return made;
}

}  // namespace baudot::rewriting
