#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace baudot::http {

/// Header fields in order. Names compare without case.
using fields = std::vector<std::pair<std::string, std::string>>;

struct request {
    std::string method = "GET";
    std::string target = "/";  // origin form: path and query
    fields headers{};          // Host, Content-Length and Connection are added when sent
    std::string body{};
};

struct response {
    int status = 200;
    fields headers{};  // Content-Length and Connection are added when sent
    std::string body{};
};

/// The value of the first field called `name`, or empty.
std::string_view find(const fields& headers, std::string_view name) noexcept;

/// "Not Found" of 404.
std::string_view reason(int status) noexcept;

}  // namespace baudot::http
