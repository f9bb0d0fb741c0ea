#include "app/reload_command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "app/control_socket.hpp"
#include "app/exit_code.hpp"
#include "app/reload_report.hpp"
#include "app/settings.hpp"
#include "config/reader.hpp"

namespace baudot::app {
namespace {

constexpr int say_after_seconds = 3;

struct reload_arguments {
    std::string place;
    bool json = false;
};

// The running Baudot judges the file, with its own environment: all that is needed here is where it
// runs. Empty: the file does not even say that.
std::string data_in(const std::string& path) {
    config::document file = config::document::load(path);
    std::string data;
    file.read([&data](config::reader& top) { top.optional("data", data); });
    return data;
}

// A request to a running Baudot is a line.
std::string is_one_line(const std::string& place) {
    return place.empty() || place.contains('\n') ? "names no file" : "";
}

int reload(const reload_arguments& given) {
    std::string data = given.place;
    std::string request = "reload";
    if (!std::filesystem::is_directory(given.place)) {
        data = data_in(given.place);
        request += " " + std::filesystem::absolute(given.place).string();
    }
    if (data.empty()) {
        (void)load_settings(given.place);  // says what is wrong with it
        std::fprintf(stderr,
                     "baudot: nothing is reloaded: the file does not say where Baudot runs\n");
        return 1;
    }
    int waited = 0;
    const auto wait = [&waited] {
        if (++waited >= say_after_seconds) {
            std::fprintf(stderr, "baudot: reading and asking Telegram, %d s\n", waited);
        }
    };
    const auto answer = ask_running(data, request, wait);
    if (!answer) {
        const bool is_stopped = answer.error().code == errc::not_found;
        std::fprintf(
            stderr, "baudot: %s\n",
            is_stopped ? ("no Baudot runs on " + data).c_str() : answer.error().message.c_str());
        return exit_code(answer.error().code);
    }
    if (const auto refused = failure_of(*answer)) {
        std::fprintf(stderr, "baudot: %s\n", refused->why.c_str());
        return refused->code;
    }
    const reload_words words = words_of(*answer);
    std::fputs(words.err.c_str(), stderr);
    std::fputs(given.json ? (*answer + '\n').c_str() : words.out.c_str(), stdout);
    return words.exit_code;
}

}  // namespace

void add_reload_command(CLI::App& program, action& chosen) {
    const auto given = std::make_shared<reload_arguments>();
    CLI::App* command =
        program.add_subcommand("reload", "a running Baudot takes its changed configuration");
    command
        ->add_option("FILE", given->place, "the configuration that it runs, or its data directory")
        ->required()
        ->check(is_one_line);
    command->add_flag("--json", given->json, "one JSON object on standard output");
    command->footer(
        "The running Baudot reads the file that it was started with, asks Telegram about chats "
        "that are new, and goes by the new routes from one post to the next; what is planned "
        "stays as it is. All or nothing: where something is wrong, or needs a restart (all but "
        "`routes` and `dead_letters`), it says so by line and column and goes on as before. "
        "SIGHUP does the same; the answer is in the log. Exit codes: 0 reloaded, or nothing has "
        "changed; 1 refused, or nobody runs there.");
    command->callback([&chosen, given] { chosen = [given] { return reload(*given); }; });
}

}  // namespace baudot::app
