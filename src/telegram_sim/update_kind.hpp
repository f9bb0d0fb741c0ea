#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace baudot::telegram_sim {

/// The field of an Update object that is set. Names are those of the Bot API.
enum class update_kind : unsigned char {
    message,
    edited_message,
    channel_post,
    edited_channel_post,
    business_connection,
    business_message,
    edited_business_message,
    deleted_business_messages,
    message_reaction,
    message_reaction_count,
    inline_query,
    chosen_inline_result,
    callback_query,
    shipping_query,
    pre_checkout_query,
    purchased_paid_media,
    poll,
    poll_answer,
    my_chat_member,
    chat_member,
    chat_join_request,
    chat_boost,
    removed_chat_boost,
};
inline constexpr int update_kinds = 23;

std::string_view name(update_kind kind) noexcept;
std::optional<update_kind> update_kind_of(std::string_view name) noexcept;

/// A set of kinds: what a bot asked for with allowed_updates.
using update_mask = std::uint32_t;

constexpr update_mask bit(update_kind kind) noexcept {
    return update_mask{1} << static_cast<int>(kind);
}

/// What a bot gets that never named its kinds: all but three (documentation of getUpdates).
inline constexpr update_mask default_updates =
    ((update_mask{1} << update_kinds) - 1) &
    ~(bit(update_kind::chat_member) | bit(update_kind::message_reaction) |
      bit(update_kind::message_reaction_count));

/// How long Telegram keeps an unconfirmed update of this kind, counted from the date of the
/// message, edit or query (TELEGRAM.md 2.1).
std::chrono::seconds lifetime(update_kind kind) noexcept;

}  // namespace baudot::telegram_sim
