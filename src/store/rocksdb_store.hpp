#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "store/store.hpp"

namespace rocksdb {
class FileSystem;
}

namespace baudot::store {

struct rocksdb_options {
    std::string directory;  // made with mode 0700 when absent; its parent must exist

    // Memory is about block_cache_bytes + 2 * write_buffer_bytes: a full write buffer is flushed
    // while a second one fills, then apply() waits.
    std::size_t block_cache_bytes = 32 << 20;  // also holds indexes and filters
    std::size_t write_buffer_bytes = 16 << 20;
    int open_files_max = 256;

    // flush() and checkpoint() refuse with errc::no_space, and change nothing, when the disk would
    // have less than this left. What RocksDB writes by itself waits while there is less, and when
    // its buffers are full apply() is refused alike; with room again all goes on by itself.
    std::uint64_t room_min = 4 << 20;

    std::shared_ptr<rocksdb::FileSystem> files{};  // null: the machine's
};

/// Point state in RocksDB: a column family per `family`, no write-ahead log, all families flushed
/// together, the position in the same batch as the changes it belongs to.
///
/// Destroying it flushes nothing: call flush() first, or the journal has to bring the rest back.
///
/// errc::in_use: another process (or this one) has the directory open.
/// errc::unsupported_version: written by a newer program; nothing was changed.
/// errc::corrupt: says which directory and what to do.
///
/// `figures` may be null; otherwise it must outlive the store.
result<std::unique_ptr<store>> open_rocksdb(rocksdb_options options,
                                            observe::metrics* figures = nullptr,
                                            const observe::logger& log = {});

}  // namespace baudot::store
