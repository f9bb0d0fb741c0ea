#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/time.hpp"
#include "telegram_sim/file_store.hpp"
#include "telegram_sim/objects.hpp"
#include "telegram_sim/poll.hpp"

namespace baudot::telegram_sim {

struct world_options {
    std::uint64_t seed = 1;  // of tokens and file ids
    std::size_t file_bytes_max = std::size_t{1} << 30;
    file_limits files{};
};

/// A message to be added.
struct new_message {
    content what{};
    cause made_by{};
    user_id sender{};
    wall_time date{};
    std::int64_t album = 0;
    bool is_protected = false;
    bool is_silent = false;
    std::optional<message_id> id{};  // default: the chat's next; else above the newest
    std::optional<forward_origin> forwarded{};
    std::optional<reply_link> reply{};
    std::optional<telegram_sim::service> service{};
    std::string author_signature{};
    std::string effect{};  // message_effect_id
    message_id thread{};   // of a forum topic, or of replies in another supergroup
};

/// The state of the local Telegram, and what happened in it.
///
/// Facts only: who may do what is in methods.hpp (bots) and acts.hpp (people). Deterministic:
/// no clock, no randomness, no I/O; the same calls give the same history_hash(). Nothing is
/// ever forgotten but the bytes of files beyond a limit. Small objects, so that a million messages
/// in as many chats fit: see the assertions in objects.cpp.
///
/// Every change that a bot may see leaves events, in order; the caller takes them after each
/// call and renders them before the next, or an edit could overtake its message.
///
/// References and pointers stand until the next change. Not thread-safe.
class world {
public:
    explicit world(world_options options = {});

    // People and bots. errc::invalid_argument says what is wrong with the value.
    /// id 0: chosen. A bot without a token gets one that depends on seed and id.
    result<user_id> add_user(user who);
    void deactivate(user_id who);
    const user* find_user(user_id id) const noexcept;
    /// All, in order of id.
    std::vector<const user*> users() const;
    /// nullptr: no bot has it. Whole token, "123456:ABC...".
    const user* find_bot(std::string_view token) const noexcept;
    void set_privacy_mode(user_id bot, bool on);

    // Chats.
    struct new_chat {
        chat_kind kind = chat_kind::channel;
        chat_id id{};  // 0: chosen
        user_id creator{};
        std::string title{}, username{}, description{};
        bool is_protected = false;
        bool sign_messages = false;
    };
    result<chat_id> add_chat(new_chat what, wall_time now);
    /// The private chat of the two, made when missing.
    chat& private_chat(user_id bot, user_id person);
    /// As `viewer` names it: a positive id is its private chat with that person.
    const chat* find_chat(user_id viewer, chat_id id) const noexcept;
    chat* find_chat(user_id viewer, chat_id id) noexcept;
    /// "@name" or "name", any case: a chat, or a person's or bot's user id as chat id.
    std::optional<chat_id> find_username(std::string_view name) const;
    void set_protected(chat& where, bool on) noexcept { where.is_protected = on; }
    void set_slow_mode(chat& where, std::uint16_t seconds) noexcept { where.slow_mode_s = seconds; }
    void set_default_permissions(chat& where, permissions allowed) { where.allowed = allowed; }
    void set_blocked(chat& private_chat, bool on, wall_time now);
    void set_title(chat& where, std::string title, user_id actor, wall_time now,
                   std::uint64_t request = 0);
    void delete_group(chat& where) noexcept { where.is_deactivated = true; }
    std::size_t chat_count() const noexcept { return chats_.size(); }
    /// Calls `visit(const chat&)` for all, in order of making.
    template <class Visit>
    void for_each_chat(Visit visit) const {
        for (const chat& one : chats_) visit(one);
    }

    /// Sets what a member is, tells the bots concerned (my_chat_member, chat_member).
    void set_member(chat& where, member what, user_id actor, wall_time now,
                    std::uint64_t request = 0, entrance via = {});
    /// A person waits to be let in; the administrators who may do so are told (chat_join_request).
    void ask_to_join(chat& where, join_request what, wall_time now);

    /// The group becomes a supergroup with the same people; messages stay behind. Both sides
    /// get their service message. errc::invalid_argument when it is no live group.
    result<chat_id> upgrade(chat_id group, user_id actor, wall_time now, std::uint64_t request);

