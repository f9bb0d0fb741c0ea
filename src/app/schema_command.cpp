#include "app/schema_command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <string>

#include "app/schema.hpp"

namespace baudot::app {
namespace {

int print_schema() {
    const std::string text = pretty(configuration_schema());
    std::fputs(text.c_str(), stdout);
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return 0;
    std::fputs("baudot: the output cannot be written\n", stderr);
    return 1;
}

}  // namespace

void add_schema_command(CLI::App& program, action& chosen) {
    CLI::App* command = program.add_subcommand(
        "schema", "JSON Schema of a configuration, for editors that complete and check YAML");
    command->footer(
        "Write it beside the configuration (baudot schema > baudot.schema.json), and name it in "
        "the "
        "first line of that: # yaml-language-server: $schema=baudot.schema.json. It is made of "
        "what "
        "reads the configuration, so it knows the same keys; `baudot check` knows more than keys.");
    command->callback([&chosen] { chosen = print_schema; });
}

}  // namespace baudot::app
