#include "telegram_sim/objects.hpp"

#include <algorithm>
#include <array>

namespace baudot::telegram_sim {

static_assert(sizeof(message) <= 176 && sizeof(chat) <= 232,
              "the world holds a million of each: put what is rare into message_details");

std::string_view name(chat_kind kind) noexcept {
    constexpr std::array<std::string_view, 4> names = {"private", "group", "supergroup", "channel"};
    return names[static_cast<std::size_t>(kind)];
}

chat_kind kind_of(chat_id id) noexcept {
    const auto value = std::to_underlying(id);
    if (value > 0) return chat_kind::private_chat;
    // Supergroups and channels share a range; only the chat itself knows which it is.
    return value < -1'000'000'000'000 ? chat_kind::channel : chat_kind::group;
}

std::string_view name(cause_kind kind) noexcept {
    constexpr std::array<std::string_view, 5> names = {"user_act", "bot_method", "bot_copy",
                                                       "bot_forward", "service"};
    return names[static_cast<std::size_t>(kind)];
}

std::string_view name(service::kind kind) noexcept {
    constexpr std::array<std::string_view, 12> names = {
        "new_chat_members",     "left_chat_member",           "new_chat_title",
        "migrate_to_chat_id",   "migrate_from_chat_id",       "pinned_message",
        "forum_topic_created",  "forum_topic_edited",         "forum_topic_closed",
        "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden"};
    return names[static_cast<std::size_t>(kind)];
}

message_details& message::make_details() {
    if (!details) details = std::make_unique<message_details>();
    return *details;
}

chat_details& chat::make_details() {
    if (!details) details = std::make_unique<chat_details>();
    return *details;
}

const topic* chat::find_topic(message_id thread) const noexcept {
    if (!is_forum || !details) return nullptr;
    const auto at = std::ranges::lower_bound(details->topics, thread, {}, &topic::id);
    return at != details->topics.end() && at->id == thread ? &*at : nullptr;
}

topic* chat::find_topic(message_id thread) noexcept {
    return const_cast<topic*>(std::as_const(*this).find_topic(thread));
}

const member* chat::find_member(user_id who) const noexcept {
    const auto at = std::ranges::lower_bound(members, who, {}, &member::user);
    return at != members.end() && at->user == who ? &*at : nullptr;
}

const message* chat::find(message_id wanted) const noexcept {
    const auto at = std::ranges::lower_bound(messages, wanted, {}, &message::id);
    return at != messages.end() && at->id == wanted ? &*at : nullptr;
}

message* chat::find(message_id wanted) noexcept {
    return const_cast<message*>(std::as_const(*this).find(wanted));
}

}  // namespace baudot::telegram_sim
