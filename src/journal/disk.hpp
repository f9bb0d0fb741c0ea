#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace baudot::journal {

/// An open file. Not thread-safe, except that pread() may run beside anything.
/// Errors: errc::no_space, errc::io_failed; the message names the file.
class file {
public:
    file() = default;
    file(const file&) = delete;
    file& operator=(const file&) = delete;
    virtual ~file() = default;

    /// All `parts`, one after the other, at `offset`; the file grows as needed. After an error
    /// any part of them may have been written.
    virtual result<void> pwrite(std::span<const std::string_view> parts, std::uint64_t offset) = 0;
    result<void> pwrite(std::string_view bytes, std::uint64_t offset) {
        return pwrite(std::span(&bytes, 1), offset);
    }

    /// Bytes read into `to`; fewer than asked only at the end of the file.
    virtual result<std::size_t> pread(std::span<char> to, std::uint64_t offset) const = 0;

    /// fdatasync: content and size survive a power cut (the name: disk::sync_directory). An
    /// error is final: pages may have been dropped, so the caller must not go on with the file.
    virtual result<void> sync() = 0;

    virtual result<std::uint64_t> size() const = 0;
    virtual result<void> truncate(std::uint64_t size) = 0;
};

/// Held until it is destroyed, or until the process dies.
class file_lock {
public:
    file_lock() = default;
    file_lock(const file_lock&) = delete;
    file_lock& operator=(const file_lock&) = delete;
    virtual ~file_lock() = default;
};

enum class open_mode : std::uint8_t {
    read,        // must exist
    read_write,  // must exist
    create,      // must not exist
};

/// The only door of the journal to files, so that tests and the simulation can take the disk
/// away (disk_double). Any thread. Files are for their owner only (0600, directories 0700).
/// A created, renamed or unlinked name survives a power cut only after sync_directory().
/// Errors: errc::not_found, errc::no_space, errc::io_failed; the message names the path.
class disk {
public:
    disk() = default;
    disk(const disk&) = delete;
    disk& operator=(const disk&) = delete;
    virtual ~disk() = default;

    virtual result<std::unique_ptr<file>> open(const std::string& path, open_mode mode) = 0;
    virtual result<void> rename(const std::string& from, const std::string& to) = 0;
    virtual result<void> unlink(const std::string& path) = 0;

    /// Names (not paths) of the plain files in `directory`, in byte order.
    virtual result<std::vector<std::string>> list(const std::string& directory) = 0;

    /// With its parents, made durable; no error when it is there.
    virtual result<void> create_directory(const std::string& directory) = 0;
    virtual result<void> sync_directory(const std::string& directory) = 0;

    /// Bytes that this process may still write.
    virtual result<std::uint64_t> free_space(const std::string& directory) = 0;

    /// errc::in_use, with the holder's process id in the message, when another holds it.
    virtual result<std::unique_ptr<file_lock>> lock(const std::string& path) = 0;
};

}  // namespace baudot::journal
