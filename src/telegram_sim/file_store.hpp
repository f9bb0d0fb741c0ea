#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "base/ids.hpp"
#include "telegram_sim/objects.hpp"

namespace baudot::telegram_sim {

/// How large a file may be (TELEGRAM.md 4), as the public Bot API server takes and gives it.
struct file_limits {
    std::uint64_t upload_max = 50 << 20;
    std::uint64_t download_max = 20 << 20;
};
/// The same of a server with --local.
inline constexpr file_limits local_file_limits{std::uint64_t{2000} << 20,
                                               std::uint64_t{2000} << 20};

/// The files of a world: described for ever, their bytes only while there is room.
///
/// The same bytes of the same kind and name are one file. Bytes beyond the limit push out the
/// oldest; then a download says that the file is temporarily unavailable, as the real server may.
/// A file id is valid for one bot; the unique id is the same for all (TELEGRAM.md 4).
class file_store {
public:
    file_store(std::uint64_t seed, std::size_t bytes_max, file_limits limits = {})
        : seed_(seed), bytes_max_(bytes_max), limits_(limits) {}

    const file_limits& limits() const noexcept { return limits_; }

    /// `what.size` and `what.bytes` are taken from `bytes`.
    file_index add(file what, std::string bytes);
    /// A file that exists only as a description: `what.bytes` tells it apart.
    file_index add_without_bytes(file what);

    const file& get(file_index index) const { return files_.at(static_cast<std::size_t>(index)); }
    /// nullptr: pushed out, or never there.
    std::shared_ptr<const std::string> bytes(file_index index) const noexcept;

    /// URL-safe characters only.
    std::string file_id(user_id bot, file_index index) const;
    std::string unique_id(file_index index) const;
    /// Of this bot only; absent for anything that is not an id it was given.
    std::optional<file_index> find(user_id bot, std::string_view file_id) const noexcept;

    /// "documents/file_7.pdf": unique in the world, ends as the file's name or kind does.
    std::string path(file_index index) const;
    std::optional<file_index> find_path(std::string_view path) const noexcept;

    std::size_t bytes_held() const noexcept { return bytes_held_; }
    std::size_t size() const noexcept { return files_.size(); }

private:
    struct content_key {
        hash128 bytes;
        media_kind kind;
        std::string name;
        auto operator<=>(const content_key&) const = default;
    };
    std::uint64_t seal(user_id bot, file_index index) const noexcept;
    file_index insert(file what);

    std::uint64_t seed_;
    std::size_t bytes_max_;
    file_limits limits_;
    std::size_t bytes_held_ = 0;
    std::vector<file> files_;
    std::map<content_key, file_index> by_content_;
    std::unordered_map<hash128, std::shared_ptr<const std::string>> held_;
    std::deque<hash128> oldest_;  // in order of arrival
};

}  // namespace baudot::telegram_sim
