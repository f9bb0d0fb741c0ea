#include "http/connection.hpp"

#include <utility>

namespace baudot::http {
namespace asio = boost::asio;
namespace {

// A watch costs a system call, and a busy connection would be watched anew for each request.
constexpr duration unwatched_max = std::chrono::milliseconds(100);

}  // namespace

connection::connection(const asio::any_io_executor& shard, timer_service& timers,
                       std::unique_ptr<transport> stream)
    : timers_(timers),
      stream_(std::move(stream)),
      alarm_(timers.make_alarm(shard, [this] { on_alarm(); })) {}

void connection::begin(time_point deadline) {
    deadline_ = deadline;
    if (alarm_at_ <= deadline) return;
    alarm_at_ = deadline;
    alarm_->set(deadline);
}

void connection::on_alarm() {
    alarm_at_ = time_point::max();
    if (deadline_ == time_point::max()) return;
    if (timers_.now() < deadline_) {  // that of a later request
        begin(deadline_);
        return;
    }
    late_ = true;
    stream_->cancel();
}

idle_connections::idle_connections(const asio::any_io_executor& shard, timer_service& timers)
    : timers_(timers), alarm_(timers.make_alarm(shard, [this] { watch_the_patient(); })) {}

void idle_connections::put(std::unique_ptr<connection> given) {
    waiting_.push_back({.held = std::move(given), .since = timers_.now(), .serial = ++serial_});
    if (alarm_is_set_) return;
    alarm_is_set_ = true;
    alarm_->set(waiting_.back().since + unwatched_max);
}

std::unique_ptr<connection> idle_connections::take(duration idle_max) {
    const time_point now = timers_.now();
    while (!waiting_.empty() && now - waiting_.front().since > idle_max) waiting_.pop_front();
    while (!waiting_.empty()) {
        idler taken = std::move(waiting_.back());
        waiting_.pop_back();
        transport& stream = taken.held->stream();
        if (taken.is_watched) stream.cancel();
        // A byte or an end that is already here must be seen before the first byte of the
        // request is written; a watch would report it in a later turn of the loop.
        if (stream.is_silent()) return std::move(taken.held);
    }
    return nullptr;
}

void idle_connections::watch_the_patient() {
    alarm_is_set_ = false;
    const time_point now = timers_.now();
    for (idler& each : waiting_) {
        if (now - each.since < unwatched_max) {
            alarm_is_set_ = true;
            alarm_->set(each.since + unwatched_max);
            return;
        }
        if (!each.is_watched) watch(each);
    }
}

// A server that closes makes the socket readable, and so does one that speaks unasked.
void idle_connections::watch(idler& which) {
    which.is_watched = true;
    which.held->stream().watch([weak = weak_from_this(), serial = which.serial] {
        if (const auto self = weak.lock()) self->drop(serial);
    });
}

void idle_connections::drop(std::uint64_t serial) {
    waiting_.remove_if([&](const idler& each) { return each.serial == serial; });
}

}  // namespace baudot::http
