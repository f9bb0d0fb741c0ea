#include "store/rocksdb_tuning.hpp"

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <utility>

namespace baudot::store {
namespace {

// Bytes that a scan of the family keeps fixed; 0: it is read by whole keys or from end to end.
std::size_t prefix_bytes(family kind) {
    return kind == family::copies ? 16 : 0;  // source chat, message
}

rocksdb::ColumnFamilyOptions family_options(const rocksdb_options& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache,
                                            std::size_t prefix) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;  // else their memory is outside every bound
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));  // 1 % false positives
    table.whole_key_filtering = true;  // most gets of `seen` are for absent keys
    table.format_version = 5;
    // In parts: the filter of a whole file is some 100 KiB, which a small cache would read again
    // for nearly every get of an absent key.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = true;
    table.metadata_block_size = 4096;
    table.pin_top_level_index_and_filter = true;

    rocksdb::ColumnFamilyOptions out;
    out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    if (prefix > 0) out.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(prefix));
    out.compression = rocksdb::kLZ4Compression;
    out.write_buffer_size = options.write_buffer_bytes;
    out.max_write_buffer_number = 2;
    out.target_file_size_base = 16 << 20;
    // Rows are written far more often than they are read, and few are read twice: to merge runs of
    // one size costs a quarter of what levels do, beside a relay that needs the processor itself.
    out.compaction_style = rocksdb::kCompactionStyleUniversal;
    return out;
}

}  // namespace

std::string_view name(family kind) noexcept {
    switch (kind) {
        case family::meta: return "meta";
        case family::cursors: return "cursors";
        case family::seen: return "seen";
        case family::pending: return "pending";
        case family::copies: return "copies";
        case family::holds: return "holds";
        case family::chats: return "chats";
        case family::dead: return "dead";
        case family::limits: return "limits";
    }
    return "unknown";
}

rocksdb::DBOptions database_options(const rocksdb_options& options,
                                    const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::DBOptions out;
    out.create_if_missing = true;
    out.create_missing_column_families = true;
    out.atomic_flush = true;
    out.avoid_flush_during_shutdown = true;  // the owner says when: store::flush()
    out.write_buffer_manager =
        std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes, cache);
    out.max_open_files = options.open_files_max;
    out.max_background_jobs = 2;
    out.bytes_per_sync = 1 << 20;  // a big file is not written back in one go
    out.stats_dump_period_sec = 0;
    out.stats_persist_period_sec = 0;
    out.info_log_level = rocksdb::WARN_LEVEL;
    out.max_log_file_size = 1 << 20;
    out.keep_log_file_num = 2;
    out.max_manifest_file_size = 8 << 20;
    return out;
}

std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(
    const rocksdb_options& options, const std::shared_ptr<rocksdb::Cache>& cache) {
    std::vector<rocksdb::ColumnFamilyDescriptor> out;
    out.emplace_back(rocksdb::kDefaultColumnFamilyName, family_options(options, cache, 0));
    for (std::size_t i = 0; i < family_count; ++i) {
        const auto kind = static_cast<family>(i);
        out.emplace_back(std::string(name(kind)),
                         family_options(options, cache, prefix_bytes(kind)));
    }
    return out;
}

bool is_inside_one_prefix(family kind, std::string_view lower, std::string_view upper) {
    const std::size_t size = prefix_bytes(kind);
    if (size == 0 || lower.size() < size || upper.size() < size) return false;
    std::string prefix(lower.substr(0, size));
    if (upper.starts_with(prefix)) return true;
    // The usual bound: the smallest key after all that begin with the prefix.
    while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
    if (prefix.empty()) return false;
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
    prefix.resize(size, '\0');
    return upper == prefix;
}

}  // namespace baudot::store
