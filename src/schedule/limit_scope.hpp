#pragma once

#include <compare>

#include "base/ids.hpp"
#include "base/method_class.hpp"

namespace baudot {

/// Whose limit, or whose wait: of an account; of a class of its methods, or of one of its chats,
/// where these are not 0.
struct limit_scope {
    account_id account{};
    chat_id chat{};
    method_class methods = method_class::any;
    friend auto operator<=>(const limit_scope&, const limit_scope&) = default;
};

}  // namespace baudot
