#include "telegram_sim/update_kind.hpp"

#include <array>

namespace baudot::telegram_sim {
namespace {

constexpr std::array<std::string_view, update_kinds> names{
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
};

}  // namespace

std::string_view name(update_kind kind) noexcept {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<update_kind> update_kind_of(std::string_view wanted) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == wanted) return static_cast<update_kind>(i);
    }
    return std::nullopt;
}

std::chrono::seconds lifetime(update_kind kind) noexcept {
    using namespace std::chrono_literals;
    switch (kind) {
        case update_kind::callback_query:
        case update_kind::shipping_query:
        case update_kind::pre_checkout_query: return 150s;
        case update_kind::inline_query: return 30s;
        case update_kind::chosen_inline_result: return 600s;
        default: return 24h;
    }
}

}  // namespace baudot::telegram_sim
