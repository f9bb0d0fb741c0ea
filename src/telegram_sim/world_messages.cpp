#include <algorithm>
#include <array>
#include <limits>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/utf16.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {
namespace {

/// A bot in privacy mode sees a command that names it, or no bot at all.
bool is_command_for(const user& bot, const formatted_text& body) {
    for (const entity& one : body.entities) {
        if (one.kind != entity_kind::bot_command) continue;
        const std::size_t from = byte_of_utf16(body.text, static_cast<std::size_t>(one.offset));
        const std::size_t to = byte_of_utf16(
            body.text, static_cast<std::size_t>(one.offset) + static_cast<std::size_t>(one.length));
        const auto command = std::string_view(body.text).substr(from, to - from);
        const std::size_t at = command.find('@');
        if (at == std::string_view::npos) return true;
        const auto named = command.substr(at + 1);
        const auto same = [](char left, char right) { return (left | 0x20) == (right | 0x20); };
        if (std::ranges::equal(named, bot.username, same)) return true;
    }
    return false;
}

/// In a supergroup that is no forum, answers to a message and to its answers are a thread.
message_id reply_thread(const chat& where, const new_message& what) {
    const bool is_answer = what.reply && what.reply->chat == chat_id{};
    if (where.kind != chat_kind::supergroup || where.is_forum || !is_answer) return {};
    const message* to = where.find(what.reply->message);
    return to && to->thread() != message_id{} ? to->thread() : what.reply->message;
}

}  // namespace

message_id world::next_id(chat& where) {
    if (where.kind == chat_kind::private_chat) {
        return message_id{last_shown_[where.bot] + 1};
    }
    return message_id{std::to_underlying(where.last_id) + 1};
}

void world::show_to_accounts(const chat& where, message_id own) {
    if (where.kind == chat_kind::private_chat) {
        last_shown_[where.bot] = std::to_underlying(own);
        return;
    }
    if (where.kind != chat_kind::group) return;
    for (const user_id bot : where.bots) {
        const message_id shown{++last_shown_[bot]};
        shown_.emplace(shown_key{bot, where.id, own}, shown);
        own_.emplace(shown_key{bot, where.id, shown}, own);
    }
}

message_id world::shown_id(user_id viewer, const chat& where, message_id own) const noexcept {
    if (where.kind != chat_kind::group) return own;
    const auto at = shown_.find({viewer, where.id, own});
    return at == shown_.end() ? message_id{} : at->second;
}

message_id world::own_id(user_id viewer, const chat& where, message_id shown) const noexcept {
    if (where.kind != chat_kind::group) return shown;
    const auto at = own_.find({viewer, where.id, shown});
    return at == own_.end() ? message_id{} : at->second;
}

result<message_id> world::add(chat& where, new_message what) {
    const message_id next = next_id(where);
    const message_id id = what.id.value_or(next);
    if (id < next || std::to_underlying(id) > std::numeric_limits<std::int32_t>::max()) {
        return fail(errc::invalid_argument, "message id " + std::to_string(std::to_underlying(id)) +
                                                " is not between the chat's next, " +
                                                std::to_string(std::to_underlying(next)) +
                                                ", and 2^31");
    }
    message made;
    made.id = id;
    made.date = what.date;
    made.sender = what.sender;
    made.album = what.album;
    made.what = std::move(what.what);
    made.made_by = what.made_by;
    made.is_protected = what.is_protected;
    made.is_silent = what.is_silent;
    const message_id thread = what.thread != message_id{} ? what.thread : reply_thread(where, what);
    if (what.forwarded || what.reply || what.service || thread != message_id{} ||
        !what.author_signature.empty() || !what.effect.empty()) {
        message_details& details = made.make_details();
        details.forwarded = std::move(what.forwarded);
        details.reply = std::move(what.reply);
        details.service = std::move(what.service);
        details.author_signature = std::move(what.author_signature);
        details.effect = std::move(what.effect);
        details.thread = thread;
        details.in_topic = where.is_forum && thread != message_id{};
    }
    where.last_id = id;
    const user* sender = find_user(made.sender);
    if (sender && !sender->is_bot && !made.is_service()) {
        where.last_incoming = std::max(where.last_incoming, made.date);
    }
    show_to_accounts(where, id);
    ++messages_;
    record(name(made.what.media), where.id, id,
           made.what.body.text + fingerprint(*made.what.more->object), made.date, made.made_by);
    where.messages.push_back(std::move(made));
    tell(where, where.messages.back(), false);
    return id;
}

