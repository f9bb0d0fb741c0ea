#include "app/journal_command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "async/timer_service.hpp"
#include "journal/posix_disk.hpp"
#include "journal/tools.hpp"
#include "model/codec.hpp"
#include "model/print.hpp"

namespace baudot::app {
namespace {

struct journal_arguments {
    std::string directory;
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    bool json = false;
};

journal::payload_decoder events() {
    return {
        .type_name =
            [](std::uint8_t type) { return std::string(name(static_cast<event_type>(type))); },
        .text = [](std::uint8_t type, std::string_view payload, bool json) -> result<std::string> {
            const auto decoded = decode_event(static_cast<event_type>(type), payload);
            if (!decoded) return std::unexpected(decoded.error());
            return json ? to_json(*decoded) : to_text(*decoded);
        }};
}

template <class Tool>
int with_journal(const journal_arguments& given, Tool tool) {
    journal::posix_disk files;
    steady_timers timers;
    const journal::tool_context context{
        .files = files, .timers = timers, .directory = given.directory};
    return std::to_underlying(tool(context));
}

CLI::App* add(CLI::App& group, const std::shared_ptr<journal_arguments>& given, const char* name,
              const char* what, action& chosen, std::function<int()> run) {
    CLI::App* command = group.add_subcommand(name, what);
    command->add_option("DIR", given->directory, "the journal's directory (DATA/journal)")
        ->required();
    command->callback([&chosen, run = std::move(run)] { chosen = run; });
    return command;
}

}  // namespace

void add_journal_commands(CLI::App& program, action& chosen) {
    CLI::App* group = program.add_subcommand(
        "journal", "look at a journal: read-only, also beside a running Baudot");
    group->require_subcommand(1);
    group->footer(
        "Exit codes: 0 good, 1 something is damaged (its file and byte are named), 2 no journal "
        "there or it cannot be read.");
    const auto given = std::make_shared<journal_arguments>();
    add(*group, given, "verify", "check every frame; names the place of each damage", chosen,
        [given] { return with_journal(*given, journal::verify_journal); });
    add(*group, given, "stat", "how many of what: segments, records by type, sizes", chosen,
        [given] {
            return with_journal(*given, [](const journal::tool_context& context) {
                return journal::print_journal_stat(context, events());
            });
        });
    CLI::App* dump = add(*group, given, "dump", "one line per record", chosen, [given] {
        return with_journal(*given, [&given](const journal::tool_context& context) {
            return journal::dump_journal(
                context,
                {.from = sequence{given->from}, .to = sequence{given->to}, .json = given->json},
                events());
        });
    });
    dump->add_option("--from", given->from, "first record (default: the oldest kept)");
    dump->add_option("--to", given->to, "last record (default: the newest)");
    dump->add_flag("--json", given->json, "JSON lines");
}

}  // namespace baudot::app
