#pragma once

#include <cstdint>

#include "base/ids.hpp"
#include "model/message.hpp"

namespace baudot {

/// Append only: values are stored.
enum class update_kind : std::uint8_t {
    post,   // message, channel_post
    edit,   // edited_message, edited_channel_post
    other,  // any update that the relay does not act on; journaled for its id alone
};

/// One update of one account's stream. What `update_received` events hold.
struct update {
    account_id account{};
    update_id id{};
    update_kind kind = update_kind::other;
    message content;               // default when kind is other
    std::int64_t received_at = 0;  // when it came; wall clock, Unix microseconds; 0: not known

    friend bool operator==(const update&, const update&) = default;
};

}  // namespace baudot
