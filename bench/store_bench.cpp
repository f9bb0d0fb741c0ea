// What point state costs: `store_bench ours|plain DIRECTORY POSTS` writes three rows per post
// (seen, pending, a copy) in batches of 64 posts, then reads. `plain` is RocksDB with its own
// defaults plus a bloom filter and without its log: what our settings are compared with. Prints
// one JSON object of CPU microseconds per operation, RocksDB's background threads included.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "store/rocksdb_store.hpp"

namespace {

using namespace baudot;
using store::family;
constexpr std::uint64_t batch_posts = 64;
constexpr std::uint64_t reads = 200'000;

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// A chat of a hundred and a message in it; whole numbers are spread like chats of Telegram.
std::string key_of(std::uint64_t post) {
    std::string key(16, '\0');
    store_big_endian(key.data(), std::uint64_t{0xFFFFFF172B5A0000} + post % 100 * 7919);
    store_big_endian(key.data() + 8, post / 100);
    return key;
}

[[noreturn]] void stop(const std::string& why) {
    fmt::print(stderr, "store_bench: {}\n", why);
    std::exit(1);
}

template <class T>
T must(result<T> value) {
    if (!value) stop(value.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*value);
}

// What both sides can do. Values are thrown away, but found or not is checked.
class side {
public:
    virtual ~side() = default;
    virtual void apply(const store::write_batch& batch, std::uint64_t position) = 0;
    virtual bool get(family where, const std::string& key) = 0;
    virtual std::uint64_t scan(family where, const std::string& from, const std::string& to) = 0;
    virtual void flush() = 0;
};

class ours final : public side {
public:
    explicit ours(const std::string& directory)
        : rows_(must(store::open_rocksdb({.directory = directory}))) {}

    void apply(const store::write_batch& batch, std::uint64_t position) override {
        must(rows_->apply(batch, sequence{position}));
    }
    bool get(family where, const std::string& key) override {
        return must(rows_->get(where, key)).has_value();
    }
    std::uint64_t scan(family where, const std::string& from, const std::string& to) override {
        std::uint64_t count = 0;
        must(rows_->scan(where, from, to, [&](auto, auto) { return ++count, true; }));
        return count;
    }
    void flush() override { must(rows_->flush()); }

private:
    std::unique_ptr<store::store> rows_;
};

class plain final : public side {
public:
    explicit plain(const std::string& directory) {
        rocksdb::BlockBasedTableOptions table;
        table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
        rocksdb::ColumnFamilyOptions options;
        options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
        rocksdb::DBOptions database;
        database.create_if_missing = true;
        database.create_missing_column_families = true;
        std::vector<rocksdb::ColumnFamilyDescriptor> families;
        families.emplace_back(rocksdb::kDefaultColumnFamilyName, options);
        for (std::size_t i = 0; i < store::family_count; ++i) {
            families.emplace_back("f" + std::to_string(i), options);
        }
        rocksdb::DB* opened = nullptr;
        check(rocksdb::DB::Open(database, directory, families, &handles_, &opened));
        database_.reset(opened);
    }
    ~plain() override {
        for (auto* each : handles_) check(database_->DestroyColumnFamilyHandle(each));
    }

    void apply(const store::write_batch& batch, std::uint64_t) override {
        rocksdb::WriteBatch out;
        for (const auto& each : batch.changes()) {
            check(each.value ? out.Put(handle(each.where), each.key, *each.value)
                             : out.Delete(handle(each.where), each.key));
        }
        rocksdb::WriteOptions options;
        options.disableWAL = true;
        check(database_->Write(options, &out));
    }
    bool get(family where, const std::string& key) override {
        std::string value;
        return database_->Get({}, handle(where), key, &value).ok();
    }
    std::uint64_t scan(family where, const std::string& from, const std::string& to) override {
        const rocksdb::Slice bound(to);
        rocksdb::ReadOptions options;
        options.iterate_upper_bound = &bound;
        std::uint64_t count = 0;
        const std::unique_ptr<rocksdb::Iterator> row(
            database_->NewIterator(options, handle(where)));
        for (row->Seek(from); row->Valid(); row->Next()) ++count;
        return count;
    }
    void flush() override { check(database_->Flush({}, handles_)); }

private:
    static void check(const rocksdb::Status& status) {
        if (!status.ok()) stop(status.ToString());
    }
    rocksdb::ColumnFamilyHandle* handle(family where) const {
        return handles_[static_cast<std::size_t>(where) + 1];
    }

