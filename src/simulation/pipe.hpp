#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "async/timer_service.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "http/byte_queue.hpp"
#include "http/transport.hpp"

namespace baudot::simulation {

/// One direction of a connection in memory: bytes arrive at once, in order and whole, unless it was
/// told otherwise. One writer, one reader, one shard.
class pipe {
public:
    pipe(const boost::asio::any_io_executor& shard, timer_service& timers);

    // The writer's end.
    bool write(std::string_view bytes);  // false: nobody reads any more
    void finish();                       // the reader sees the end behind what was written

    // The reader's end; as in http::transport.
    boost::asio::awaitable<http::transferred> read_some(std::span<char> room);
    bool is_silent() const;
    void watch(std::function<void()> call);
    void cancel();
    void close();  // what is written from now on goes nowhere

    // What a network does to it.
    void hold_until(time_point when);              // nothing arrives before
    void drip(std::size_t bytes, duration every);  // so slowly, from now on
    void cut_after(std::size_t bytes);             // of what is written from now on; then reset
    void garble(std::uint64_t seed) { noise_.emplace(seed); }  // other bytes arrive, as many
    void reset();  // at once; what was under way is lost

private:
    bool has_arrived() const;
    void wake();
    void on_time();

    boost::asio::any_io_executor shard_;
    timer_service& timers_;
    http::byte_queue bytes_;
    boost::asio::steady_timer arrived_;  // cancelled when the reader must look again
    std::unique_ptr<alarm> later_;
    std::function<void()> watcher_;
    std::uint64_t cancels_ = 0;
    time_point next_{};  // nothing arrives before
    std::size_t drip_bytes_ = 0;
    duration drip_every_{};
    std::optional<std::size_t> left_;  // until it is cut
    std::optional<random_source> noise_;
    bool ended_ = false;
    bool broken_ = false;
    bool closed_ = false;
};

}  // namespace baudot::simulation
