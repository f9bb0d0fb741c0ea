#include "journal/disk_double.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/assert.hpp"

namespace baudot::journal {
namespace {

constexpr std::uint64_t sector_bytes = 512;

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::unexpected<error> io_failed(const std::string& path, std::string_view why) {
    return fail(errc::io_failed, fmt::format("{}: {}", path, why));
}

}  // namespace

struct disk_double::inode {
    std::string now;                // what programs see
    std::string durable;            // what a crash leaves for sure
    std::set<std::uint64_t> dirty;  // sectors of `now` since the last sync
};

struct disk_double::state {
    // One change of a directory that is not durable yet.
    struct directory_change {
        std::string path;
        std::shared_ptr<inode> target;  // null: the name goes away
        std::string also_removed;       // rename: the old name, in the same step
    };

    explicit state(std::uint64_t seed) : random(seed) {}

    mutable std::mutex mutex;  // guards everything below
    random_source random;
    std::map<std::string, std::shared_ptr<inode>> names;
    std::map<std::string, std::shared_ptr<inode>> durable_names;
    std::map<std::string, std::vector<directory_change>> unsynced;  // by directory
    std::set<std::string> locks;
    std::uint64_t generation = 0;  // raised when the process or the machine goes down
    std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t changes = 0;
    std::optional<std::uint64_t> stop_at;
    bool stopped = false;
    std::set<disk_operation> failing;
    bool forgets_growth = false;
    latency_hook latency;
    duration delay = duration::zero();

    void account(disk_operation what, std::size_t bytes) {
        if (latency) delay += latency(what, bytes);
    }

    // True when this change is the one that stops half-way.
    bool change() {
        ++changes;
        if (stop_at && changes >= *stop_at) stopped = true;
        return stopped;
    }

    bool take_fault(disk_operation what) { return failing.erase(what) > 0; }

    std::uint64_t used() const {
        std::uint64_t sum = 0;
        for (const auto& [path, node] : names) sum += node->now.size();
        return sum;
    }

    void record(directory_change change_made) {
        unsynced[directory_of(change_made.path)].push_back(std::move(change_made));
    }

    void make_durable(const directory_change& made) {
        if (made.target) {
            durable_names[made.path] = made.target;
        } else {
            durable_names.erase(made.path);
        }
        if (!made.also_removed.empty()) durable_names.erase(made.also_removed);
    }

    void restart() {
        ++generation;
        locks.clear();
        stopped = false;
        stop_at.reset();
        failing.clear();
        forgets_growth = false;
    }
};

namespace {

void mark_dirty(std::set<std::uint64_t>& dirty, std::uint64_t offset, std::uint64_t bytes) {
    if (bytes == 0) return;
    for (auto s = offset / sector_bytes; s <= (offset + bytes - 1) / sector_bytes; ++s) {
        dirty.insert(s);
    }
}

void copy_sector(std::string& to, const std::string& from, std::uint64_t sector) {
    const std::uint64_t begin = sector * sector_bytes;
    if (begin >= to.size() || begin >= from.size()) return;
    const auto bytes = std::min({sector_bytes, to.size() - begin, from.size() - begin});
    to.replace(begin, bytes, from, begin, bytes);
}

}  // namespace

class double_file final : public file {
public:
    double_file(std::shared_ptr<disk_double::state> owner, std::shared_ptr<disk_double::inode> node,
                std::string path)
        : state_(std::move(owner)),
          node_(std::move(node)),
          path_(std::move(path)),
          generation_(state_->generation) {}

    result<void> pwrite(std::span<const std::string_view> parts, std::uint64_t offset) override {
        std::string bytes;
        for (const std::string_view part : parts) bytes.append(part);
        const std::lock_guard lock(state_->mutex);
        if (auto up = check(); !up) return up;
        state_->account(disk_operation::write, bytes.size());
        if (state_->take_fault(disk_operation::write)) return io_failed(path_, "write failed");
        bool full = false;
        if (state_->change()) bytes.resize(state_->random.below(bytes.size() + 1));
        const std::uint64_t old = node_->now.size();
        if (offset + bytes.size() > old) {
            const std::uint64_t used = state_->used();
            const std::uint64_t room = state_->capacity > used ? state_->capacity - used : 0;
            const std::uint64_t end = std::min(offset + bytes.size(), old + room);
            full = end < offset + bytes.size();
            bytes.resize(end > offset ? end - offset : 0);
            if (!bytes.empty()) node_->now.resize(end);
            if (offset > old) mark_dirty(node_->dirty, old, offset - old);
        }
        node_->now.replace(offset, bytes.size(), bytes);
        mark_dirty(node_->dirty, offset, bytes.size());
        if (state_->stopped) return io_failed(path_, "the machine stopped");
        if (full) return fail(errc::no_space, path_ + ": write: no space left on device");
        return {};
    }

