#include "rewriting/calling.hpp"

#include <utility>

namespace baudot::rewriting {
namespace asio = boost::asio;
namespace {

failure failure_of(error why) {
    // Too large, or no HTTP: it answers, and would answer the same again.
    const bool is_wrong = why.code == errc::bad_answer || why.code == errc::invalid_argument;
    return {.kind = is_wrong ? failure_kind::wrong : failure_kind::unavailable,
            .message = std::move(why.message)};
}

}  // namespace

result<std::unique_ptr<http::exchange>> connect(const asio::any_io_executor& shard,
                                                timer_service& timers, const text_api& api) {
    auto where = endpoint_of(api);
    if (!where) return std::unexpected(std::move(where.error()));
    return http::make_client(shard, timers,
                             {.base_url = std::move(where->base_url),
                              .connections_max = api.at_once,
                              .response_bytes_max = answer_bytes_max,
                              .ca_file = api.ca_file});
}

asio::awaitable<std::expected<text::marked_text, failure>> ask(http::exchange& over,
                                                               const dialogue& what,
                                                               time_point deadline) {
    auto answered = co_await over.send(what.request(), deadline);
    if (!answered) co_return std::unexpected(failure_of(std::move(answered.error())));
    co_return what.read(*answered);
}

}  // namespace baudot::rewriting
