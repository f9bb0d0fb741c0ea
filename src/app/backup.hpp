#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "journal/segmented_journal.hpp"
#include "store/store.hpp"

namespace baudot::app {

/// A backup is a directory: `store` (a checkpoint of it), `journal` (every segment that the store
/// or a delivery that is owed may still need, to the newest durable record) and `manifest.json`
/// with the sizes and checksums of all files. The manifest comes last: without it, it is none.
struct backup_report {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    sequence position{};  // of the store
    sequence next{};      // first record that is not in it
    std::vector<std::pair<std::string, std::int64_t>> accounts;
};

/// Makes and verifies a backup of the data directory `data`, where both lie, in `directory`, which
/// is absent or empty; what fails is removed. Blocking, on any thread, beside the journal's appends
/// and the store's writer. errc::invalid_argument: the directory holds something.
result<backup_report> make_backup(store::store& rows, journal::segmented_journal& log,
                                  sequence needed,
                                  const std::vector<std::pair<std::string, std::int64_t>>& accounts,
                                  const std::string& data, const std::string& directory);

/// A sentence about it.
std::string describe(const backup_report& made, const std::string& directory);

/// Restores a backup as the data directory `data`, which is absent or empty: copied beside it,
/// verified, made durable, then renamed, so that there is all of it or nothing. Blocking.
/// errc::invalid_argument: `data` holds something; errc::corrupt; errc::unsupported_version.
result<backup_report> restore_backup(const std::string& directory, const std::string& data);

}  // namespace baudot::app
