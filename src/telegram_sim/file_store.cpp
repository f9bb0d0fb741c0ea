#include "telegram_sim/file_store.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "base/bytes.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string to_base64url(std::string_view bytes) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : bytes) {
        held = held << 8 | static_cast<unsigned char>(c);
        bits += 8;
        while (bits >= 6) {
            bits -= 6;
            out.push_back(alphabet[held >> bits & 63]);
        }
    }
    if (bits > 0) out.push_back(alphabet[held << (6 - bits) & 63]);
    return out;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string out;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
        const std::size_t value = alphabet.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        held = held << 6 | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out.push_back(static_cast<char>(held >> bits & 255));
        }
    }
    return out;
}

// A file id, before Base64: type (4 bytes, so that ids begin as the real ones do: "AgAC" is a
// photo), index (4), seal (8), all little-endian.
constexpr std::size_t id_bytes = 16;

/// Type numbers of the real ids, by media_kind.
constexpr std::array<unsigned char, file_kinds> id_types = {5, 2, 4, 10, 9, 3, 5, 13, 8};

std::string_view folder(media_kind kind) noexcept {
    constexpr std::array<std::string_view, file_kinds> names = {
        "documents", "photos",    "videos",      "animations", "music",
        "voice",     "documents", "video_notes", "stickers"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view extension(const file& of) noexcept {
    const std::size_t dot = of.file_name.rfind('.');
    if (dot != std::string::npos && dot > 0 && of.file_name.size() - dot <= 8) {
        const auto given = std::string_view(of.file_name).substr(dot);
        const auto is_plain = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        };
        bool plain = given.size() > 1;
        for (const char c : given.substr(1)) plain = plain && is_plain(c);
        if (plain) return given;
    }
    constexpr std::array<std::string_view, file_kinds> usual = {
        "", ".jpg", ".mp4", ".mp4", ".mp3", ".oga", "", ".mp4", ".webp"};
    return usual[static_cast<std::size_t>(of.kind)];
}

}  // namespace

file_index file_store::insert(file what) {
    content_key key{.bytes = what.bytes, .kind = what.kind, .name = what.file_name};
    const auto index = static_cast<file_index>(files_.size());
    const auto [at, fresh] = by_content_.try_emplace(std::move(key), index);
    if (fresh) files_.push_back(std::move(what));
    return at->second;
}

file_index file_store::add(file what, std::string bytes) {
    what.size = bytes.size();
    what.bytes = xxh3_128(bytes);
    const hash128 id = what.bytes;
    if (!held_.contains(id) && bytes.size() <= bytes_max_) {
        while (bytes_held_ + bytes.size() > bytes_max_) {
            const auto at = held_.find(oldest_.front());
            bytes_held_ -= at->second->size();
            held_.erase(at);
            oldest_.pop_front();
        }
        bytes_held_ += bytes.size();
        held_.emplace(id, std::make_shared<const std::string>(std::move(bytes)));
        oldest_.push_back(id);
    }
    return insert(std::move(what));
}

file_index file_store::add_without_bytes(file what) {
    return insert(std::move(what));
}

std::shared_ptr<const std::string> file_store::bytes(file_index index) const noexcept {
    const auto at = held_.find(get(index).bytes);
    return at == held_.end() ? nullptr : at->second;
}

std::uint64_t file_store::seal(user_id bot, file_index index) const noexcept {
    std::array<char, 20> sealed;
    store_little_endian(sealed.data(), seed_);
    store_little_endian(sealed.data() + 8, static_cast<std::uint64_t>(bot));
    store_little_endian(sealed.data() + 16, static_cast<std::uint32_t>(index));
    return xxh3_128({sealed.data(), sealed.size()}).low;
}

std::string file_store::file_id(user_id bot, file_index index) const {
    std::array<char, id_bytes> raw{};
    raw[0] = static_cast<char>(id_types[static_cast<std::size_t>(get(index).kind)]);
    raw[2] = 2;
    store_little_endian(raw.data() + 4, static_cast<std::uint32_t>(index));
    store_little_endian(raw.data() + 8, seal(bot, index));
    return to_base64url({raw.data(), raw.size()});
}

std::string file_store::unique_id(file_index index) const {
    const file& of = get(index);
    std::array<char, 11> raw{};
    raw[0] = static_cast<char>(of.kind);
    raw[2] = 3;
    store_little_endian(raw.data() + 3, of.bytes.low);
    return to_base64url({raw.data(), raw.size()});
}

std::optional<file_index> file_store::find(user_id bot, std::string_view file_id) const noexcept {
    const auto raw = from_base64url(file_id);
    if (!raw || raw->size() != id_bytes) return std::nullopt;
    const auto index = static_cast<file_index>(load_little_endian<std::uint32_t>(raw->data() + 4));
    if (static_cast<std::size_t>(index) >= files_.size()) return std::nullopt;
    if (this->file_id(bot, index) != file_id) return std::nullopt;  // another bot's, or made up
    return index;
}

std::string file_store::path(file_index index) const {
    const file& of = get(index);
    std::string out(folder(of.kind));
    out += "/file_" + std::to_string(static_cast<std::uint32_t>(index));
    return out += extension(of);
}

std::optional<file_index> file_store::find_path(std::string_view path) const noexcept {
    const std::size_t at = path.find("/file_");
    if (at == std::string_view::npos) return std::nullopt;
    std::uint32_t number = 0;
    const char* from = path.data() + at + 6;
    std::from_chars(from, path.data() + path.size(), number);
    const auto index = static_cast<file_index>(number);
    if (number >= files_.size() || this->path(index) != path) return std::nullopt;
    return index;
}

}  // namespace baudot::telegram_sim
