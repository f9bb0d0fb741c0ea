#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "telegram_sim/content.hpp"
#include "telegram_sim/rights.hpp"
#include "telegram_sim/update_kind.hpp"

namespace baudot::telegram_sim {

enum class chat_kind : unsigned char { private_chat, group, supergroup, channel };

/// Chat.type in the Bot API: private, group, supergroup, channel.
std::string_view name(chat_kind kind) noexcept;

// Ids on the wire (TELEGRAM.md 3.7): a channel's -1000000000000 - n is arithmetic, not text.
constexpr chat_id group_chat_id(std::int64_t n) noexcept {
    return chat_id{-n};
}
constexpr chat_id channel_chat_id(std::int64_t n) noexcept {
    return chat_id{-1'000'000'000'000 - n};
}
/// What `id` can be, by its range; group for what is in no range.
chat_kind kind_of(chat_id id) noexcept;

struct user {
    user_id id{};
    bool is_bot = false;
    bool is_deactivated = false;
    std::string first_name, last_name, username, language_code;
    // Bots only.
    std::string token;
    bool privacy_mode = true;  // in groups it sees only what is meant for it
    bool can_join_groups = true;
};

enum class cause_kind : unsigned char {
    user_act,     // a person, through the control API
    bot_method,   // sendMessage, sendPhoto, ...
    bot_copy,     // copyMessage(s)
    bot_forward,  // forwardMessage(s)
    service,      // a consequence of something else
};
std::string_view name(cause_kind kind) noexcept;

/// Why a message, version or deletion exists.
struct cause {
    cause_kind kind{};
    user_id actor{};            // the person or bot
    std::uint64_t request = 0;  // the caller's number of the request or act
    chat_id from_chat{};        // of a copy or forward: where the bot took it
    message_id from_message{};

    friend bool operator==(const cause&, const cause&) = default;
};

/// MessageOrigin.
struct forward_origin {
    enum class kind : unsigned char { user, hidden_user, chat, channel } type{};
    wall_time date{};
    user_id from_user{};
    chat_id from_chat{};
    message_id from_message{};  // of a channel
    std::string name_or_signature{};
};

/// What a message answers.
struct reply_link {
    chat_id chat{};  // 0: the same chat and topic; else the reply is an external one
    message_id message{};
    formatted_text quote{};  // no text: none
    int quote_position = 0;  // UTF-16 code units
    bool quote_is_manual = false;
};

/// The field of a service message.
struct service {
    enum class kind : unsigned char {
        new_chat_members,
        left_chat_member,
        new_chat_title,
        migrate_to_chat_id,
        migrate_from_chat_id,
        pinned_message,
        forum_topic_created,
        forum_topic_edited,
        forum_topic_closed,
        forum_topic_reopened,
        general_forum_topic_hidden,
        general_forum_topic_unhidden,
    } type{};
    std::vector<user_id> users{};
    chat_id chat{};
    message_id message{};  // what was pinned
    std::string text{};    // a title, the name of a topic; empty: an edit left it as it is
    int icon_color = 0;    // of a topic
    std::optional<std::string> icon_emoji{};  // absent: an edit left it as it is
};
std::string_view name(service::kind kind) noexcept;

struct version {
    content what;
    wall_time since{};
    cause made_by;
};

struct deletion {
    wall_time at{};
    cause made_by;
};

/// Which of a kind's reactions: an emoji, a custom emoji's id; empty for a paid one.
struct reaction {
    enum class kind : unsigned char { emoji, custom_emoji, paid } type{};
    std::string value{};
    friend bool operator==(const reaction&, const reaction&) = default;
};

/// What one actor shows at a message.
struct reactions_of {
    user_id who{};  // 0: the chat itself, by an administrator who hides
    std::vector<reaction> what{};
};

/// What most messages do not have.
struct message_details {
    std::optional<forward_origin> forwarded;
    std::optional<reply_link> reply;
    std::optional<telegram_sim::service> service;
    message_id thread{};    // message_thread_id; 0: none, or the General topic
    bool in_topic = false;  // the thread is a forum topic
    std::vector<reactions_of> reactions;
    std::vector<version> earlier;  // oldest first
    std::optional<deletion> deleted;
    std::string author_signature;
    std::string effect;  // message_effect_id
    wall_time edited{};
    cause edited_by;
};

/// A message, for ever: a deleted one stays as history.
struct message {
    message_id id{};  // the chat's own: see world::shown_id() for what an account sees
    wall_time date{};
    user_id sender{};        // 0: the chat itself (a channel's post, an anonymous administrator)
    std::int64_t album = 0;  // media_group_id; 0: none
    content what;
    cause made_by;
    bool is_protected = false;
    bool is_silent = false;
    std::unique_ptr<message_details> details;  // may be null

