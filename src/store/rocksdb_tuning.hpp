#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/rocksdb_store.hpp"

namespace baudot::store {

/// The stored name of a family.
std::string_view name(family kind) noexcept;

rocksdb::DBOptions database_options(const rocksdb_options& options,
                                    const std::shared_ptr<rocksdb::Cache>& cache);

/// RocksDB's "default" family first (our own rows), then all of `family` in their order.
std::vector<rocksdb::ColumnFamilyDescriptor> family_descriptors(
    const rocksdb_options& options, const std::shared_ptr<rocksdb::Cache>& cache);

/// True when every key of [lower, upper) begins with the same bytes that the family's prefix
/// filter covers: then the filter may skip files.
bool is_inside_one_prefix(family kind, std::string_view lower, std::string_view upper);

}  // namespace baudot::store
