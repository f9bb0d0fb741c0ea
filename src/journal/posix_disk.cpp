#include "journal/posix_disk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace baudot::journal {
namespace {

constexpr mode_t file_mode = 0600;
constexpr mode_t directory_mode = 0700;
constexpr std::size_t parts_max = 64;  // of one pwritev; IOV_MAX is 1024

std::unexpected<error> failed(const char* call, const std::string& path, int code = errno) {
    const errc kind = code == ENOSPC || code == EDQUOT ? errc::no_space
                      : code == ENOENT                 ? errc::not_found
                                                       : errc::io_failed;
    return fail(kind, fmt::format("{}: {}: {}", path, call, std::system_category().message(code)));
}

template <class Call>
auto retried(Call call) {
    auto value = call();
    while (value == -1 && errno == EINTR) value = call();
    return value;
}

class descriptor {
public:
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&&) = delete;
    ~descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

private:
    int fd_;
};

class posix_file final : public file {
public:
    posix_file(descriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    result<void> pwrite(std::span<const std::string_view> parts, std::uint64_t offset) override {
        std::size_t part = 0;
        std::size_t skip = 0;  // of parts[part], already written
        while (part < parts.size()) {
            std::array<iovec, parts_max> vectors;
            int used = 0;
            for (std::size_t i = part; i < parts.size() && used < static_cast<int>(parts_max);
                 ++i) {
                const std::string_view rest = parts[i].substr(i == part ? skip : 0);
                vectors[static_cast<std::size_t>(used++)] = {const_cast<char*>(rest.data()),
                                                             rest.size()};
            }
            const ssize_t wrote = retried([&] {
                return ::pwritev(fd_.get(), vectors.data(), used, static_cast<off_t>(offset));
            });
            if (wrote < 0) return failed("write", path_);
            offset += static_cast<std::uint64_t>(wrote);
            skip += static_cast<std::size_t>(wrote);
            while (part < parts.size() && skip >= parts[part].size()) skip -= parts[part++].size();
        }
        return {};
    }

    result<std::size_t> pread(std::span<char> to, std::uint64_t offset) const override {
        std::size_t done = 0;
        while (done < to.size()) {
            const ssize_t got = retried([&] {
                return ::pread(fd_.get(), to.data() + done, to.size() - done,
                               static_cast<off_t>(offset + done));
            });
            if (got < 0) return failed("read", path_);
            if (got == 0) break;
            done += static_cast<std::size_t>(got);
        }
        return done;
    }

    result<void> sync() override {
        // Not retried, not even after EINTR: the state of the pages is unknown then.
        if (::fdatasync(fd_.get()) != 0) {
            return fail(errc::io_failed, fmt::format("{}: fdatasync: {}", path_,
                                                     std::system_category().message(errno)));
        }
        return {};
    }

    result<std::uint64_t> size() const override {
        struct stat status{};
        if (::fstat(fd_.get(), &status) != 0) return failed("fstat", path_);
        return static_cast<std::uint64_t>(status.st_size);
    }

    result<void> truncate(std::uint64_t size) override {
        const int done = retried([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); });
        if (done != 0) return failed("ftruncate", path_);
        return {};
    }

private:
    descriptor fd_;
    std::string path_;
};

class posix_lock final : public file_lock {
public:
    explicit posix_lock(descriptor fd) : fd_(std::move(fd)) {}

private:
    descriptor fd_;  // closing it releases the lock
};

std::string parent_of(std::string path) {
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

result<std::unique_ptr<file>> posix_disk::open(const std::string& path, open_mode mode) {
    int flags = O_CLOEXEC | (mode == open_mode::read ? O_RDONLY : O_RDWR);
    if (mode == open_mode::create) flags |= O_CREAT | O_EXCL;
    descriptor fd(retried([&] { return ::open(path.c_str(), flags, file_mode); }));
    if (fd.get() < 0) return failed("open", path);
    return std::make_unique<posix_file>(std::move(fd), path);
}

result<void> posix_disk::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
    return {};
}

result<void> posix_disk::unlink(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return failed("unlink", path);
    return {};
}

result<std::vector<std::string>> posix_disk::list(const std::string& directory) {
    DIR* const stream = ::opendir(directory.c_str());
    if (stream == nullptr) return failed("opendir", directory);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = ::readdir(stream)) {
        struct stat status{};
        if (::fstatat(::dirfd(stream), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(status.st_mode)) {
            names.emplace_back(entry->d_name);
        }
        errno = 0;
    }
    const int code = errno;
    ::closedir(stream);
    if (code != 0) return failed("readdir", directory, code);
    std::ranges::sort(names);
    return names;
}

result<void> posix_disk::create_directory(const std::string& directory) {
    struct stat status{};
    if (::stat(directory.c_str(), &status) == 0) {
        if (S_ISDIR(status.st_mode)) return {};
        return fail(errc::io_failed, fmt::format("{}: is not a directory", directory));
    }
    const std::string parent = parent_of(directory);
    if (parent != directory) {
        if (auto made = create_directory(parent); !made) return made;
    }
    if (::mkdir(directory.c_str(), directory_mode) != 0 && errno != EEXIST) {
        return failed("mkdir", directory);
    }
    return sync_directory(parent);
}

result<void> posix_disk::sync_directory(const std::string& directory) {
    const descriptor fd(
        retried([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (fd.get() < 0) return failed("open", directory);
    if (::fsync(fd.get()) != 0) {
        return fail(errc::io_failed,
                    fmt::format("{}: fsync: {}", directory, std::system_category().message(errno)));
    }
    return {};
}

result<std::uint64_t> posix_disk::free_space(const std::string& directory) {
    struct statvfs status{};
    if (retried([&] { return ::statvfs(directory.c_str(), &status); }) != 0) {
        return failed("statvfs", directory);
    }
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

result<std::unique_ptr<file_lock>> posix_disk::lock(const std::string& path) {
    descriptor fd(
        retried([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, file_mode); }));
    if (fd.get() < 0) return failed("open", path);
    if (retried([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) {
        if (errno != EWOULDBLOCK) return failed("flock", path);
        char text[32] = {};
        const ssize_t got = ::pread(fd.get(), text, sizeof text - 1, 0);
        const std::string holder(text, got > 0 ? std::strcspn(text, "\n") : 0);
        return fail(errc::in_use,
                    fmt::format("{}: the data directory is in use by process {}; stop it first, "
                                "or name another directory",
                                path, holder.empty() ? "(unknown)" : holder));
    }
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(fd.get(), 0) != 0 ||
        ::pwrite(fd.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size())) {
        // The pid only helps people; a full disk must not keep the journal from starting.
        errno = 0;
    }
    return std::make_unique<posix_lock>(std::move(fd));
}

}  // namespace baudot::journal
