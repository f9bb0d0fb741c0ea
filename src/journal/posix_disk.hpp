#pragma once

#include "journal/disk.hpp"

namespace baudot::journal {

/// The files of this machine. Stateless; any thread. Everything is opened O_CLOEXEC; calls
/// interrupted by signals and short writes are continued. The lock is flock(), so it goes with
/// the process, however that ends.
class posix_disk final : public disk {
public:
    result<std::unique_ptr<file>> open(const std::string& path, open_mode mode) override;
    result<void> rename(const std::string& from, const std::string& to) override;
    result<void> unlink(const std::string& path) override;
    result<std::vector<std::string>> list(const std::string& directory) override;
    result<void> create_directory(const std::string& directory) override;
    result<void> sync_directory(const std::string& directory) override;
    result<std::uint64_t> free_space(const std::string& directory) override;
    result<std::unique_ptr<file_lock>> lock(const std::string& path) override;
};

}  // namespace baudot::journal
