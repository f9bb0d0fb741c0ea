#include "app/check_command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "app/settings.hpp"
#include "config/reader.hpp"

namespace baudot::app {
namespace {

int check(const std::string& path) {
    config::document file = config::document::load(path);
    const settings read = read_settings(file);
    const std::string report = file.report();
    if (!report.empty())
        std::fprintf(stderr, "%s%s", report.c_str(), report.ends_with('\n') ? "" : "\n");
    if (!file.ok()) return 1;
    std::printf("%s: good: %zu accounts, %zu routes\n", path.c_str(), read.accounts.size(),
                read.routes.size());
    return 0;
}

}  // namespace

void add_check_command(CLI::App& program, action& chosen) {
    CLI::App* command =
        program.add_subcommand("check", "what is wrong with a configuration, by line and column");
    const auto path = std::make_shared<std::string>();
    command->add_option("FILE", *path, "the configuration (YAML)")->required();
    command->footer(
        "Asks nobody: whether tokens, chats and rights are good is not known yet. "
        "Exit codes: 0 good, 1 something is wrong.");
    command->callback([&chosen, path] { chosen = [path] { return check(*path); }; });
}

}  // namespace baudot::app