    result<std::size_t> pread(std::span<char> to, std::uint64_t offset) const override {
        const std::lock_guard lock(state_->mutex);
        if (auto up = check(); !up) return std::unexpected(up.error());
        state_->account(disk_operation::read, to.size());
        if (state_->take_fault(disk_operation::read)) return io_failed(path_, "read failed");
        if (offset >= node_->now.size()) return std::size_t{0};
        return node_->now.copy(to.data(), to.size(), offset);
    }

    result<void> sync() override {
        const std::lock_guard lock(state_->mutex);
        if (auto up = check(); !up) return up;
        state_->account(disk_operation::sync, node_->dirty.size() * sector_bytes);
        if (state_->take_fault(disk_operation::sync)) {
            // The pages are clean from now on and never reach the disk.
            node_->dirty.clear();
            return io_failed(path_, "fdatasync failed");
        }
        if (state_->change()) return io_failed(path_, "the machine stopped");
        if (!state_->forgets_growth) node_->durable.resize(node_->now.size());
        for (const std::uint64_t sector : node_->dirty) {
            copy_sector(node_->durable, node_->now, sector);
        }
        node_->dirty.clear();
        return {};
    }

    result<std::uint64_t> size() const override {
        const std::lock_guard lock(state_->mutex);
        if (auto up = check(); !up) return std::unexpected(up.error());
        return node_->now.size();
    }

    result<void> truncate(std::uint64_t size) override {
        const std::lock_guard lock(state_->mutex);
        if (auto up = check(); !up) return up;
        if (state_->change()) return io_failed(path_, "the machine stopped");
        const std::uint64_t old = node_->now.size();
        node_->now.resize(size);
        if (size > old) mark_dirty(node_->dirty, old, size - old);
        return {};
    }

private:
    result<void> check() const {
        if (generation_ != state_->generation || state_->stopped) {
            return io_failed(path_, "the machine stopped");
        }
        return {};
    }

    std::shared_ptr<disk_double::state> state_;
    std::shared_ptr<disk_double::inode> node_;
    const std::string path_;
    const std::uint64_t generation_;
};

namespace {

class double_lock final : public file_lock {
public:
    explicit double_lock(std::function<void()> release) : release_(std::move(release)) {}
    ~double_lock() override { release_(); }

private:
    std::function<void()> release_;
};

}  // namespace

disk_double::disk_double(std::uint64_t seed) : state_(std::make_shared<state>(seed)) {}
disk_double::~disk_double() = default;

result<std::unique_ptr<file>> disk_double::open(const std::string& path, open_mode mode) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return io_failed(path, "the machine stopped");
    const auto found = state_->names.find(path);
    if (mode != open_mode::create) {
        if (found == state_->names.end()) return fail(errc::not_found, path + ": no such file");
        return std::make_unique<double_file>(state_, found->second, path);
    }
    if (found != state_->names.end()) return io_failed(path, "file exists");
    state_->account(disk_operation::metadata, 0);
    if (state_->used() >= state_->capacity) {
        return fail(errc::no_space, path + ": open: no space left on device");
    }
    const bool stops = state_->change();
    const auto node = std::make_shared<inode>();
    state_->names[path] = node;
    state_->record({path, node, {}});
    if (stops) return io_failed(path, "the machine stopped");
    return std::make_unique<double_file>(state_, node, path);
}

result<void> disk_double::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return io_failed(from, "the machine stopped");
    const auto found = state_->names.find(from);
    if (found == state_->names.end()) return fail(errc::not_found, from + ": no such file");
    BAUDOT_ASSERT(directory_of(from) == directory_of(to), "the double renames inside a directory");
    state_->account(disk_operation::metadata, 0);
    const bool stops = state_->change();
    const auto node = found->second;
    state_->names.erase(found);
    state_->names[to] = node;
    state_->record({to, node, from});
    if (stops) return io_failed(from, "the machine stopped");
    return {};
}

result<void> disk_double::unlink(const std::string& path) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return io_failed(path, "the machine stopped");
    state_->account(disk_operation::metadata, 0);
    if (!state_->names.contains(path)) return fail(errc::not_found, path + ": no such file");
    const bool stops = state_->change();
    state_->names.erase(path);
    state_->record({path, nullptr, {}});
    if (stops) return io_failed(path, "the machine stopped");
    return {};
}

result<std::vector<std::string>> disk_double::list(const std::string& directory) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return io_failed(directory, "the machine stopped");
    std::vector<std::string> found;
    for (const auto& [path, node] : state_->names) {
        if (directory_of(path) == directory) found.push_back(path.substr(directory.size() + 1));
    }
    return found;  // the map keeps byte order
}

result<void> disk_double::create_directory(const std::string& directory) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return io_failed(directory, "the machine stopped");
    return {};  // directories are not modelled: every one exists
}

