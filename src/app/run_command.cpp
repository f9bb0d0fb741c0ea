#include "app/run_command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>

#include "app/exit_code.hpp"
#include "app/node.hpp"
#include "app/settings.hpp"
#include "observe/stream_log.hpp"

namespace baudot::app {
namespace {

struct run_arguments {
    std::string file;
    bool json = false;
    int grace_seconds = 30;
};

int run(const run_arguments& given) {
    const auto read = load_settings(given.file);
    if (!read) return 1;

    ::umask(077);  // whatever is created from here on is for its owner only
    const auto lines = observe::make_stream_log(
        {.format = given.json ? observe::log_format::json : observe::log_format::people});
    observe::flush_on_crash(lines);
    const observe::logger log(lines, "baudot");
    node running(*read, std::filesystem::absolute(given.file).string(),
                 std::chrono::seconds(given.grace_seconds), log);
    result<void> outcome = running.open();
    if (outcome) outcome = running.run();
    if (!outcome) log.error("stopped by an error", outcome.error());
    // The crash handler keeps the log alive beyond main(), where nobody waits for its thread: the
    // last line, which says why it ended, was lost under load.
    (void)lines->flush();
    return outcome ? 0 : exit_code(outcome.error().code);
}

}  // namespace

void add_run_command(CLI::App& program, action& chosen) {
    CLI::App* command = program.add_subcommand("run", "relay as a configuration says");
    const auto given = std::make_shared<run_arguments>();
    command->add_option("FILE", given->file, "the configuration (YAML)")->required();
    command->add_flag("--log-json", given->json, "log JSON lines instead of text");
    command
        ->add_option("--grace", given->grace_seconds,
                     "seconds to send what is owed after SIGTERM (default 30)")
        ->check(CLI::Range(0, 3600));
    command->footer(
        "Accounts are polled, or posted to with `webhook` in the configuration "
        "(docs/operations.md). "
        "SIGTERM or SIGINT stops it in order, a second one hard; SIGHUP or `baudot reload` takes "
        "what "
        "has changed in FILE, all or nothing. Exit codes: 0 stopped in order, "
        "1 an error (the last line says which), 3 the data directory is in use, 4 it is damaged "
        "or from a newer version, 5 the token of every account was refused.");
    command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

}  // namespace baudot::app
