#include "store/rocksdb_store.hpp"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>
#include <rocksdb/listener.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sys/stat.h>
#include <thread>
#include <utility>
#include <vector>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "store/patient_files.hpp"
#include "store/rocksdb_status.hpp"
#include "store/rocksdb_tuning.hpp"

namespace baudot::store {
namespace {

// Our own rows live in RocksDB's "default" family, so that no user's key can meet them
// (docs/formats.md, "Store").
constexpr std::string_view format_key = "format";
constexpr std::string_view position_key = "position";
constexpr std::uint32_t format_version = 1;
constexpr std::chrono::milliseconds look_again = std::chrono::milliseconds(1);

rocksdb::Slice slice(std::string_view bytes) {
    return {bytes.data(), bytes.size()};
}
std::string_view view(const rocksdb::Slice& bytes) {
    return {bytes.data(), bytes.size()};
}

template <class Int>
std::string little_endian(Int value) {
    std::string out(sizeof value, '\0');
    store_little_endian(out.data(), value);
    return out;
}

rocksdb::WriteOptions without_log() {
    rocksdb::WriteOptions out;
    out.disableWAL = true;
    return out;
}

// Calls come on RocksDB's threads, which must not see an exception: the logger throws none.
class failure_listener final : public rocksdb::EventListener {
public:
    explicit failure_listener(observe::logger log) : log_(std::move(log)) {}

    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override {
        log_.error("the store cannot flush or compact", {{"status", status->ToString()}});
    }

    // It would end in an assertion, as Debian builds it. A restart is what helps.
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                              bool* by_itself) override {
        *by_itself = false;
    }

private:
    observe::logger log_;
};

struct own_rows {
    std::uint32_t format;
    sequence position;
};

class rocksdb_store final : public store {
public:
    rocksdb_store(std::string directory, std::uint64_t room_min,
                  std::shared_ptr<patient_files> files, std::unique_ptr<rocksdb::Env> env,
                  rocksdb::DB* database, std::vector<rocksdb::ColumnFamilyHandle*> handles)
        : directory_(std::move(directory)),
          room_min_(room_min),
          files_(std::move(files)),
          env_(std::move(env)),
          database_(database),
          handles_(std::move(handles)) {}

    ~rocksdb_store() override {
        figures_registration_.reset();  // its update reads the database
        files_->give_up();
        for (auto* handle : handles_) (void)database_->DestroyColumnFamilyHandle(handle);
    }

    result<void> prepare();
    void publish(observe::metrics& figures);

    result<void> apply(const write_batch& batch, sequence position) override;
    result<std::optional<std::string>> get(family where, std::string_view key) const override;
    result<void> scan(family where, std::string_view lower, std::string_view upper,
                      const visitor& visit) const override;
    result<void> flush() override;
    sequence position() const override { return position_; }
    sequence flushed_position() const override { return flushed_; }
    result<void> checkpoint(const std::string& to) override;

private:
    rocksdb::ColumnFamilyHandle* own() const { return handles_[0]; }
    rocksdb::ColumnFamilyHandle* handle(family where) const {
        return handles_[std::to_underlying(where) + std::size_t{1}];
    }
    std::unexpected<error> failed(const rocksdb::Status& status, std::string_view act) const {
        return std::unexpected(to_error(status, act, directory_));
    }
    result<std::optional<std::string>> read(rocksdb::ColumnFamilyHandle* from,
                                            std::string_view key) const;
    result<std::optional<own_rows>> read_own_rows() const;
    void raise_flushed(sequence to);
    std::unexpected<error> full(std::string_view act, std::uint64_t wanted) const;
    result<void> find_room() const;
    result<void> wait_for_flushes() const;
    result<void> write(rocksdb::WriteBatch& batch);