result<void> disk_double::sync_directory(const std::string& directory) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return io_failed(directory, "the machine stopped");
    state_->account(disk_operation::sync, 0);
    if (state_->take_fault(disk_operation::metadata)) return io_failed(directory, "fsync failed");
    if (state_->change()) return io_failed(directory, "the machine stopped");
    for (const auto& made : state_->unsynced[directory]) state_->make_durable(made);
    state_->unsynced.erase(directory);
    return {};
}

result<std::uint64_t> disk_double::free_space(const std::string& directory) {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopped) return io_failed(directory, "the machine stopped");
    const std::uint64_t used = state_->used();
    return state_->capacity > used ? state_->capacity - used : 0;
}

result<std::unique_ptr<file_lock>> disk_double::lock(const std::string& path) {
    const std::lock_guard guard(state_->mutex);
    if (state_->stopped) return io_failed(path, "the machine stopped");
    if (!state_->locks.insert(path).second) {
        return fail(errc::in_use, path + ": the data directory is in use by process 1");
    }
    auto release = [owner = state_, path, generation = state_->generation] {
        const std::lock_guard held(owner->mutex);
        if (owner->generation == generation) owner->locks.erase(path);
    };
    return std::make_unique<double_lock>(std::move(release));
}

void disk_double::crash() {
    const std::lock_guard lock(state_->mutex);
    random_source& random = state_->random;
    for (const auto& [directory, made] : state_->unsynced) {
        const std::uint64_t survive = random.below(made.size() + 1);
        for (std::uint64_t i = 0; i < survive; ++i) state_->make_durable(made[i]);
    }
    state_->unsynced.clear();
    std::set<inode*> seen;
    for (const auto& [path, node] : state_->durable_names) {
        if (!seen.insert(node.get()).second) continue;
        // How the disk took the unsynced sectors: none, all, or each by chance.
        const double taken = random.chance(0.25) ? 0 : random.chance(0.33) ? 1 : random.unit();
        if (random.chance(taken)) {
            node->durable.resize(node->now.size());
        } else if (node->now.size() > node->durable.size()) {
            // Between the two sizes, at a sector's end as the file system moves it.
            const auto more = (node->now.size() - node->durable.size()) / sector_bytes;
            const auto grown = (node->durable.size() / sector_bytes + random.below(more + 1));
            node->durable.resize(
                std::max<std::uint64_t>(node->durable.size(), grown * sector_bytes));
        }
        for (const std::uint64_t sector : node->dirty) {
            if (random.chance(taken)) copy_sector(node->durable, node->now, sector);
        }
        node->dirty.clear();
        node->now = node->durable;
    }
    state_->names = state_->durable_names;
    state_->restart();
}

void disk_double::kill() {
    const std::lock_guard lock(state_->mutex);
    state_->restart();
}

void disk_double::stop_after(std::uint64_t operations) {
    const std::lock_guard lock(state_->mutex);
    state_->stop_at = state_->changes + operations;
}

bool disk_double::stopped() const {
    const std::lock_guard lock(state_->mutex);
    return state_->stopped;
}

std::uint64_t disk_double::changes() const {
    const std::lock_guard lock(state_->mutex);
    return state_->changes;
}

void disk_double::set_capacity(std::uint64_t bytes) {
    const std::lock_guard lock(state_->mutex);
    state_->capacity = bytes;
}

void disk_double::fail_next(disk_operation what) {
    const std::lock_guard lock(state_->mutex);
    state_->failing.insert(what);
}

void disk_double::forget_growth() {
    const std::lock_guard lock(state_->mutex);
    state_->forgets_growth = true;
}

void disk_double::flip_bit(const std::string& path, std::uint64_t offset, unsigned bit) {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->names.find(path);
    BAUDOT_ASSERT(found != state_->names.end(), "no such file to damage");
    inode& node = *found->second;
    BAUDOT_ASSERT(offset < node.now.size(), "the file is shorter than that");
    const auto mask = static_cast<char>(1U << bit);
    node.now[offset] = static_cast<char>(node.now[offset] ^ mask);
    if (offset < node.durable.size()) {
        node.durable[offset] = static_cast<char>(node.durable[offset] ^ mask);
    }
}

void disk_double::set_latency(latency_hook hook) {
    const std::lock_guard lock(state_->mutex);
    state_->latency = std::move(hook);
}

duration disk_double::take_delay() {
    const std::lock_guard lock(state_->mutex);
    return std::exchange(state_->delay, duration::zero());
}

result<std::string> disk_double::content(const std::string& path) const {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->names.find(path);
    if (found == state_->names.end()) return fail(errc::not_found, path + ": no such file");
    return found->second->now;
}

std::uint64_t disk_double::bytes_used() const {
    const std::lock_guard lock(state_->mutex);
    return state_->used();
}

}  // namespace baudot::journal
