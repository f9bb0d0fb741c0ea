// telegram-sim: the local Telegram as a program. `telegram-sim --help` says all.

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "async/task_group.hpp"
#include "http/server.hpp"
#include "observe/stream_log.hpp"
#include "telegram_sim/door.hpp"
#include "telegram_sim/params.hpp"
#include "telegram_sim/world_builder.hpp"
#include "telegram_sim/world_file.hpp"

namespace baudot::telegram_sim {
namespace asio = boost::asio;
namespace {

struct settings {
    std::string listen = "127.0.0.1:8081";
    std::string port_file;
    std::string profile = "off";
    std::uint64_t seed = 1;
    std::string world;
    std::string data;
    std::string webhooks = "any";
    bool is_local = false;
    std::string log_format = "people";
    std::string log_level = "info";
};

constexpr int exit_usage = 2;
constexpr int exit_failed = 1;

constexpr const char* epilogue =
    "With no --world the world is empty. To make a bot and a channel in it:\n"
    "  curl -d '{\"username\":\"my_bot\"}' http://127.0.0.1:8081/sim/v1/bots\n"
    "  curl -d '{\"title\":\"News\",\"admins\":[\"my_bot\"]}' "
    "http://127.0.0.1:8081/sim/v1/chats\n"
    "then point your client at http://127.0.0.1:8081 instead of https://api.telegram.org.\n"
    "docs/telegram-sim.md has the world file, the control API and what differs from Telegram.";

void declare(CLI::App& app, settings& to) {
    app.add_option("--listen", to.listen,
                   "address:port to serve; port 0: one that is free. There is no access "
                   "control: keep it on loopback")
        ->capture_default_str();
    app.add_option("--port-file", to.port_file, "write the port there when ready");
    app.add_option("--profile", to.profile, "how unkind: limits, faults, latency")
        ->check(CLI::IsMember({"off", "gentle", "realistic", "harsh"}))
        ->capture_default_str();
    app.add_option("--seed", to.seed, "of everything random")->capture_default_str();
    app.add_option("--world", to.world, "YAML or JSON file with people, bots, chats and posts")
        ->check(CLI::ExistingFile);
    app.add_option("--data", to.data, "folder that replays and media may be read from")
        ->check(CLI::ExistingDirectory);
    app.add_option("--webhooks", to.webhooks,
                   "which addresses are taken: any, or those of Telegram's cloud")
        ->check(CLI::IsMember({"any", "cloud"}))
        ->capture_default_str();
    app.add_flag("--local", to.is_local,
                 "as a Bot API server of one's own: files of 2,000 MB, webhooks with more "
                 "connections");
    app.add_option("--log", to.log_format, "lines on stderr for people, or as JSON")
        ->check(CLI::IsMember({"people", "json"}))
        ->capture_default_str();
    app.add_option("--log-level", to.log_level, "debug: a line for each request")
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
        ->capture_default_str();
    app.footer(epilogue);
}

struct listen_address {
    std::string host;
    std::uint16_t port = 0;
};

// "127.0.0.1:8081", "[::1]:8081" or "8081".
result<listen_address> read_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    std::string host = colon == std::string::npos ? "127.0.0.1" : text.substr(0, colon);
    const auto port = to_integer(colon == std::string::npos ? text : text.substr(colon + 1));
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (!port || *port < 0 || *port > 65535 || host.empty()) {
        return fail(errc::invalid_argument,
                    fmt::format("--listen {}: an address and a port are wanted, such as "
                                "127.0.0.1:8081",
                                text));
    }
    return listen_address{host, static_cast<std::uint16_t>(*port)};
}

// Whole or not at all: who waits for the file reads it as soon as it is there.
result<void> write_port(const std::string& path, std::uint16_t port) {
    const std::string draft = path + ".new";
    {
        std::ofstream file(draft);
        file << port << "\n";
        if (!file.flush()) return fail(errc::io_failed, draft + " cannot be written");
    }
    std::error_code ec;
    std::filesystem::rename(draft, path, ec);
    if (ec) return fail(errc::io_failed, path + ": " + ec.message());
    return {};
}

// The first line is for programs: "ready URL".
void announce(const std::string& url, const settings& with, local_telegram& at) {
    fmt::print("ready {}\n", url);
    fmt::print("profile {}, seed {}; Ctrl-C ends it\n", with.profile, with.seed);
    for (const user* each : at.in().users()) {
        if (each->is_bot) fmt::print("  bot      {:<24} {}\n", "@" + each->username, each->token);
    }
    at.in().for_each_chat([](const chat& each) {
        if (each.kind == chat_kind::private_chat) return;
        fmt::print("  {:<10} {:<22} {}\n", name(each.kind), each.title,
                   std::to_underlying(each.id));
    });
    if (at.in().users().empty()) fmt::print("the world is empty: --help says how to fill it\n");
    std::fflush(stdout);
}

asio::awaitable<void> stop_at_signal(http::server& server, door& all, const observe::logger& log) {
    asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
    auto caught = co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
    signals.clear();  // a second one ends the program at once
    log.info("stopping", {{"signal", std::get<1>(caught)}});
    server.stop();
    all.stop();
}

asio::awaitable<void> serve(http::server& server, door& all) {
    co_await server.run();
    co_await all.join();
}

observe::logger make_log(const settings& with) {
    observe::stream_log_options options;
    options.format =
        with.log_format == "json" ? observe::log_format::json : observe::log_format::people;
    for (const auto each : {observe::level::debug, observe::level::info, observe::level::warning,
                            observe::level::error}) {
        if (observe::name(each) == with.log_level) options.lowest = each;
    }
    return {observe::make_stream_log(std::move(options)), "telegram_sim"};
}

result<void> fill(local_telegram& at, const settings& with) {
    if (with.world.empty()) return {};
    const auto described = read_world_file(with.world);
    if (!described) return std::unexpected(described.error());
    auto built = world_builder(at, with.data).build(*described);
    at.publish();
    if (!built) built.error().message = with.world + ": " + built.error().message;
    return built;
}

int fail_with(int code, const error& why) {
    fmt::print(stderr, "telegram-sim: {}\n", why.message);
    return code;
}

int run(const settings& with) {
    const auto listen = read_listen(with.listen);
    if (!listen) return fail_with(exit_usage, listen.error());
    const observe::logger log = make_log(with);
    asio::io_context io(1);
    steady_timers timers;
    door_options options;
    options.telegram.seed = with.seed;
    options.telegram.profile = *profile_of(with.profile);
    options.telegram.is_local = with.is_local;
    options.telegram.strict_webhooks = with.webhooks == "cloud";
    options.data = with.data;
    options.log = log;
    door all(io.get_executor(), timers, std::move(options));
    if (auto filled = fill(all.telegram(), with); !filled) {
        return fail_with(exit_usage, filled.error());
    }
    http::server_options where;
    where.address = listen->host;
    where.port = listen->port;
    if (with.is_local) where.body_bytes_max = local_file_limits.upload_max + (1 << 20);
    auto server = http::make_server(io.get_executor(), timers, where, [&all](http::request what) {
        return all.handle(std::move(what));
    });
    if (!server) return fail_with(exit_failed, server.error());

    const bool is_ipv6 = listen->host.find(':') != std::string::npos;
    const std::string url = fmt::format(fmt::runtime(is_ipv6 ? "http://[{}]:{}" : "http://{}:{}"),
                                        listen->host, (*server)->port());
    task_group tasks(io.get_executor());
    tasks.spawn("signals", stop_at_signal(**server, all, log));
    tasks.spawn("serve", serve(**server, all));
    announce(url, with, all.telegram());
    if (!with.port_file.empty()) {
        const auto written = write_port(with.port_file, (*server)->port());
        if (!written) log.error("the port file is not written", written.error());
    }
    io.run();
    return 0;
}

}  // namespace
}  // namespace baudot::telegram_sim

int main(int argc, char** argv) {
    CLI::App app("A local Telegram: the Bot API over HTTP, without Telegram", "telegram-sim");
    baudot::telegram_sim::settings with;
    baudot::telegram_sim::declare(app, with);
    CLI11_PARSE(app, argc, argv);
    return baudot::telegram_sim::run(with);
}
