#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.hpp"
#include "model/operation.hpp"

namespace baudot {

/// What a delivery does to the destination, as far as its identity goes. A post that one plan
/// copies and the next one sends as text (a membership changed) is the same delivery. Hashed
/// into stored ids: append only.
enum class delivery_action : std::uint8_t { post = 1, edit = 2, remove = 3 };

/// Everything that a delivery's id is a function of (P2).
struct delivery_key {
    chat_id source{};
    account_id reader{};  // who received it; counts only where message ids are its own
    message_id message{};
    std::uint32_t version = 0;
    delivery_action action = delivery_action::post;
    std::uint32_t part = 0;  // of a text that is split over several messages
    std::string_view route;  // its stable name
    chat_id destination{};
};

/// True for private chats, basic groups and secret chats: every account numbers the messages
/// of such a chat by itself, so the same id means different messages to different accounts.
bool message_ids_are_per_account(chat_id chat) noexcept;

/// XXH3-128 over a fixed encoding (docs/formats.md, "Delivery ids"). The value for a key never
/// changes: copies and seen ids of running installations depend on it.
delivery_id make_delivery_id(const delivery_key& key);

}  // namespace baudot
