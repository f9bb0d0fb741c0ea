#include "model/delivery_id.hpp"

#include <string>
#include <utility>

#include "base/bytes.hpp"

namespace baudot {
namespace {

// Ranges of chat ids: TELEGRAM.md 3.7. Channels and supergroups lie below -10^12, with a window
// for secret chats around -2 * 10^12 (zero plus or minus a 32-bit secret chat id).
constexpr std::int64_t channels_below = -1'000'000'000'000;
constexpr std::int64_t secret_zero = -2'000'000'000'000;
constexpr std::int64_t secret_reach = std::int64_t{1} << 31;

constexpr char encoding_version = 1;

template <class Int>
void append_little(std::string& to, Int value) {
    using unsigned_int = std::make_unsigned_t<Int>;
    char bytes[sizeof value];
    store_little_endian(bytes, static_cast<unsigned_int>(value));
    to.append(bytes, sizeof bytes);
}

}  // namespace

bool message_ids_are_per_account(chat_id chat) noexcept {
    const std::int64_t id = std::to_underlying(chat);
    if (id >= channels_below) return true;
    return id >= secret_zero - secret_reach && id < secret_zero + secret_reach;
}

delivery_id make_delivery_id(const delivery_key& key) {
    const bool per_account = message_ids_are_per_account(key.source);
    std::string bytes;
    bytes.reserve(64 + key.route.size());
    bytes.push_back(encoding_version);
    append_little(bytes, std::to_underlying(key.source));
    append_little(bytes, per_account ? std::to_underlying(key.reader) : std::int64_t{0});
    append_little(bytes, std::to_underlying(key.message));
    append_little(bytes, key.version);
    append_little(bytes, std::to_underlying(key.action));
    append_little(bytes, key.part);
    append_little(bytes, std::to_underlying(key.destination));
    bytes += key.route;  // last, and the only part of variable length: no two keys share bytes
    return xxh3_128(bytes);
}

}  // namespace baudot
