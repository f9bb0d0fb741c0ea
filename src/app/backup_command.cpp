#include "app/backup_command.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <utility>

#include "app/backup.hpp"
#include "app/control_socket.hpp"
#include "app/data_directory.hpp"
#include "app/exit_code.hpp"
#include "app/settings.hpp"
#include "async/blocking_pool.hpp"
#include "async/timer_service.hpp"
#include "engine/state.hpp"
#include "journal/posix_disk.hpp"
#include "journal/writer_drivers.hpp"
#include "store/rocksdb_store.hpp"
#include "telegram/bot_api/token.hpp"

namespace baudot::app {
namespace {

struct backup_arguments {
    std::string file;
    std::string directory;
};

std::vector<std::pair<std::string, std::int64_t>> accounts_of(const settings& read) {
    std::vector<std::pair<std::string, std::int64_t>> all;
    for (const account_settings& each : read.accounts) {
        if (const auto id = telegram::bot_api::account_of_token(each.token.reveal())) {
            all.emplace_back(each.name, std::to_underlying(*id));
        }
    }
    return all;
}

int failed(const error& why) {
    std::fprintf(stderr, "baudot: %s\n", why.message.c_str());
    return exit_code(why.code);
}

// A request to a running Baudot is a line.
std::string is_one_line(const std::string& directory) {
    return directory.empty() || directory.contains('\n') ? "names no directory" : "";
}

// Prints what a running Baudot answered.
int tell(const std::string& answer) {
    if (const auto refused = failure_of(answer)) {
        std::fprintf(stderr, "baudot: %s\n", refused->why.c_str());
        return refused->code;
    }
    std::printf("%s\n", answer.c_str());
    return 0;
}

// Nothing runs: the data directory is taken for the time of the copy.
result<backup_report> back_up_stopped(const settings& read, const std::string& directory) {
    if (!std::filesystem::exists(read.data + "/journal")) {
        return fail(errc::not_found, read.data + " holds no data of Baudot");
    }
    journal::posix_disk files;
    const auto lock = take_data_directory(files, read.data);
    if (!lock) return std::unexpected(lock.error());
    auto rows = store::open_rocksdb({.directory = read.data + "/store"});
    if (!rows) return std::unexpected(rows.error());
    steady_timers timers;
    journal::thread_writer writer;
    blocking_pool readers(1);
    auto log = journal::segmented_journal::open(
        {.directory = read.data + "/journal", .verify_from = (*rows)->flushed_position()}, files,
        timers, writer, readers, 0);
    if (!log) return std::unexpected(log.error());
    engine::state facts(**rows, 1, 0);  // no content is looked at
    const auto nobody = [](const delivery_ref&, const engine::owed_delivery&) {};
    if (auto restored = facts.restore(nobody); !restored) return std::unexpected(restored.error());
    auto made =
        make_backup(**rows, **log, facts.needed_from(), accounts_of(read), read.data, directory);
    if (auto closed = (*log)->close(); made && !closed) return std::unexpected(closed.error());
    return made;
}

int back_up(const backup_arguments& given) {
    const auto read = load_settings(given.file);
    if (!read) return 1;
    ::umask(077);
    const std::string directory = std::filesystem::absolute(given.directory).string();
    int waited = 0;
    const auto wait = [&waited] {
        if (++waited >= 2) std::fprintf(stderr, "baudot: copying, %d s\n", waited);
    };
    const auto answer = ask_running(read->data, "backup " + directory, wait);
    if (answer) return tell(*answer);
    if (answer.error().code != errc::not_found) return failed(answer.error());
    const auto made = back_up_stopped(*read, directory);
    if (!made) return failed(made.error());
    std::printf("%s\n", describe(*made, directory).c_str());
    return 0;
}

int restore(const backup_arguments& given) {
    const auto read = load_settings(given.file);
    if (!read) return 1;
    ::umask(077);
    // Behind a link it is replaced where the link leads; the empty name that a slash at the end
    // leaves is no name.
    std::filesystem::path place = std::filesystem::weakly_canonical(read->data);
    if (!place.has_filename()) place = place.parent_path();
    const std::string data = place.string();
    const auto restored = restore_backup(given.directory, data);
    if (!restored) return failed(restored.error());
    const auto here = accounts_of(*read);
    for (const auto& [name, id] : restored->accounts) {
        const auto same = [id](const auto& each) { return each.second == id; };
        if (std::ranges::any_of(here, same)) continue;
        std::fprintf(stderr,
                     "baudot: account %s (%lld) of the backup is not in %s: what it owes waits\n",
                     name.c_str(), static_cast<long long>(id), given.file.c_str());
    }
    std::printf("%s\n", describe(*restored, data).c_str());
    return 0;
}

}  // namespace

void add_backup_commands(CLI::App& program, action& chosen) {
    const auto given = std::make_shared<backup_arguments>();
    const auto add = [&](const char* name, const char* what, int (*run)(const backup_arguments&)) {
        CLI::App* command = program.add_subcommand(name, what);
        command->add_option("FILE", given->file, "the configuration (YAML)")->required();
        command->add_option("DIR", given->directory, "the backup's directory")
            ->required()
            ->check(is_one_line);
        command->callback([&chosen, given, run] { chosen = [given, run] { return run(*given); }; });
        return command;
    };
    add("backup", "copy store and journal, consistent, also while Baudot runs", back_up)
        ->footer(
            "DIR must be new or empty. A running Baudot makes the copy itself, asked through "
            "DATA/control.sock. The copy is verified. Exit codes: 0 made, 1 an error, 3 the data "
            "directory is in use and nobody answers there, 4 it is damaged.");
    add("restore", "make the data directory of a configuration from a backup", restore)
        ->footer(
            "The data directory must be absent or empty; it appears whole or not at all. A backup "
            "is older than the world: what was owed when it was made is sent again, also what has "
            "been delivered since, and posts that came since are not in it. Exit codes: 0 "
            "restored, 1 an error, 4 the backup is damaged or of a newer version.");
}

}  // namespace baudot::app