    std::string directory_;
    std::uint64_t room_min_;
    std::shared_ptr<patient_files> files_;
    std::unique_ptr<rocksdb::Env> env_;  // on files_
    std::unique_ptr<rocksdb::DB> database_;
    std::vector<rocksdb::ColumnFamilyHandle*> handles_;  // owned; own() first, then by family
    std::atomic<sequence> position_{sequence{0}};
    std::atomic<sequence> flushed_{sequence{0}};
    std::shared_ptr<void> figures_registration_;
};

result<std::optional<std::string>> rocksdb_store::read(rocksdb::ColumnFamilyHandle* from,
                                                       std::string_view key) const {
    std::string value;
    const rocksdb::Status status = database_->Get(rocksdb::ReadOptions(), from, slice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return failed(status, "read");
    return value;
}

result<std::optional<own_rows>> rocksdb_store::read_own_rows() const {
    const auto format = read(own(), format_key);
    if (!format) return std::unexpected(format.error());
    const auto position = read(own(), position_key);
    if (!position) return std::unexpected(position.error());
    if (!*format && !*position) return std::nullopt;
    if (!*format || (*format)->size() != sizeof(std::uint32_t) || !*position ||
        (*position)->size() != sizeof(std::uint64_t)) {
        return failed(rocksdb::Status::Corruption("format or position is missing or cut"), "open");
    }
    return own_rows{load_little_endian<std::uint32_t>((*format)->data()),
                    sequence{load_little_endian<std::uint64_t>((*position)->data())}};
}

// A new store gets its rows, an old one is checked, before anybody else writes.
result<void> rocksdb_store::prepare() {
    const auto rows = read_own_rows();
    if (!rows) return std::unexpected(rows.error());
    if (!*rows) {
        rocksdb::WriteBatch first;
        rocksdb::Status status = first.Put(own(), slice(format_key), little_endian(format_version));
        if (status.ok()) {
            status = first.Put(own(), slice(position_key), little_endian(std::uint64_t{0}));
        }
        if (status.ok()) status = database_->Write(without_log(), &first);
        if (!status.ok()) return failed(status, "write");
        return flush();
    }
    if ((*rows)->format > format_version) {
        return fail(errc::unsupported_version,
                    "store " + directory_ + ": written in format " +
                        std::to_string((*rows)->format) + ", this program knows formats up to " +
                        std::to_string(format_version) + "; run the newer program");
    }
    position_ = flushed_ = (*rows)->position;
    return {};
}

result<void> rocksdb_store::apply(const write_batch& batch, sequence position) {
    BAUDOT_ASSERT(position >= position_.load(), "positions never go back");
    rocksdb::WriteBatch out;
    rocksdb::Status status;
    for (const write_batch::change& each : batch.changes()) {
        if (!status.ok()) break;
        status = each.value ? out.Put(handle(each.where), each.key, *each.value)
                            : out.Delete(handle(each.where), each.key);
    }
    if (status.ok()) {
        status = out.Put(own(), slice(position_key), little_endian(std::to_underlying(position)));
    }
    if (!status.ok()) return failed(status, "write");
    if (auto written = write(out); !written) return written;
    position_ = position;
    return {};
}

// RocksDB makes a writer wait while the disk is behind. That wait is done here, because behind a
// disk that is full it would have no end.
result<void> rocksdb_store::write(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions options = without_log();
    options.no_slowdown = true;
    for (;;) {
        const rocksdb::Status status = database_->Write(options, &batch);
        if (status.ok()) return {};
        if (!status.IsIncomplete()) {
            auto lost = failed(status, "write");
            // Room alone does not mend a database whose own writes have failed.
            if (lost.error().code == errc::no_space) lost.error().code = errc::io_failed;
            return lost;
        }
        if (files_->is_waiting()) return full("write", room_min_);
        std::this_thread::sleep_for(look_again);  // style-ok: as RocksDB itself would wait
    }
}

result<std::optional<std::string>> rocksdb_store::get(family where, std::string_view key) const {
    return read(handle(where), key);
}

result<void> rocksdb_store::scan(family where, std::string_view lower, std::string_view upper,
                                 const visitor& visit) const {
    if (!upper.empty() && upper <= lower) return {};  // RocksDB takes such bounds for a bug
    const rocksdb::Slice bound = slice(upper);
    rocksdb::ReadOptions options;
    if (!upper.empty()) options.iterate_upper_bound = &bound;
    options.total_order_seek = !is_inside_one_prefix(where, lower, upper);
    const std::unique_ptr<rocksdb::Iterator> row(database_->NewIterator(options, handle(where)));
    for (row->Seek(slice(lower)); row->Valid(); row->Next()) {
        if (!visit(view(row->key()), view(row->value()))) break;
    }
    if (!row->status().ok()) return failed(row->status(), "scan");
    return {};
}

void rocksdb_store::raise_flushed(sequence to) {
    sequence seen = flushed_;
    while (seen < to && !flushed_.compare_exchange_weak(seen, to)) {
    }
}

std::unexpected<error> rocksdb_store::full(std::string_view act, std::uint64_t wanted) const {
    return fail(errc::no_space,
                fmt::format("store {}: cannot {}: {} bytes are free and {} are wanted", directory_,
                            act, files_->room(), wanted));
}

// What was begun without room for all of it would wait in the middle.
result<void> rocksdb_store::find_room() const {
    std::uint64_t in_memory = 0;
    (void)database_->GetAggregatedIntProperty("rocksdb.cur-size-all-mem-tables", &in_memory);
    const std::uint64_t wanted = in_memory + room_min_;
    if (files_->room() < wanted) return full("flush", wanted);
    return {};
}

// RocksDB's own wait would have no end while the disk is full.
result<void> rocksdb_store::wait_for_flushes() const {
    for (;;) {
        std::uint64_t unflushed = 0;
        (void)database_->GetAggregatedIntProperty("rocksdb.num-immutable-mem-table", &unflushed);
        if (unflushed == 0) return {};
        if (files_->is_waiting()) return full("flush", room_min_);
        std::uint64_t failures = 0;  // none is for want of room, so none mends itself
        (void)database_->GetIntProperty(own(), "rocksdb.background-errors", &failures);
        if (failures > 0) {
            return fail(errc::io_failed, "store " + directory_ + ": cannot flush: see the log");
        }
        std::this_thread::sleep_for(look_again);  // style-ok: as RocksDB itself would wait
    }
}

result<void> rocksdb_store::flush() {
    if (auto room = find_room(); !room) return room;
    if (auto before = wait_for_flushes(); !before) return before;
    // Read before: the writer may go on beside us, and what it adds may or may not be included.
    const sequence covered = position_;
    rocksdb::FlushOptions begin;
    begin.wait = false;
    begin.allow_write_stall = true;
    const rocksdb::Status status = database_->Flush(begin, handles_);
    if (!status.ok()) return failed(status, "flush");
    if (auto done = wait_for_flushes(); !done) return done;
    raise_flushed(covered);
    return {};
}

result<void> rocksdb_store::checkpoint(const std::string& to) {
    struct stat existing{};
    if (::stat(to.c_str(), &existing) == 0) {
        return fail(errc::invalid_argument, "checkpoint: " + to + " exists; name a new directory");
    }
    // The log is off, so the copy must not rely on one: everything into files first.
    if (auto flushed = flush(); !flushed) return flushed;
    rocksdb::Checkpoint* made = nullptr;
    rocksdb::Status status = rocksdb::Checkpoint::Create(database_.get(), &made);
    const std::unique_ptr<rocksdb::Checkpoint> owned(made);
    if (status.ok()) status = made->CreateCheckpoint(to);
    if (!status.ok()) return failed(status, "copy to " + to);
    if (::chmod(to.c_str(), S_IRWXU) != 0) {
        return fail(errc::io_failed, "checkpoint: " + to + ": " + std::strerror(errno));
    }
    return {};
}

void rocksdb_store::publish(observe::metrics& figures) {
    struct figure {
        observe::gauge shown;
        const char* property;
    };
    const std::array<figure, 6> sums = {{
        {figures.gauge("baudot_store_write_buffer_bytes", "Changes in memory, not in files."),
         "rocksdb.cur-size-all-mem-tables"},
        {figures.gauge("baudot_store_files_bytes", "Size of the live files."),
         "rocksdb.live-sst-files-size"},
        {figures.gauge("baudot_store_rows", "Rows, estimated."), "rocksdb.estimate-num-keys"},
        {figures.gauge("baudot_store_compaction_pending_bytes", "Bytes that wait for compaction."),
         "rocksdb.estimate-pending-compaction-bytes"},
        {figures.gauge("baudot_store_write_stopped", "1 while writes wait for the disk."),
         "rocksdb.is-write-stopped"},
        {figures.gauge("baudot_store_background_errors", "Flushes and compactions that failed."),
         "rocksdb.background-errors"},
    }};
    auto cache = figures.gauge("baudot_store_block_cache_bytes", "Bytes in the block cache.");
    auto applied = figures.gauge("baudot_store_position", "Journal position applied.");
    auto flushed =
        figures.gauge("baudot_store_flushed_position", "Journal position that survives a crash.");
    figures_registration_ = figures.before_render([=, this]() mutable {
        for (const auto& [shown, property] : sums) {
            std::uint64_t value = 0;
            // The last two are of the whole database: the aggregate would count them per family.
            const bool whole = std::strcmp(property, "rocksdb.is-write-stopped") == 0 ||
                               std::strcmp(property, "rocksdb.background-errors") == 0;
            const bool known = whole ? database_->GetIntProperty(own(), property, &value)
                                     : database_->GetAggregatedIntProperty(property, &value);
            observe::gauge to = shown;
            if (known) to.set(static_cast<double>(value));
        }
        std::uint64_t cached = 0;  // one cache for all families
        if (database_->GetIntProperty(own(), "rocksdb.block-cache-usage", &cached)) {
            cache.set(static_cast<double>(cached));
        }
        applied.set(static_cast<double>(std::to_underlying(position())));
        flushed.set(static_cast<double>(std::to_underlying(flushed_position())));
    });
}

result<void> make_private_directory(const std::string& path) {
    if (::mkdir(path.c_str(), S_IRWXU) == 0) return {};
    const int failure = errno;
    struct stat existing{};
    if (failure == EEXIST && ::stat(path.c_str(), &existing) == 0 && S_ISDIR(existing.st_mode)) {
        return {};
    }
    const errc code = failure == ENOSPC ? errc::no_space : errc::io_failed;
    return fail(code, "store " + path + ": cannot make the directory: " + std::strerror(failure));
}

// A family that we do not know is a newer program's: refused before anything is written.
result<void> refuse_unknown_families(const rocksdb_options& options,
                                     const rocksdb::DBOptions& database,
                                     const std::vector<rocksdb::ColumnFamilyDescriptor>& known) {
    if (!rocksdb::Env::Default()->FileExists(options.directory + "/CURRENT").ok()) return {};
    std::vector<std::string> stored;
    const rocksdb::Status status =
        rocksdb::DB::ListColumnFamilies(database, options.directory, &stored);
    if (!status.ok()) return std::unexpected(to_error(status, "open", options.directory));
    for (const std::string& each : stored) {
        if (std::ranges::find(known, each, &rocksdb::ColumnFamilyDescriptor::name) != known.end()) {
            continue;
        }
        return fail(errc::unsupported_version, "store " + options.directory + ": the family \"" +
                                                   each + "\" is of a newer program; run that one");
    }
    return {};
}

}  // namespace

result<std::unique_ptr<store>> open_rocksdb(rocksdb_options options, observe::metrics* figures,
                                            const observe::logger& log) {
    if (auto made = make_private_directory(options.directory); !made) {
        return std::unexpected(made.error());
    }
    const auto cache = rocksdb::NewLRUCache(options.block_cache_bytes);
    rocksdb::DBOptions database = database_options(options, cache);
    database.listeners.push_back(std::make_shared<failure_listener>(log));
    const auto below = options.files ? options.files : rocksdb::FileSystem::Default();
    auto files = std::make_shared<patient_files>(below, options.directory, options.room_min);
    auto env = rocksdb::NewCompositeEnv(files);
    patient_files* const patience = files.get();
    database.env = env.get();
    const auto families = family_descriptors(options, cache);
    if (auto known = refuse_unknown_families(options, database, families); !known) {
        return std::unexpected(known.error());
    }
    rocksdb::DB* opened = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    const rocksdb::Status status =
        rocksdb::DB::Open(database, options.directory, families, &handles, &opened);
    if (!status.ok()) return std::unexpected(to_error(status, "open", options.directory));
    auto made = std::make_unique<rocksdb_store>(std::move(options.directory), options.room_min,
                                                std::move(files), std::move(env), opened,
                                                std::move(handles));
    if (auto ready = made->prepare(); !ready) return std::unexpected(ready.error());
    patience->be_patient();
    if (figures) made->publish(*figures);
    return made;
}

}  // namespace baudot::store