    std::unique_ptr<rocksdb::DB> database_;
    std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

void write_posts(side& to, std::uint64_t posts) {
    store::write_batch batch;
    for (std::uint64_t post = 0; post < posts; ++post) {
        const std::string key = key_of(post);
        std::string position(8, '\0');
        store_big_endian(position.data(), post);
        batch.put(family::seen, key, std::string(24, 's'));
        batch.put(family::pending, position, std::string(200, 'p'));
        batch.put(family::copies, key + std::string(16, 'd'), std::string(60, 'c'));
        if (post >= 1000) {  // settled a thousand posts later
            store_big_endian(position.data(), post - 1000);
            batch.erase(family::pending, position);
        }
        if ((post + 1) % batch_posts != 0 && post + 1 != posts) continue;
        to.apply(batch, post + 1);
        batch.clear();
    }
}

double cpu_us_per(std::uint64_t count, const std::function<void()>& act) {
    const double before = cpu_seconds();
    act();
    return (cpu_seconds() - before) * 1e6 / static_cast<double>(count);
}

void measure(side& rows, std::uint64_t posts) {
    const double apply = cpu_us_per(posts, [&] {
        write_posts(rows, posts);
        rows.flush();
    });
    random_source random(1);
    const double get = cpu_us_per(reads, [&] {
        for (std::uint64_t i = 0; i < reads; ++i) {
            if (!rows.get(family::seen, key_of(random.below(posts)))) stop("a row is missing");
        }
    });
    const double absent = cpu_us_per(reads, [&] {
        for (std::uint64_t i = 0; i < reads; ++i) {
            // Between stored keys, so that only the filter can tell.
            const std::string key = key_of(random.below(posts)) + "absent";
            if (rows.get(family::seen, key)) stop("a row too many");
        }
    });
    const double scan = cpu_us_per(reads / 10, [&] {
        for (std::uint64_t i = 0; i < reads / 10; ++i) {
            const std::uint64_t post = random.below(posts);
            if (rows.scan(family::copies, key_of(post), key_of(post + 100)) != 1) {
                stop("a scan of one message found other than its copy");
            }
        }
    });
    fmt::print("{{\"post\":{:.4f},\"get\":{:.4f},\"absent\":{:.4f},\"scan\":{:.4f}}}\n", apply, get,
               absent, scan);
}

}  // namespace

int main(int argc, char** argv) {
    std::uint64_t posts = 0;
    const std::string_view count = argc == 4 ? argv[3] : "";
    std::from_chars(count.data(), count.data() + count.size(), posts);
    const std::string_view which = argc == 4 ? argv[1] : "";
    if (posts < batch_posts || (which != "ours" && which != "plain")) {
        fmt::print(stderr, "usage: store_bench ours|plain DIRECTORY POSTS (at least {})\n",
                   batch_posts);
        return 2;
    }
    // Its own folder inside the one named, so that nothing of the caller's is removed.
    std::string folder = std::string(argv[2]) + "/store_XXXXXX";
    if (!::mkdtemp(folder.data())) stop(std::string(argv[2]) + ": cannot make a folder in it");
    std::unique_ptr<side> rows;
    if (which == "ours") {
        rows = std::make_unique<ours>(folder);
    } else {
        rows = std::make_unique<plain>(folder);
    }
    measure(*rows, posts);
    rows.reset();
    std::filesystem::remove_all(folder);
    return 0;
}
