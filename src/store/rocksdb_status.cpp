#include "store/rocksdb_status.hpp"

#include <fmt/format.h>

#include <string>

namespace baudot::store {
namespace {

// RocksDB has no code for a held lock. One text is for another process, one for our own.
bool is_lock_held(const std::string& text) {
    return text.contains("While lock file:") || text.contains("lock hold by current process");
}

errc code_of(const rocksdb::Status& status, const std::string& text) {
    if (status.IsNoSpace() || status.subcode() == rocksdb::Status::SubCode::kSpaceLimit) {
        return errc::no_space;
    }
    if (status.IsCorruption()) return errc::corrupt;
    if (status.IsIOError() && is_lock_held(text)) return errc::in_use;
    return errc::io_failed;
}

}  // namespace

error to_error(const rocksdb::Status& status, std::string_view act, std::string_view directory) {
    const std::string text = status.ToString();
    const errc code = code_of(status, text);
    std::string message = fmt::format("store {}: cannot {}: {}", directory, act, text);
    if (code == errc::in_use) message += "; is another instance running on this directory?";
    if (code == errc::corrupt) {
        message +=
            "; stop, then restore a backup, or delete this directory: it is rebuilt from the "
            "journal as long as the journal is complete";
    }
    return {code, std::move(message)};
}

}  // namespace baudot::store
