#include "telegram_sim/door.hpp"

#include <utility>

namespace baudot::telegram_sim {
namespace asio = boost::asio;
namespace {

constexpr std::string_view welcome =
    "telegram-sim: a local Telegram\n\n"
    "Bot API:     /bot<token>/METHOD and /file/bot<token>/PATH\n"
    "Control API: /sim/v1 (bots, chats, faults, replays, score, ...)\n"
    "Handbook:    docs/telegram-sim.md\n";

http::answer plain(int status, std::string_view text) {
    http::answer out;
    out.what.status = status;
    out.what.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
    out.what.body = text;
    return out;
}

}  // namespace

door::door(const asio::any_io_executor& shard, timer_service& timers, door_options options)
    : log_(std::move(options.log)),
      telegram_(timers, options.telegram),
      bots_(telegram_, log_),
      tasks_(shard),
      webhooks_(telegram_, bots_, tasks_, log_),
      control_(telegram_, tasks_, std::move(options.data)) {
    if (!options.open_webhook) options.open_webhook = make_webhook_opener(shard, timers);
    telegram_.serve_webhooks(std::move(options.open_webhook),
                             [this](user_id bot, std::shared_ptr<webhook> hook) {
                                 webhooks_.start(bot, std::move(hook));
                             });
}

// A webhook keeps its idle connections, and those keep the event loop.
void door::stop() {
    tasks_.request_stop();
    for (const user* each : telegram_.in().users()) {
        if (each->is_bot) telegram_.remove_webhook(each->id);
    }
}

asio::awaitable<http::answer> door::handle(http::request what) {
    const std::string method = what.method;
    const std::string_view target = what.target;
    if (control::owns(target.substr(0, target.find_first_of("?#")))) {
        std::string body = std::exchange(what.body, {});
        const auto query = params::parse(std::move(what));
        if (!query) co_return plain(400, query.error().message);
        co_return control_.handle(method, *query, std::move(body));
    }
    auto arguments = params::parse(std::move(what));
    if (!arguments) {
        api_error refused{.code = 400};
        refused.description = "Bad Request: " + arguments.error().message;
        co_return error_answer(refused);
    }
    if (bot_door::owns(arguments->path())) {
        if (method != "GET" && method != "POST") {
            api_error refused{.code = 405};
            refused.description = "Method Not Allowed";
            co_return error_answer(refused);
        }
        co_return co_await bots_.handle(std::move(*arguments));
    }
    if (arguments->path() == "/") co_return plain(200, welcome);
    co_return error_answer({.code = 404, .description = "Not Found"});
}

}  // namespace baudot::telegram_sim
