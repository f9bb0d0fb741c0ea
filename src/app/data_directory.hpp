#pragma once

#include <memory>
#include <string>

#include "app/settings.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "engine/relay.hpp"
#include "journal/disk.hpp"
#include "journal/segmented_journal.hpp"

namespace baudot::app {

/// Makes `directory` (for its owner only) where it is not there, and takes it for this process:
/// nobody else may until the lock is destroyed. What lies in it is not looked at. Blocking.
///
/// Errors name the directory. errc::in_use names the process that has it; errc::no_space: too
/// little room to start (RocksDB aborts the process when its first writes fail);
/// errc::io_failed: it cannot be made or written.
result<std::unique_ptr<journal::file_lock>> take_data_directory(journal::disk& files,
                                                                const std::string& directory);

/// What a configuration says about the journal in its data directory. `verify_from`: what the store
/// has flushed.
journal::journal_options journal_options(const settings& from, sequence verify_from);

/// And about the relay on it.
engine::relay_options relay_options(const settings& from);

}  // namespace baudot::app
