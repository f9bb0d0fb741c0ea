// Any requests to the local Telegram, control API and bots alike: each is answered with JSON, what
// is refused changes nothing, and the world stays one that Telegram could hold.
//
// Requests are divided by a line "%". The first line is METHOD and target, where /s/ stands for
// /sim/v1/ and /b/ for the bot; the rest is the body, JSON when it begins so.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "async/virtual_timers.hpp"
#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "telegram_sim/door.hpp"

namespace {

using namespace baudot;
using namespace baudot::telegram_sim;
using namespace std::chrono_literals;

constexpr std::string_view bot = "/bot7001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/";
constexpr std::string_view small_world = R"({
    "users":[{"id":501,"name":"Ann","username":"ann"}],
    "bots":[{"id":7001,"username":"one_bot","token":"7001:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}],
    "chats":[{"id":-1000000000010,"title":"News","username":"news","admins":["one_bot"]},
             {"id":-1000000000020,"title":"Copy","admins":["one_bot"]}]})";

class node {
public:
    node() { (void)send("POST", "/sim/v1/world", std::string(small_world)); }
    ~node() {
        door_.stop();
        timers_.run_until(timers_.now() + 1h);
    }

    http::answer send(std::string method, std::string target, std::string body) {
        http::request what{.method = std::move(method),
                           .target = std::move(target),
                           .headers = {},
                           .body = std::move(body)};
        const bool is_json = what.body.starts_with('{') || what.body.starts_with('[');
        what.headers.emplace_back(
            "Content-Type", is_json ? "application/json" : "application/x-www-form-urlencoded");
        std::optional<http::answer> got;
        boost::asio::co_spawn(io_, door_.handle(std::move(what)),
                              [&](std::exception_ptr failure, http::answer answer) {
                                  if (failure) std::rethrow_exception(failure);
                                  got = std::move(answer);
                              });
        // A poll is over within a minute; a client that is never answered leaves later.
        timers_.run_until(timers_.now() + 1min);
        if (!got) timers_.run_until(timers_.now() + 15min);
        BAUDOT_ASSERT(got, "every request ends");
        return *got;
    }

    const world& in() { return door_.telegram().in(); }

private:
    // Webhooks find nobody: under virtual time there are no sockets.
    static door_options without_network() {
        door_options options;
        options.open_webhook =
            [](const webhook_settings&) -> result<std::unique_ptr<http::exchange>> {
            return fail(errc::connection_lost, "nobody is there");
        };
        return options;
    }

    boost::asio::io_context io_{1};
    virtual_timers timers_{io_};
    door door_{io_.get_executor(), timers_, without_network()};
};

void check_text(const formatted_text& what) {
    BAUDOT_ASSERT(is_valid_utf8(what.text), "a text is one");
    for (const entity& each : what.entities) {
        BAUDOT_ASSERT(each.offset >= 0 && each.length > 0, "an entity has a place");
        const auto from = static_cast<std::size_t>(each.offset);
        const auto to = from + static_cast<std::size_t>(each.length);
        BAUDOT_ASSERT(byte_of_utf16(what.text, from) != std::string::npos, "it begins in the text");
        BAUDOT_ASSERT(byte_of_utf16(what.text, to) != std::string::npos, "and ends in it");
    }
}

void check(const world& in) {
    std::uint64_t messages = 0;
    in.for_each_chat([&](const chat& each) {
        message_id last{0};
        for (const message& one : each.messages) {
            BAUDOT_ASSERT(one.id > last, "ids grow");
            last = one.id;
            ++messages;
            check_text(one.what.body);
            BAUDOT_ASSERT(code_points(one.what.body.text) <= text_points_max, "no text is longer");
        }
    });
    BAUDOT_ASSERT(messages == in.message_count(), "every message is counted");
}

bool is_json(const std::string& text) {
    static simdjson::dom::parser parser;
    return !parser.parse(text).error();
}

void judge(node& on, std::string_view request) {
    const std::string_view line = request.substr(0, request.find('\n'));
    std::string body(request.substr(std::min(request.size(), line.size() + 1)));
    const std::size_t blank = std::min(line.find(' '), line.size());
    std::string method(line.substr(0, blank));
    std::string target(line.substr(std::min(line.size(), blank + 1)));
    if (target.starts_with("/s/")) target.replace(0, 3, "/sim/v1/");
    if (target.starts_with("/b/")) target.replace(0, 3, bot);
    const bool is_call = target.starts_with(bot);

    const hash128 before = on.in().history_hash();
    const http::answer got = on.send(std::move(method), std::move(target), std::move(body));
    if (got.drop) return;
    const int status = got.what.status;
    BAUDOT_ASSERT(status >= 200 && status != 500, "the local Telegram itself has no trouble");
    const std::string_view type = http::find(got.what.headers, "Content-Type");
    if (type == "application/json") BAUDOT_ASSERT(is_json(got.what.body), "JSON is JSON");
    if (!is_call) return;
    const bool is_ok = got.what.body.starts_with("{\"ok\":true");
    if (status < 500) BAUDOT_ASSERT(is_ok == (status == 200), "ok, or an error");
    if (status >= 400 && status < 500) {
        BAUDOT_ASSERT(on.in().history_hash() == before, "what is refused changes nothing");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    node on;
    for (int count = 0; !rest.empty() && count < 16; ++count) {
        constexpr std::string_view line = "\n%\n";
        const std::size_t end = std::min(rest.find(line), rest.size());
        judge(on, rest.substr(0, end));
        check(on.in());
        rest.remove_prefix(std::min(rest.size(), end + line.size()));
    }
    return 0;
}
