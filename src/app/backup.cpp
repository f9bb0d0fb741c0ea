#include "app/backup.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/error_code.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/hash.hpp"
#include "journal/posix_disk.hpp"
#include "journal/segment_files.hpp"
#include "store/rocksdb_store.hpp"

namespace baudot::app {
namespace fs = std::filesystem;
namespace json = boost::json;
namespace {

constexpr int manifest_format = 1;
constexpr std::size_t chunk_bytes = 1 << 20;
const std::string manifest_name = "manifest.json";

struct digest {
    std::string path;  // inside the backup
    std::uint64_t bytes = 0;
    std::uint32_t crc = 0;
};

// Up to `limit` bytes of `from`; into `to` unless that is null. Durable when it returns.
result<digest> read_through(journal::disk& files, const std::string& from, std::uint64_t limit,
                            journal::file* to) {
    auto source = files.open(from, journal::open_mode::read);
    if (!source) return std::unexpected(source.error());
    digest found;
    std::string chunk;
    while (found.bytes < limit) {
        chunk.resize(std::min<std::uint64_t>(chunk_bytes, limit - found.bytes));
        const auto got = (*source)->pread(chunk, found.bytes);
        if (!got) return std::unexpected(got.error());
        if (*got == 0) break;
        const std::string_view part = std::string_view(chunk).substr(0, *got);
        if (to) {
            if (auto put = to->pwrite(part, found.bytes); !put) return std::unexpected(put.error());
        }
        found.crc = crc32c(part, found.crc);
        found.bytes += *got;
    }
    if (auto synced = to ? to->sync() : (*source)->sync(); !synced) {
        return std::unexpected(synced.error());
    }
    return found;
}

result<digest> copy(journal::disk& files, const std::string& from, const std::string& to,
                    std::uint64_t limit = UINT64_MAX) {
    auto made = files.open(to, journal::open_mode::create);
    if (!made) return std::unexpected(made.error());
    return read_through(files, from, limit, made->get());
}

result<void> make_target(journal::disk& files, const std::string& data,
                         const std::string& directory) {
    std::error_code failed;
    const fs::path from_data = fs::weakly_canonical(directory, failed)
                                   .lexically_relative(fs::weakly_canonical(data, failed));
    if (!from_data.empty() && *from_data.begin() != "..") {
        return fail(errc::invalid_argument,
                    directory +
                        " lies in the data directory and would be lost with it: name "
                        "one on another disk");
    }
    if (fs::exists(directory, failed) &&
        !(fs::is_directory(directory, failed) && fs::is_empty(directory, failed))) {
        return fail(errc::invalid_argument, directory +
                                                " holds something: name an empty or new "
                                                "directory, or move what is there away");
    }
    return files.create_directory(directory);
}

// Every frame, and that the segments follow each other.
result<sequence> verify_journal(journal::disk& files, const std::string& directory) {
    const auto all = journal::load_segments(files, directory);
    if (!all) return std::unexpected(all.error());
    if (all->empty()) return fail(errc::corrupt, directory + " holds no journal");
    sequence next{};
    for (std::size_t at = 0; at < all->size(); ++at) {
        const bool is_newest = at + 1 == all->size();
        const auto nothing = [](const journal::frame_place&,
                                const journal::frame&) -> result<void> { return {}; };
        const auto end = journal::walk_segment(files, directory, (*all)[at],
                                               is_newest ? nullptr : &(*all)[at + 1], nothing);
        if (!end) return std::unexpected(end.error());
        if (end->torn_bytes > 0) return fail(errc::corrupt, directory + ": its end is torn");
        next = end->place.base;
    }
    return next;
}

// It opens, and every record after its position is in the journal.
result<sequence> verify_store(const std::string& directory, sequence first, sequence next) {
    const auto rows = store::open_rocksdb({.directory = directory});
    if (!rows) return std::unexpected(rows.error());
    const sequence position = (*rows)->position();
    const bool fits =
        std::to_underlying(first) <= std::to_underlying(position) + 1 && position < next;
    if (!fits) return fail(errc::corrupt, directory + " and the journal do not belong together");
    return position;
}

result<std::vector<digest>> digest_store(journal::disk& files, const std::string& directory) {
    const auto names = files.list(directory + "/store");
    if (!names) return std::unexpected(names.error());
    std::vector<digest> all;
    for (const std::string& name : *names) {
        auto found = read_through(files, directory + "/store/" + name, UINT64_MAX, nullptr);
        if (!found) return std::unexpected(found.error());
        found->path = "store/" + name;
        all.push_back(std::move(*found));
    }
    return all;
}

std::string manifest_text(const backup_report& made, const std::vector<digest>& files) {
    json::array all;
    for (const digest& each : files) {
        all.push_back(
            json::object{{"path", each.path}, {"bytes", each.bytes}, {"crc32c", each.crc}});
    }
    json::array accounts;
    for (const auto& [name, id] : made.accounts) {
        accounts.push_back(json::object{{"name", name}, {"id", id}});
    }
    const json::object content{{"format", manifest_format},
                               {"store_position", std::to_underlying(made.position)},
                               {"journal_next", std::to_underlying(made.next)},
                               {"accounts", std::move(accounts)},
                               {"files", std::move(all)}};
    return json::serialize(
               json::object{{"content", content}, {"crc32c", crc32c(json::serialize(content))}}) +
           '\n';
}

result<backup_report> fill(store::store& rows, journal::segmented_journal& log, sequence needed,
                           const std::string& data, const std::string& directory,
                           std::vector<std::pair<std::string, std::int64_t>> accounts) {
    journal::posix_disk files;
    // First, so that what it holds no longer needs a segment that is not copied.
    const std::shared_ptr<void> kept = log.pause_retention();
    if (auto made = rows.checkpoint(directory + "/store"); !made) {
        return std::unexpected(made.error());
    }
    if (auto made = files.create_directory(directory + "/journal"); !made) {
        return std::unexpected(made.error());
    }
    // After the checkpoint: so every record that it reflects is durable and in these.
    std::vector<digest> all;
    for (const journal::segment_info& each : log.segments()) {
        if (!each.active && each.last < needed) continue;
        const std::string name = "journal/" + each.file;
        auto copied =
            copy(files, data + "/journal/" + each.file, directory + "/" + name, each.bytes);
        if (!copied) return std::unexpected(copied.error());
        copied->path = name;
        all.push_back(std::move(*copied));
    }
    const auto next = verify_journal(files, directory + "/journal");
    if (!next) return std::unexpected(next.error());
    const auto position = verify_store(directory + "/store", needed, *next);
    if (!position) return std::unexpected(position.error());
    auto stored = digest_store(files, directory);
    if (!stored) return std::unexpected(stored.error());
    std::ranges::move(*stored, std::back_inserter(all));

    backup_report made{
        .files = all.size(), .position = *position, .next = *next, .accounts = std::move(accounts)};
    for (const digest& each : all) made.bytes += each.bytes;
    for (const char* part : {"/store", "/journal"}) {
        if (auto synced = files.sync_directory(directory + part); !synced) {
            return std::unexpected(synced.error());
        }
    }
    const auto manifest = files.open(directory + "/" + manifest_name, journal::open_mode::create);
    if (!manifest) return std::unexpected(manifest.error());
    result<void> done = (*manifest)->pwrite(manifest_text(made, all), 0);
    if (done) done = (*manifest)->sync();
    if (done) done = files.sync_directory(directory);
    if (!done) return std::unexpected(done.error());
    return made;
}

struct manifest {
    backup_report about;
    std::vector<digest> files;
};

// Paths of a manifest lead nowhere but into the backup.
bool is_plain(const std::string& path) {
    const auto slash = path.find('/');
    const std::string folder = path.substr(0, slash);
    return slash != path.npos && (folder == "store" || folder == "journal") &&
           path.find('/', slash + 1) == path.npos && !path.contains("..");
}

result<manifest> read_manifest(journal::disk& files, const std::string& directory) {
    const std::string path = directory + "/" + manifest_name;
    const auto source = files.open(path, journal::open_mode::read);
    if (!source) {
        return fail(errc::not_found, directory + " is no backup, or one that was not finished: " +
                                         source.error().message);
    }
    const auto size = (*source)->size();
    if (!size) return std::unexpected(size.error());
    std::string text(*size, '\0');
    if (auto got = (*source)->pread(text, 0); !got) return std::unexpected(got.error());
    try {
        const json::object sealed = json::parse(text).as_object();
        const json::object& all = sealed.at("content").as_object();
        if (sealed.at("crc32c").to_number<std::uint32_t>() != crc32c(json::serialize(all))) {
            return fail(errc::corrupt, path + " is damaged: its checksum is another");
        }
        if (all.at("format").to_number<int>() > manifest_format) {
            return fail(errc::unsupported_version, path + " is of a newer program: run that one");
        }
        manifest found;
        for (const json::value& each : all.at("files").as_array()) {
            found.files.push_back({.path = std::string(each.at("path").as_string()),
                                   .bytes = each.at("bytes").to_number<std::uint64_t>(),
                                   .crc = each.at("crc32c").to_number<std::uint32_t>()});
            if (!is_plain(found.files.back().path)) {
                return fail(errc::corrupt, path + " names a file outside of the backup");
            }
            found.about.bytes += found.files.back().bytes;
        }
        found.about.files = found.files.size();
        for (const json::value& each : all.at("accounts").as_array()) {
            found.about.accounts.emplace_back(std::string(each.at("name").as_string()),
                                              each.at("id").to_number<std::int64_t>());
        }
        return found;
    } catch (const std::exception& wrong) {
        return fail(errc::corrupt, path + " is damaged: " + wrong.what());
    }
}

result<backup_report> restore_into(journal::disk& files, const std::string& directory,
                                   manifest from, const std::string& to) {
    for (const char* part : {"/store", "/journal"}) {
        if (auto made = files.create_directory(to + part); !made) {
            return std::unexpected(made.error());
        }
    }
    for (const digest& each : from.files) {
        const auto copied = copy(files, directory + "/" + each.path, to + "/" + each.path);
        if (!copied && copied.error().code == errc::not_found) {
            return fail(errc::corrupt, directory + "/" + each.path + " is missing");
        }
        if (!copied) return std::unexpected(copied.error());
        if (copied->bytes != each.bytes || copied->crc != each.crc) {
            return fail(errc::corrupt, directory + "/" + each.path +
                                           " is damaged: it is not what the manifest says");
        }
    }
    for (const char* part : {"/store", "/journal", ""}) {
        if (auto synced = files.sync_directory(to + part); !synced) {
            return std::unexpected(synced.error());
        }
    }
    const auto all = journal::load_segments(files, to + "/journal");
    if (!all) return std::unexpected(all.error());
    const auto next = verify_journal(files, to + "/journal");
    if (!next) return std::unexpected(next.error());
    const auto position = verify_store(to + "/store", all->front().header.base, *next);
    if (!position) return std::unexpected(position.error());
    from.about.position = *position;
    from.about.next = *next;
    return from.about;
}

}  // namespace

std::string describe(const backup_report& made, const std::string& directory) {
    return fmt::format("{}: {} files, {} bytes, journal up to record {}, verified", directory,
                       made.files, made.bytes, std::to_underlying(made.next) - 1);
}

result<backup_report> make_backup(store::store& rows, journal::segmented_journal& log,
                                  sequence needed,
                                  const std::vector<std::pair<std::string, std::int64_t>>& accounts,
                                  const std::string& data, const std::string& directory) {
    journal::posix_disk files;
    if (auto made = make_target(files, data, directory); !made)
        return std::unexpected(made.error());
    auto made = fill(rows, log, needed, data, directory, accounts);
    if (!made) {
        std::error_code ignored;  // the directory was ours, and empty
        for (const char* part : {"/store", "/store.tmp", "/journal", "/manifest.json"}) {
            fs::remove_all(directory + part, ignored);
        }
    }
    return made;
}

result<backup_report> restore_backup(const std::string& directory, const std::string& data) {
    journal::posix_disk files;
    auto from = read_manifest(files, directory);
    if (!from) return std::unexpected(from.error());
    std::error_code failed;
    if (fs::exists(data, failed) &&
        !(fs::is_directory(data, failed) && fs::is_empty(data, failed))) {
        return fail(errc::invalid_argument,
                    data + " is not empty: stop Baudot and move it away first, as in: mv " + data +
                        " " + data + ".old");
    }
    const std::string beside = data + ".restoring";
    if (fs::exists(beside, failed)) {
        return fail(errc::invalid_argument,
                    beside + " is left from a restore that was interrupted: remove it first");
    }
    // Away before the long copy: a mount point and a parent of somebody else refuse this, too.
    if (fs::remove(data, failed); failed) {
        return fail(errc::io_failed, data + " cannot be replaced: " + failed.message() +
                                         "; if it is a mount point, let `data` name a directory "
                                         "in it");
    }
    auto restored = restore_into(files, directory, std::move(*from), beside);
    if (restored) {
        const std::string parent = fs::path(beside).parent_path().string();
        result<void> placed = files.rename(beside, data);
        if (placed) placed = files.sync_directory(parent.empty() ? "." : parent);
        if (!placed) restored = std::unexpected(placed.error());
    }
    if (!restored) fs::remove_all(beside, failed);
    return restored;
}

}  // namespace baudot::app
