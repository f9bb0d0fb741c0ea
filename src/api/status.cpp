#include "api/status.hpp"

#include <string_view>
#include <utility>

namespace baudot::api {
namespace {

http::answer text(int code, std::string body) {
    http::response made;
    made.status = code;
    made.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    made.body = std::move(body);
    return {std::move(made)};
}

}  // namespace

boost::asio::awaitable<http::answer> status::handle(http::request asked) {
    if (asked.method != "GET" && asked.method != "HEAD") co_return text(405, "GET only\n");
    const std::string_view path = std::string_view(asked.target).substr(0, asked.target.find('?'));
    if (path == "/live") co_return text(200, "live\n");
    if (path == "/ready") {
        std::string reasons;
        for (const std::string& each : ready_()) reasons += each + "\n";
        co_return reasons.empty() ? text(200, "ready\n") : text(503, std::move(reasons));
    }
    if (path == "/metrics") {
        http::answer figures = text(200, figures_.render());
        figures.what.headers.front().second = "text/plain; version=0.0.4; charset=utf-8";
        co_return figures;
    }
    if (path == "/config") {
        http::answer what = text(200, configuration_());
        what.what.headers.front().second = "application/json";
        co_return what;
    }
    co_return text(404, "there are /live, /ready, /metrics and /config\n");
}

}  // namespace baudot::api