    bool is_deleted() const noexcept { return details && details->deleted; }
    bool is_edited() const noexcept { return details && !details->earlier.empty(); }
    bool is_service() const noexcept { return details && details->service; }
    message_id thread() const noexcept { return details ? details->thread : message_id{}; }
    message_details& make_details();
};

/// Of an administrator.
struct promotion {
    user_id by{};                // may change the rights, if it is a bot; 0: the owner
    std::string custom_title{};  // empty: none
    friend bool operator==(const promotion&, const promotion&) = default;
};

struct member {
    user_id user{};
    member_status status{};
    bool is_anonymous = false;
    bool is_outside = false;  // of a restricted one, that left or never came
    admin_rights rights = 0;  // of an administrator
    permissions allowed = 0;  // of a restricted member
    std::int64_t until = 0;   // unix time; 0: for ever. Of restricted and kicked
    rarely<telegram_sim::promotion> promotion{};
    friend bool operator==(const member&, const member&) = default;
};

/// A topic of a forum; its id is that of the message that made it, or 1: General.
struct topic {
    message_id id{};
    std::string name{};
    int icon_color = 0;
    std::string icon_emoji{};  // custom emoji; empty: none
    user_id creator{};
    bool is_closed = false;
    bool is_hidden = false;  // General only
};
inline constexpr message_id general_topic{1};

/// A link that lets people in.
struct invite_link {
    std::string link{}, name{};
    user_id creator{};
    bool is_primary = false;  // the one that exportChatInviteLink gives; one for each creator
    bool is_revoked = false;
    bool creates_join_request = false;
    std::int64_t expire_date = 0;  // unix time; 0: never
    int member_limit = 0;          // 0: none
    int joined = 0;
};

struct join_request {
    user_id user{};
    std::string link{};  // empty: without one
};

/// How a person came, or asks to come.
struct entrance {
    std::string link{};  // empty: without one
    bool by_request = false;
};

/// What most chats do not have.
struct chat_details {
    std::string description;
    std::vector<topic> topics;       // of a forum, in order of id, General first
    std::vector<message_id> pinned;  // in order of id; deleted ones may still be here
    std::vector<invite_link> links;
    std::vector<join_request> requests;  // that nobody has answered
};

/// A chat. `members` are in order of user id and hold those who left or were kicked, too.
struct chat {
    chat_id id{};  // of a private chat: the user
    chat_kind kind{};
    bool is_protected = false;
    bool is_deactivated = false;            // a deleted group, or one that was upgraded
    bool is_blocked = false;                // private: the user blocked the bot
    bool sign_messages = false;             // channel
    bool is_forum = false;                  // supergroup
    std::uint16_t slow_mode_s = 0;          // supergroup
    permissions allowed = all_permissions;  // of ordinary members
    user_id bot{};                          // private: the other side
    chat_id migrated_to{};                  // of an upgraded group
    chat_id migrated_from{};
    std::string title, username;
    std::vector<member> members;
    std::vector<user_id> bots;      // those among the members that receive updates, in order
    std::vector<message> messages;  // ids ascend
    message_id last_id{};
    wall_time last_incoming{};  // the newest message of a person: replies to it are free
    std::unique_ptr<chat_details> details;  // may be null

    chat_details& make_details();
    /// nullptr: it has no such topic.
    const topic* find_topic(message_id thread) const noexcept;
    topic* find_topic(message_id thread) noexcept;
    const member* find_member(user_id who) const noexcept;
    const message* find(message_id wanted) const noexcept;  // deleted ones too
    message* find(message_id wanted) noexcept;
};

/// Is there, whatever it may do there.
constexpr bool is_inside(const member& who) noexcept {
    return is_inside(who.status) && !who.is_outside;
}

/// A press on a button of an inline keyboard, and what became of it.
struct callback_press {
    std::uint64_t id = 0;
    user_id from{}, bot{};
    chat_id chat{};  // as the bot names it
    message_id message{};
    std::string data{};
    wall_time date{};
    struct reply {
        std::string text{}, url{};
        bool show_alert = false;
        int cache_time = 0;
        wall_time date{};
    };
    std::optional<reply> answer{};
};

/// Something that a bot is to be told: the door turns it into an Update.
struct bot_event {
    update_kind kind{};  // message, edited_message, ..., my_chat_member, chat_member
    user_id bot{};
    chat_id chat{};        // as the bot names it: of a private chat the user
    message_id message{};  // chat's own id; 0 for member changes
    wall_time date{};
    user_id actor{};  // of member changes and answers to polls
    member before{}, after{};
    poll_id poll{};  // of polls: they have no chat
    entrance via{};
    std::uint64_t press = 0;             // of a callback query
    std::vector<reaction> was{}, now{};  // of reactions
};
}  // namespace baudot::telegram_sim
