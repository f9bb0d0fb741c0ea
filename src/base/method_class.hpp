#pragma once

#include <cstdint>

namespace baudot {

/// Methods that Telegram may count apart: forwarding has a budget of its own (TELEGRAM.md 1.1).
/// Stored; append only.
enum class method_class : std::uint8_t {
    any,      // whatever is called
    send,     // a message of one's own
    copy,     // copyMessage
    forward,  // forwardMessage
};
constexpr method_class method_class_last = method_class::forward;

}  // namespace baudot
