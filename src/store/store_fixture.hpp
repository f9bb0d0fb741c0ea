#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "base/random.hpp"
#include "store/rocksdb_store.hpp"
#include "store/store_double.hpp"

namespace baudot::store {

/// A directory that goes with the test.
class scratch_directory {
public:
    scratch_directory() {
        std::string pattern = testing::TempDir() + "baudot_store_XXXXXX";
        const char* made = ::mkdtemp(pattern.data());
        EXPECT_NE(made, nullptr);
        path_ = pattern;
    }
    ~scratch_directory() { std::filesystem::remove_all(path_); }
    scratch_directory(const scratch_directory&) = delete;
    scratch_directory& operator=(const scratch_directory&) = delete;

    std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    std::string path_;
};

/// Either store under one handle, for the conformance suite.
class double_subject {
public:
    static constexpr std::uint64_t crash_seeds = 30;

    store& get() { return *store_; }
    void crash(random_source& random) { store_->crash(random); }
    std::string new_place(std::string_view name) const { return std::string(name); }
    std::unique_ptr<store> open_checkpoint(const std::string& place) {
        return store_->open_checkpoint(place);
    }

private:
    std::unique_ptr<store_double> store_ = std::make_unique<store_double>();
};

class rocksdb_subject {
public:
    static constexpr std::uint64_t crash_seeds = 4;  // a reopen costs 0.3 s

    rocksdb_subject() { open(); }

    store& get() { return *store_; }

    /// Destroying flushes nothing, so it is what a kill leaves.
    void crash(random_source&) {
        store_.reset();
        open();
    }
    std::string new_place(std::string_view name) const { return scratch_ / name; }
    std::unique_ptr<store> open_checkpoint(const std::string& place) {
        auto opened = open_rocksdb({.directory = place});
        EXPECT_TRUE(opened) << opened.error().message;
        return opened ? std::move(*opened) : nullptr;
    }

private:
    void open() {
        // A write buffer so small that RocksDB flushes on its own within a test.
        auto opened = open_rocksdb({.directory = scratch_ / "store",
                                    .block_cache_bytes = 1 << 20,
                                    .write_buffer_bytes = 64 << 10});
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = std::move(*opened);
    }

    scratch_directory scratch_;
    std::unique_ptr<store> store_;
};

}  // namespace baudot::store
