#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <list>
#include <memory>

#include "async/timer_service.hpp"
#include "base/time.hpp"
#include "http/byte_queue.hpp"
#include "http/transport.hpp"

namespace baudot::http {

/// A connection of the client and the deadline of the request on it. On one shard only.
///
/// The alarm is set for the first request and afterwards only when it rings: a request that is
/// answered in time, which is nearly every one, costs no timer.
class connection {
public:
    connection(const boost::asio::any_io_executor& shard, timer_service& timers,
               std::unique_ptr<transport> stream);

    /// A request begins. At `deadline` what waits on the stream is cancelled, and is_late().
    void begin(time_point deadline);

    /// It was answered.
    void end() { deadline_ = time_point::max(); }

    /// To be asked before each wait on the stream, and after one that was cancelled.
    bool is_late() const { return late_; }

    transport& stream() { return *stream_; }
    byte_queue& input() { return input_; }

private:
    void on_alarm();

    timer_service& timers_;
    std::unique_ptr<transport> stream_;
    byte_queue input_;
    time_point deadline_ = time_point::max();  // max: no request
    time_point alarm_at_ = time_point::max();  // max: not set
    bool late_ = false;
    std::unique_ptr<alarm> alarm_;
};

/// The connections that wait for a request. One that the server ends, or on which it speaks
/// unasked, is closed; under load, where none waits for long, no connection is watched.
/// Always in a shared_ptr: the watches hold a weak one.
class idle_connections : public std::enable_shared_from_this<idle_connections> {
public:
    idle_connections(const boost::asio::any_io_executor& shard, timer_service& timers);

    void put(std::unique_ptr<connection> given);

    /// The one that was used last, if there is one that is surely open and silent, and that did
    /// not idle longer than `idle_max`.
    std::unique_ptr<connection> take(duration idle_max);

private:
    struct idler {
        std::unique_ptr<connection> held;
        time_point since{};
        std::uint64_t serial = 0;
        bool is_watched = false;
    };

    void watch(idler& which);
    void watch_the_patient();
    void drop(std::uint64_t serial);

    timer_service& timers_;
    std::list<idler> waiting_;  // in the order of put()
    std::uint64_t serial_ = 0;
    bool alarm_is_set_ = false;
    std::unique_ptr<alarm> alarm_;
};

}  // namespace baudot::http