    // Messages.
    /// Appends, and tells the bots that may see it. errc::invalid_argument for an explicit id
    /// that is not above the chat's newest.
    result<message_id> add(chat& where, new_message what);
    /// Appends what tells of an act of `actor`; 0: of the chat itself.
    message_id add_service(chat& where, service what, user_id actor, wall_time now,
                           std::uint64_t request, message_id thread = {});
    /// A new version. Tells the bots.
    void revise(chat& where, message_id id, content what, cause made_by, wall_time now);
    /// Nobody is told: the Bot API has no update for it (TELEGRAM.md 3.4).
    void erase(chat& where, message_id id, cause made_by, wall_time now);
    const message* find_message(const chat& where, message_id id) const noexcept;
    /// What `who` shows at a message from now on. The administrators among the bots are told who
    /// (message_reaction), of a channel only how many (message_reaction_count).
    void react(chat& where, message_id id, reactions_of what, const cause& made_by, wall_time now);

    /// A press on an inline button: its bot is asked (callback_query). Answers the id.
    std::uint64_t press(callback_press what);
    const callback_press* find_press(std::uint64_t id) const noexcept;
    callback_press* find_press(std::uint64_t id) noexcept;
    /// All, oldest first.
    const std::deque<callback_press>& presses() const noexcept { return presses_; }

    /// In a basic group each account counts messages by itself: the id that `viewer` sees for
    /// the group's own id, or 0. The same everywhere else.
    message_id shown_id(user_id viewer, const chat& where, message_id own) const noexcept;
    message_id own_id(user_id viewer, const chat& where, message_id shown) const noexcept;

    /// A number for the next album; unique in the world.
    std::int64_t next_album() noexcept { return ++albums_; }

    // Polls: a message shows one by its id.
    poll_id add_poll(poll_terms terms, user_id owner);
    const poll* find_poll(poll_id id) const noexcept;
    /// Takes the place of an earlier answer of `who`; no options: none any more. Tells the owner.
    void vote(poll_id id, user_id who, std::vector<int> options, wall_time now);
    void close_poll(poll_id id, wall_time now);
    /// Closes those whose time is over. Whoever asks the world for something comes here first: it
    /// has no clock to do it by itself.
    void close_due_polls(wall_time now);

    /// Of a die with so many sides: 1 to `sides`, by the seed and the throws before.
    int roll(int sides) noexcept;

    // Files.
    file_store& files() noexcept { return files_; }
    const file_store& files() const noexcept { return files_; }

    /// What happened since the last call.
    std::vector<bot_event> take_events() { return std::exchange(events_, {}); }

    /// For whoever changes a chat otherwise than by the calls above: into the hash.
    void record(std::string_view what, chat_id where, message_id id, std::string_view text,
                wall_time at, const cause& made_by);
    /// Of everything that was done, in order.
    hash128 history_hash() const noexcept { return history_; }
    std::uint64_t message_count() const noexcept { return messages_; }

private:
    struct pair_key {
        user_id bot, person;
        friend bool operator==(const pair_key&, const pair_key&) = default;
    };
    struct pair_hash {
        std::size_t operator()(const pair_key& key) const noexcept;
    };

    chat& make_chat(chat_id id, chat_kind kind);
    message_id next_id(chat& where);
    void show_to_accounts(const chat& where, message_id own);
    void tell(const chat& where, const message& what, bool edited);
    bool sees(const user& bot, const chat& where, const message& what) const;
    result<void> claim_username(const std::string& name, chat_id owner);

    world_options options_;
    file_store files_;
    std::deque<chat> chats_;  // addresses stay
    std::unordered_map<chat_id, chat*> by_id_;
    std::unordered_map<pair_key, chat*, pair_hash> private_;
    std::unordered_map<std::string, chat_id> by_username_;  // lower case
    std::unordered_map<user_id, user> users_;
    std::unordered_map<std::string, user_id> by_token_;
    std::unordered_map<user_id, std::int64_t> last_shown_;  // per-account message counters
    // Basic groups: (account, group, id there) -> id, both ways.
    using shown_key = std::tuple<user_id, chat_id, message_id>;
    std::map<shown_key, message_id> shown_, own_;

    std::int64_t last_user_ = 1'000'000'000;
    std::int64_t last_group_ = 4'000'000'000;
    std::int64_t last_channel_ = 2'000'000'000;
    std::map<poll_id, poll> polls_;
    std::multimap<std::int64_t, poll_id> due_polls_;  // by close_date
    std::uint64_t last_poll_ = 5'300'000'000'000'000'000;
    std::uint64_t rolls_ = 0;
    std::int64_t albums_ = 13'000'000'000'000'000;
    std::uint64_t messages_ = 0;
    std::deque<callback_press> presses_;
    std::vector<bot_event> events_;
    hash128 history_;
};

}  // namespace baudot::telegram_sim
