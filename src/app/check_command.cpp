#include "app/check_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "app/inspection.hpp"
#include "app/online.hpp"
#include "app/settings.hpp"
#include "app/startup.hpp"
#include "config/reader.hpp"

namespace baudot::app {
namespace {

namespace json = boost::json;

struct check_arguments {
    std::string file;
    bool online = false;
    bool json = false;
    int timeout_seconds = 60;
};

void print_json(const config::document& file, const std::vector<passage>& passages) {
    json::array problems;
    for (const config::problem& each : file.problems()) {
        const bool is_error = each.how == config::severity::error;
        problems.push_back(json::object{{"severity", is_error ? "error" : "warning"},
                                        {"line", each.at.line},
                                        {"column", each.at.column},
                                        {"message", each.message},
                                        {"hint", each.hint}});
    }
    json::array ways;
    for (const passage& each : passages) {
        ways.push_back(json::object{{"route", each.route},
                                    {"from", each.from},
                                    {"to", each.to},
                                    {"text", each.text},
                                    {"media", each.media}});
    }
    const json::object all{{"file", file.name()},
                           {"good", file.ok()},
                           {"problems", std::move(problems)},
                           {"passages", std::move(ways)}};
    std::printf("%s\n", json::serialize(all).c_str());
}

void print_text(const config::document& file, const settings& read,
                const std::vector<passage>& passages) {
    for (const passage& each : passages) {
        const std::string way =
            each.text == each.media ? each.text : "text " + each.text + ", media " + each.media;
        std::printf("%s: %s -> %s: %s\n", each.route.c_str(), each.from.c_str(), each.to.c_str(),
                    way.c_str());
    }
    const std::string report = file.report();
    if (!report.empty()) std::fprintf(stderr, "%s", report.c_str());
    if (!file.ok()) return;
    std::printf("%s: good: %zu accounts, %zu routes\n", file.name().c_str(), read.accounts.size(),
                read.routes.size());
}

int check(const check_arguments& given) {
    config::document file = config::document::load(given.file);
    const settings read = read_settings(file);
    std::vector<passage> passages;
    if (file.ok() && given.online) {
        const auto telegram = online::open(read);
        if (!telegram) {
            std::fprintf(stderr, "baudot: %s\n", telegram.error().message.c_str());
            return 1;
        }
        const findings found = (*telegram)->survey_of(
            chats_of(read), std::chrono::seconds(given.timeout_seconds), true);
        passages = inspect(file, read, found);
    }
    if (given.json) {
        print_json(file, passages);
    } else {
        print_text(file, read, passages);
    }
    return file.ok() ? 0 : 1;
}

}  // namespace

void add_check_command(CLI::App& program, action& chosen) {
    CLI::App* command =
        program.add_subcommand("check", "what is wrong with a configuration, by line and column");
    const auto given = std::make_shared<check_arguments>();
    command->add_option("FILE", given->file, "the configuration (YAML)")->required();
    command->add_flag("--online", given->online,
                      "also ask Telegram: every token, every chat, every right; nothing is sent, "
                      "but basic groups see \"typing\" for a moment");
    command->add_flag("--json", given->json, "one JSON object on standard output");
    command
        ->add_option("--timeout", given->timeout_seconds,
                     "seconds for --online (default 60); what was not answered by then is a "
                     "problem")
        ->check(CLI::Range(1, 3600));
    command->footer(
        "Routes that lead posts back to where they are from are a warning. "
        "With --online each route and destination, those of check and other too, is listed with "
        "what will be used: copyMessage "
        "or forwardMessage and by which account, or sendMessage (text only; its media would be "
        "lost, which is a problem). May run beside a running Baudot. Problems go to standard "
        "error, the list to standard output. Exit codes: 0 good, 1 something is wrong.");
    command->callback([&chosen, given] { chosen = [given] { return check(*given); }; });
}

}  // namespace baudot::app
