#pragma once

#include <string>

#include "base/error.hpp"
#include "model/rewrite.hpp"

namespace baudot::rewriting {

/// Where the calls of an API go.
struct endpoint {
    std::string base_url;  // for http::client_options
    std::string target;    // path and query
};

/// From the url of the API, with what its kind adds to the path unless it ends so already. DeepL
/// has two hosts, and the key says which: those of free accounts end in ":fx"
/// (developers.deepl.com, "Authentication").
///
/// errc::invalid_argument: no http or https, no host, a user or a fragment in it, characters that
/// an URL has not.
result<endpoint> endpoint_of(const text_api& api);

}  // namespace baudot::rewriting
