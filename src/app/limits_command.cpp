#include "app/limits_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "app/control_socket.hpp"
#include "app/exit_code.hpp"
#include "app/limits_report.hpp"
#include "app/settings.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr int chats_shown = 200;

struct limits_arguments {
    std::string file;
    int most = chats_shown;
    bool json = false;
};

int run(const limits_arguments& given) {
    const auto loaded = load_settings(given.file);
    if (!loaded) return 1;
    const settings& read = *loaded;
    const auto answer = ask_running(read.data, "limits " + std::to_string(given.most), [] {});
    if (!answer) {
        const bool is_stopped = answer.error().code == errc::not_found;
        std::fprintf(
            stderr, "baudot: %s\n",
            is_stopped ? "no Baudot runs on this data directory" : answer.error().message.c_str());
        return exit_code(answer.error().code);
    }
    if (const auto refused = failure_of(*answer)) {
        std::fprintf(stderr, "baudot: %s\n", refused->why.c_str());
        return refused->code;
    }
    if (!given.json) {
        std::fputs(table_of_limits(*answer, read).c_str(), stdout);
        return 0;
    }
    const json::object all = json::parse(*answer).as_object();
    for (const json::value& each : all.at("limits").as_array()) {
        std::printf("%s\n", json::serialize(each).c_str());
    }
    return 0;
}

}  // namespace

void add_limits_command(CLI::App& program, action& chosen) {
    const auto given = std::make_shared<limits_arguments>();
    CLI::App* command = program.add_subcommand(
        "limits", "what a running Baudot has learned of Telegram's limits, and how it paces");
    command->add_option("FILE", given->file, "the configuration (YAML)")->required();
    command->add_option("--most", given->most, "at most so many (200), accounts first")
        ->check(CLI::Range(1, 1'000'000));
    command->add_flag("--json", given->json, "JSON lines, one for each limit");
    command->footer(
        "RATE: calls a second that the limit allows, as far as is known, and DOUBT how much of it "
        "is in doubt. PACE: what is sent now at most. WINDOW: where it counts so many calls in so "
        "many seconds. REFUSAL: what the last one cost; -: there was none. HELD: how long nothing "
        "goes. LEFT: refusals that may still be risked in this hour. Chats whose calls never had "
        "to wait are not in the list. See docs/limits.md.");
    command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

}  // namespace baudot::app
