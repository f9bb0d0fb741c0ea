#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "model/event.hpp"

namespace baudot {

// Events as protobuf (events.proto, docs/formats.md). Pure; any thread.

event_type type_of(const event& value) noexcept;

/// Appends the bytes of `value` to `bytes`.
void encode(const event& value, std::string& bytes);

/// errc::corrupt when `bytes` are not what encode() wrote for `type`; errc::unsupported_version
/// for a type this program does not know. Fields of newer programs are skipped.
result<event> decode_event(event_type type, std::string_view bytes);

}  // namespace baudot
