#include "app/data_directory.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <system_error>
#include <utility>

namespace baudot::app {
namespace {

// A start writes little, but the store wants 4 MiB left beside it.
constexpr std::uint64_t room_to_start = 8 << 20;

}  // namespace

journal::journal_options journal_options(const settings& from, sequence verify_from) {
    return {.directory = (std::filesystem::path(from.data) / "journal").string(),
            .segment_bytes = std::to_underlying(from.journal.segment),
            .keep_age = std::chrono::duration_cast<std::chrono::seconds>(from.journal.keep_age),
            .keep_bytes = std::to_underlying(from.journal.keep_bytes),
            .verify_from = verify_from};
}

engine::relay_options relay_options(const settings& from) {
    return {
        .dead_letters = {.age = from.dead_letters.keep_age, .count = from.dead_letters.keep_count}};
}

result<std::unique_ptr<journal::file_lock>> take_data_directory(journal::disk& files,
                                                                const std::string& directory) {
    std::error_code failed;
    std::filesystem::create_directories(directory, failed);
    if (!failed && !std::filesystem::is_directory(directory, failed)) {
        failed = std::make_error_code(std::errc::not_a_directory);
    }
    if (failed) {
        return fail(errc::io_failed, fmt::format("{}: cannot be made: {}; name another directory",
                                                 directory, failed.message()));
    }
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);

    auto lock = files.lock(directory + "/LOCK");
    if (!lock) return lock;
    const auto room = files.free_space(directory);
    if (!room) return std::unexpected(room.error());
    if (*room < room_to_start) {
        return fail(errc::no_space,
                    fmt::format("{}: no space left: {} bytes are free and {} are needed to start; "
                                "make room, or move the directory to a larger disk",
                                directory, *room, room_to_start));
    }
    return lock;
}

}  // namespace baudot::app
