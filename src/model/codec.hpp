#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "model/event.hpp"

namespace baudot {

// Events as protobuf (events.proto, docs/formats.md). Pure; any thread.

/// More is refused as corrupt: no event comes near it (an update is at most 512 KiB).
constexpr std::size_t max_event_bytes = std::size_t{256} << 20;

event_type type_of(const event& value) noexcept;

/// Appends the bytes of `value` to `bytes`.
void encode(const event& value, std::string& bytes);

/// errc::corrupt when `bytes` are not what encode() wrote for `type`; errc::unsupported_version
/// for a type, an enumerator or an operation this program does not know. Fields of newer programs
/// are skipped. Protobuf has no length of its own: bytes cut exactly between two fields are a
/// valid, shorter event, so whoever stores them stores their length and checksum.
result<event> decode_event(event_type type, std::string_view bytes);

}  // namespace baudot
