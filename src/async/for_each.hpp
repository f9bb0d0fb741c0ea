#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstddef>

#include "async/task_group.hpp"

namespace baudot {

/// Calls `work(index)` for 0 .. count - 1, at most `at_once` of them under way together, begun in
/// this order. The first that throws stops the others; cancelling stops all of them. Returns when
/// none is running any more. `work`: a callable that returns awaitable<void>; it outlives the call.
template <class Work>
boost::asio::awaitable<void> for_each_index(std::size_t count, std::size_t at_once, Work& work) {
    std::size_t begun = 0;
    // Everything that a worker uses is a parameter: a lambda's captures would go with the lambda.
    constexpr auto worker = [](std::size_t& next, std::size_t end,
                               Work& each) -> boost::asio::awaitable<void> {
        while (next < end) co_await each(next++);
    };
    task_group workers(co_await boost::asio::this_coro::executor);
    for (std::size_t made = 0; made < std::min(count, at_once); ++made) {
        workers.spawn("worker", worker(begun, count, work));
    }
    co_await workers.join();
}

}  // namespace baudot