message_id world::add_service(chat& where, service what, user_id actor, wall_time now,
                              std::uint64_t request, message_id thread) {
    const member* as = where.find_member(actor);
    const auto added =
        add(where, {.what = {},
                    .made_by = {.kind = cause_kind::service, .actor = actor, .request = request},
                    .sender = as && as->is_anonymous ? user_id{} : actor,
                    .date = now,
                    .service = std::move(what),
                    .thread = thread});
    BAUDOT_ASSERT(added, "two thousand million messages in one chat");
    return *added;
}

const message* world::find_message(const chat& where, message_id id) const noexcept {
    const message* found = where.find(id);
    return found && !found->is_deleted() ? found : nullptr;
}

void world::revise(chat& where, message_id id, content what, cause made_by, wall_time now) {
    message* found = where.find(id);
    BAUDOT_ASSERT(found && !found->is_deleted(), "the caller looked the message up");
    const bool is_first = !found->is_edited();
    message_details& details = found->make_details();
    details.earlier.push_back({.what = std::move(found->what),
                               .since = is_first ? found->date : details.edited,
                               .made_by = is_first ? found->made_by : details.edited_by});
    found->what = std::move(what);
    details.edited = now;
    details.edited_by = made_by;
    record("edit", where.id, id, found->what.body.text + fingerprint(*found->what.more->object),
           now, made_by);
    tell(where, *found, true);
}

void world::erase(chat& where, message_id id, cause made_by, wall_time now) {
    message* found = where.find(id);
    BAUDOT_ASSERT(found && !found->is_deleted(), "the caller looked the message up");
    found->make_details().deleted = deletion{.at = now, .made_by = made_by};
    record("delete", where.id, id, {}, now, made_by);
}

bool world::sees(const user& bot, const chat& where, const message& what) const {
    if (what.made_by.actor == bot.id || what.sender == bot.id) {
        return what.is_service();  // own messages are not echoed, but what follows from own acts
    }
    const member* as = where.find_member(bot.id);
    const bool is_admin =
        as && (as->status == member_status::administrator || as->status == member_status::creator);
    if (where.kind == chat_kind::channel) return is_admin;
    if (where.kind == chat_kind::private_chat || what.is_service()) return true;
    const user* sender = find_user(what.sender);
    if (sender && sender->is_bot) return false;
    if (is_admin || !bot.privacy_mode) return true;
    if (what.details && what.details->reply && what.details->reply->chat == chat_id{}) {
        const message* to = where.find(what.details->reply->message);
        if (to && to->sender == bot.id) return true;
    }
    return is_command_for(bot, what.what.body);
}

void world::tell(const chat& where, const message& what, bool edited) {
    const bool is_post = where.kind == chat_kind::channel;
    const auto kind =
        edited ? (is_post ? update_kind::edited_channel_post : update_kind::edited_message)
               : (is_post ? update_kind::channel_post : update_kind::message);
    for (const user_id id : where.bots) {
        const user* bot = find_user(id);
        if (!bot || !sees(*bot, where, what)) continue;
        events_.push_back({.kind = kind,
                           .bot = id,
                           .chat = where.id,
                           .message = what.id,
                           .date = edited ? what.details->edited : what.date});
    }
}

void world::record(std::string_view what, chat_id where, message_id id, std::string_view text,
                   wall_time at, const cause& made_by) {
    std::string bytes;
    bytes.reserve(96 + what.size() + text.size());
    const auto put = [&](std::uint64_t number) {
        std::array<char, 8> raw;
        store_little_endian(raw.data(), number);
        bytes.append(raw.data(), raw.size());
    };
    put(history_.high);
    put(history_.low);
    put(static_cast<std::uint64_t>(where));
    put(static_cast<std::uint64_t>(id));
    put(static_cast<std::uint64_t>(at.time_since_epoch().count()));
    put(static_cast<std::uint64_t>(made_by.kind));
    put(static_cast<std::uint64_t>(made_by.actor));
    put(made_by.request);
    put(static_cast<std::uint64_t>(made_by.from_chat));
    put(static_cast<std::uint64_t>(made_by.from_message));
    put(what.size());
    bytes.append(what).append(text);
    history_ = xxh3_128(bytes);
}

}  // namespace baudot::telegram_sim
