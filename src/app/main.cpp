// The composition root: the only place that names concrete classes, real clocks and files.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>

#include "app/backup_command.hpp"
#include "app/chats_command.hpp"
#include "app/check_command.hpp"
#include "app/dead_command.hpp"
#include "app/explain_command.hpp"
#include "app/journal_command.hpp"
#include "app/limits_command.hpp"
#include "app/reload_command.hpp"
#include "app/replay_command.hpp"
#include "app/rules_command.hpp"
#include "app/run_command.hpp"
#include "app/schema_command.hpp"

namespace {

// Exit codes: 0 done, 2 the call is wrong; a command's own help says what else it uses.
constexpr int wrong_call = 2;

int run(int argc, char** argv) {
    CLI::App program("Baudot relays Telegram at high load.", "baudot");
    program.set_version_flag("--version", "baudot " BAUDOT_VERSION);
    program.require_subcommand(1);
    baudot::app::action chosen;
    baudot::app::add_run_command(program, chosen);
    baudot::app::add_check_command(program, chosen);
    baudot::app::add_chats_command(program, chosen);
    baudot::app::add_replay_command(program, chosen);
    baudot::app::add_rules_commands(program, chosen);
    baudot::app::add_schema_command(program, chosen);
    baudot::app::add_explain_command(program, chosen);
    baudot::app::add_reload_command(program, chosen);
    baudot::app::add_backup_commands(program, chosen);
    baudot::app::add_dead_commands(program, chosen);
    baudot::app::add_limits_command(program, chosen);
    baudot::app::add_journal_commands(program, chosen);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
        return program.exit(wrong) == 0 ? 0 : wrong_call;
    }
    return chosen();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "baudot: %s\n", failure.what());
        return 1;
    }
}
