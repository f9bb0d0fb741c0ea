#include "rewriting/desk.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "observe/secrets.hpp"
#include "rewriting/api_line.hpp"
#include "rewriting/calling.hpp"

namespace baudot::rewriting {
namespace asio = boost::asio;
namespace {

class lines final : public desk {
public:
    lines(const asio::any_io_executor& shard, timer_service& timers)
        : timers_(timers), ring_(timers.make_alarm(shard, [this] {
              if (news_) news_();
          })) {}

    void add(line_parts parts) {
        parts.news = [this] { ring_->set(timers_.now()); };
        const std::string name = parts.api.name;
        lines_.emplace(name, std::make_unique<api_line>(std::move(parts)));
    }
    bool has(const std::string& name) const { return lines_.contains(name); }

    reply find(const question& asked) override {
        const auto line = lines_.find(asked.what.api);
        if (line != lines_.end()) return line->second->find(asked);
        return {.is = reply::state::failed,
                .reason = fmt::format("there is no API {}", asked.what.api)};
    }

    void on_news(std::function<void()> news) override { news_ = std::move(news); }

    asio::awaitable<void> stop() override {
        ring_->clear();
        news_ = nullptr;
        for (const auto& [name, line] : lines_) line->request_stop();
        for (const auto& [name, line] : lines_) co_await line->join();
    }

private:
    timer_service& timers_;
    std::function<void()> news_;
    std::unique_ptr<alarm> ring_;  // many news are one
    std::map<std::string, std::unique_ptr<api_line>, std::less<>> lines_;
};

}  // namespace

result<std::unique_ptr<desk>> make_desk(const asio::any_io_executor& shard, timer_service& timers,
                                        observe::metrics& figures, const observe::logger& log,
                                        desk_options options) {
    auto made = std::make_unique<lines>(shard, timers);
    random_source seeds(options.seed);
    for (text_api& api : options.apis) {
        if (const auto good = check(api); !good) return std::unexpected(good.error());
        if (made->has(api.name)) {
            return fail(errc::invalid_argument, fmt::format("there are two APIs {}", api.name));
        }
        if (!api.key.empty()) {
            if (auto kept = observe::register_secret(api.key); !kept) {
                return std::unexpected(std::move(kept.error()));
            }
        }
        auto calls = options.connect ? options.connect(api) : connect(shard, timers, api);
        if (!calls) return std::unexpected(std::move(calls.error()));
        const endpoint where = endpoint_of(api).value();
        made->add({.shard = shard,
                   .timers = timers,
                   .api = std::move(api),
                   .where = where,
                   .calls = *std::move(calls),
                   .seed = seeds.next(),
                   .queue_max = options.queue_max,
                   .queue_bytes_max = options.queue_bytes_max,
                   .figures = figures,
                   .log = log,
                   .news = {}});
    }
    return made;
}

}  // namespace baudot::rewriting
