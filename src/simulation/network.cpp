#include "simulation/network.hpp"

#include <boost/asio/error.hpp>

#include <functional>
#include <utility>

namespace baudot::simulation {
namespace asio = boost::asio;

struct network::link {
    link(const asio::any_io_executor& shard, timer_service& timers)
        : up(shard, timers), down(shard, timers) {}

    void reset() {
        up.reset();
        down.reset();
    }

    pipe up;    // to the server
    pipe down;  // to the client
};

namespace {

constexpr std::size_t truncated_bytes_max = 400;
constexpr std::size_t drip_bytes_max = 64;
constexpr std::int64_t drip_ms_max = 300;

asio::awaitable<http::transferred> written(pipe& to, std::string_view bytes) {
    if (to.write(bytes)) co_return http::transferred{{}, bytes.size()};
    co_return http::transferred{asio::error::broken_pipe, 0};
}

}  // namespace

class network::client_end final : public http::transport {
public:
    explicit client_end(std::shared_ptr<link> on) : on_(std::move(on)) {}
    ~client_end() override { close(); }

    asio::awaitable<http::transferred> read_some(std::span<char> room) override {
        return on_->down.read_some(room);
    }
    asio::awaitable<http::transferred> write_some(std::string_view bytes) override {
        return written(on_->up, bytes);
    }
    bool knows_what_was_written() const override { return true; }
    void cancel() override { on_->down.cancel(); }
    void finish() override { on_->up.finish(); }
    void close() override {
        on_->up.finish();
        on_->down.close();
    }
    bool is_silent() override { return on_->down.is_silent(); }
    void watch(std::function<void()> call) override { on_->down.watch(std::move(call)); }

private:
    std::shared_ptr<link> on_;
};

// Knows where an answer begins: with the first bytes after some of a request.
class network::server_end final : public http::transport {
public:
    server_end(std::shared_ptr<link> on, network& in) : on_(std::move(on)), in_(in) {}
    ~server_end() override { close(); }

    asio::awaitable<http::transferred> read_some(std::span<char> room) override {
        begins_ = true;
        return on_->up.read_some(room);
    }
    asio::awaitable<http::transferred> write_some(std::string_view bytes) override {
        if (std::exchange(begins_, false)) in_.spoil(*on_);
        return written(on_->down, bytes);
    }
    bool knows_what_was_written() const override { return true; }
    void cancel() override { on_->up.cancel(); }
    void finish() override { on_->down.finish(); }
    void close() override {
        on_->down.finish();
        on_->up.close();
    }
    bool is_silent() override { return on_->up.is_silent(); }
    void watch(std::function<void()> call) override { on_->up.watch(std::move(call)); }

private:
    std::shared_ptr<link> on_;
    network& in_;
    bool begins_ = false;
};

class network::memory_connector final : public http::connector {
public:
    explicit memory_connector(network& in) : in_(in) {}

    asio::awaitable<result<std::unique_ptr<http::transport>>> open() override {
        co_return in_.connect();
    }

private:
    network& in_;
};

network::network(const asio::any_io_executor& shard, timer_service& timers, http::handler handle,
                 std::uint64_t seed)
    : shard_(shard),
      timers_(timers),
      server_(shard, timers, {}, std::move(handle)),
      random_(seed),
      sessions_(shard) {}

network::~network() = default;

std::unique_ptr<http::connector> network::make_connector() {
    return std::make_unique<memory_connector>(*this);
}

result<std::unique_ptr<http::transport>> network::connect() {
    if (timers_.now() < refused_until_) {
        return fail(errc::connection_failed, "cannot connect: connection refused");
    }
    std::erase_if(links_, [](const std::weak_ptr<link>& each) { return each.expired(); });
    const auto made = std::make_shared<link>(shard_, timers_);
    links_.push_back(made);
    sessions_.spawn("session", serve(made));
    return std::make_unique<client_end>(made);
}

asio::awaitable<void> network::serve(std::shared_ptr<link> on) {
    http::session connection(server_, std::make_unique<server_end>(std::move(on), *this));
    co_await connection.run();
}

void network::stall_until(time_point when) {
    for (const auto& each : links_) {
        if (const auto live = each.lock()) {
            live->up.hold_until(when);
            live->down.hold_until(when);
        }
    }
}

void network::cut() {
    for (const auto& each : links_) {
        if (const auto live = each.lock()) live->reset();
    }
}

void network::sever() {
    refused_until_ = time_point::max();
    cut();
    sessions_.request_stop();
}

void network::spoil(link& which) {
    if (!spoilage_) return;
    switch (*std::exchange(spoilage_, std::nullopt)) {
        case spoilage::truncated:
            which.down.cut_after(1 + random_.below(truncated_bytes_max));
            break;
        case spoilage::garbage: which.down.garble(random_.next()); break;
        case spoilage::dripping:
            which.down.drip(1 + random_.below(drip_bytes_max),
                            std::chrono::milliseconds(random_.between(1, drip_ms_max)));
            break;
    }
}

}  // namespace baudot::simulation
