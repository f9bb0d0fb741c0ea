#include "telegram_sim/world.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/assert.hpp"

namespace baudot::telegram_sim {
namespace {

bool is_word(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

std::string to_lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// "<id>:" and 35 characters, as BotFather gives them out.
std::string make_token(std::uint64_t seed, user_id id) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const std::string number = std::to_string(std::to_underlying(id));
    std::string token = number + ":AA";
    for (int part = 0; part < 3; ++part) {
        const hash128 drawn =
            xxh3_128(std::to_string(seed) + '/' + number + '/' + std::to_string(part));
        for (int shift = 0; shift < 66 && token.size() < number.size() + 36; shift += 6) {
            token.push_back(alphabet[(shift < 60 ? drawn.low >> shift : drawn.high) & 63]);
        }
    }
    return token;
}

bool is_token_of(std::string_view token, user_id id) noexcept {
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(token.data(), token.data() + token.size(), number);
    return failed == std::errc{} && number == std::to_underlying(id) &&
           end != token.data() + token.size() && *end == ':';
}

}  // namespace

std::size_t world::pair_hash::operator()(const pair_key& key) const noexcept {
    const auto bot = static_cast<std::uint64_t>(key.bot);
    const auto person = static_cast<std::uint64_t>(key.person);
    return static_cast<std::size_t>((bot * 0x9E3779B97F4A7C15ULL) ^
                                    (person * 0xC2B2AE3D27D4EB4FULL));
}

world::world(world_options options)
    : options_(options), files_(options.seed, options.file_bytes_max, options.files) {}

result<void> world::claim_username(const std::string& name, chat_id owner) {
    if (name.empty()) return {};
    if (name.size() < 3 || name.size() > 32 || !is_word(name)) {
        return fail(errc::invalid_argument,
                    "username \"" + name + "\" must be 3 to 32 letters, digits or _");
    }
    if (!by_username_.try_emplace(to_lower(name), owner).second) {
        return fail(errc::invalid_argument, "username \"" + name + "\" is taken");
    }
    return {};
}

result<user_id> world::add_user(user who) {
    if (who.id == user_id{}) who.id = user_id{++last_user_};
    const auto number = std::to_underlying(who.id);
    if (number <= 0 || number >= std::int64_t{1} << 40) {
        return fail(errc::invalid_argument, "a user id is between 1 and 2^40");
    }
    if (users_.contains(who.id)) {
        return fail(errc::invalid_argument, "user " + std::to_string(number) + " exists");
    }
    if (who.is_bot) {
        if (who.token.empty()) who.token = make_token(options_.seed, who.id);
        if (!is_token_of(who.token, who.id)) {
            return fail(errc::invalid_argument, "a bot's token begins with its id and a colon");
        }
    }
    if (auto free = claim_username(who.username, chat_id{number}); !free) {
        return std::unexpected(free.error());
    }
    if (who.is_bot) by_token_.emplace(who.token, who.id);
    const user_id id = who.id;
    record("user", chat_id{number}, {}, who.username, {}, {});
    users_.emplace(id, std::move(who));
    return id;
}

void world::deactivate(user_id who) {
    if (const auto at = users_.find(who); at != users_.end()) at->second.is_deactivated = true;
}

const user* world::find_user(user_id id) const noexcept {
    const auto at = users_.find(id);
    return at == users_.end() ? nullptr : &at->second;
}

std::vector<const user*> world::users() const {
    std::vector<const user*> out;
    out.reserve(users_.size());
    for (const auto& [id, each] : users_) out.push_back(&each);
    std::ranges::sort(out, {}, &user::id);
    return out;
}

const user* world::find_bot(std::string_view token) const noexcept {
    const auto at = by_token_.find(std::string(token));
    return at == by_token_.end() ? nullptr : find_user(at->second);
}

void world::set_privacy_mode(user_id bot, bool on) {
    if (const auto at = users_.find(bot); at != users_.end()) at->second.privacy_mode = on;
}

chat& world::make_chat(chat_id id, chat_kind kind) {
    chat& made = chats_.emplace_back();
    made.id = id;
    made.kind = kind;
    return made;
}

result<chat_id> world::add_chat(new_chat what, wall_time now) {
    if (what.kind == chat_kind::private_chat) {
        return fail(errc::invalid_argument, "a private chat begins when a person starts a bot");
    }
    if (what.id == chat_id{}) {
        do {
            what.id = what.kind == chat_kind::group ? group_chat_id(++last_group_)
                                                    : channel_chat_id(++last_channel_);
        } while (by_id_.contains(what.id));
    }
    const bool is_group_id = kind_of(what.id) == chat_kind::group;
    if (std::to_underlying(what.id) >= 0 || is_group_id != (what.kind == chat_kind::group)) {
        return fail(errc::invalid_argument, std::to_string(std::to_underlying(what.id)) +
                                                " is no id of a " + std::string(name(what.kind)));
    }
    if (by_id_.contains(what.id)) {
        return fail(errc::invalid_argument,
                    "chat " + std::to_string(std::to_underlying(what.id)) + " exists");
    }
    if (auto free = claim_username(what.username, what.id); !free) {
        return std::unexpected(free.error());
    }
    chat& made = make_chat(what.id, what.kind);
    by_id_.emplace(what.id, &made);
    made.title = std::move(what.title);
    made.username = std::move(what.username);
    if (!what.description.empty()) {
        made.make_details().description = std::move(what.description);
    }
    made.is_protected = what.is_protected;
    made.sign_messages = what.sign_messages;
    record("chat", made.id, {}, made.title, now, {});
    if (what.creator != user_id{}) {
        made.members.push_back(
            {.user = what.creator, .status = member_status::creator, .rights = all_rights});
    }
    return what.id;
}

chat& world::private_chat(user_id bot, user_id person) {
    const auto [at, fresh] = private_.try_emplace({.bot = bot, .person = person}, nullptr);
    if (fresh) {
        chat& made = make_chat(chat_id{std::to_underlying(person)}, chat_kind::private_chat);
        made.bot = bot;
        made.bots.push_back(bot);
        at->second = &made;
    }
    return *at->second;
}

const chat* world::find_chat(user_id viewer, chat_id id) const noexcept {
    if (std::to_underlying(id) < 0) {
        const auto at = by_id_.find(id);
        return at == by_id_.end() ? nullptr : at->second;
    }
    const user_id other{std::to_underlying(id)};
    auto at = private_.find({.bot = viewer, .person = other});
    if (at == private_.end()) at = private_.find({.bot = other, .person = viewer});
    return at == private_.end() ? nullptr : at->second;
}

chat* world::find_chat(user_id viewer, chat_id id) noexcept {
    return const_cast<chat*>(std::as_const(*this).find_chat(viewer, id));
}

std::optional<chat_id> world::find_username(std::string_view name) const {
    if (name.starts_with('@')) name.remove_prefix(1);
    const auto at = by_username_.find(to_lower(name));
    if (at == by_username_.end()) return std::nullopt;
    return at->second;
}

void world::set_blocked(chat& where, bool on, wall_time now) {
    BAUDOT_ASSERT(where.kind == chat_kind::private_chat, "only a private chat can be blocked");
    if (where.is_blocked == on) return;
    where.is_blocked = on;
    const auto as = [&](bool blocked) {
        return member{.user = where.bot,
                      .status = blocked ? member_status::kicked : member_status::member};
    };
    const user_id person{std::to_underlying(where.id)};
    events_.push_back({.kind = update_kind::my_chat_member,
                       .bot = where.bot,
                       .chat = where.id,
                       .date = now,
                       .actor = person,
                       .before = as(!on),
                       .after = as(on)});
    record(on ? "block" : "unblock", where.id, {}, {}, now, {.actor = person});
}

void world::set_title(chat& where, std::string title, user_id actor, wall_time now,
                      std::uint64_t request) {
    where.title = title;
    add_service(where, {.type = service::kind::new_chat_title, .text = std::move(title)}, actor,
                now, request);
}

void world::set_member(chat& where, member what, user_id actor, wall_time now,
                       std::uint64_t request, entrance via) {
    const auto at = std::ranges::lower_bound(where.members, what.user, {}, &member::user);
    const bool known = at != where.members.end() && at->user == what.user;
    const member before = known ? *at : member{.user = what.user, .status = member_status::left};
    if (before == what) return;
    if (known)
        *at = what;
    else
        where.members.insert(at, what);

    const user* who = find_user(what.user);
    const bool is_bot = who && who->is_bot;
    const bool was_inside = is_inside(before), inside = is_inside(what);
    const bool is_group = where.kind == chat_kind::group || where.kind == chat_kind::supergroup;
    const auto service_of = [&](service::kind type) {
        add_service(where, {.type = type, .users = {what.user}}, actor, now, request);
    };
    // A bot sees its own coming, and no more its own going.
    if (is_bot && was_inside && !inside) std::erase(where.bots, what.user);
    if (is_bot && inside && !was_inside) {
        where.bots.insert(std::ranges::lower_bound(where.bots, what.user), what.user);
    }
    record("member", where.id, {}, name(what.status), now,
           {.actor = actor, .from_chat = chat_id{std::to_underlying(what.user)}});
    const auto tell_change = [&](update_kind kind, user_id bot) {
        events_.push_back({.kind = kind,
                           .bot = bot,
                           .chat = where.id,
                           .date = now,
                           .actor = actor,
                           .before = before,
                           .after = what,
                           .via = via});
    };
    if (is_bot) tell_change(update_kind::my_chat_member, what.user);
    for (const user_id bot : where.bots) {
        const member* other = where.find_member(bot);
        if (bot != what.user && other && other->status == member_status::administrator) {
            tell_change(update_kind::chat_member, bot);
        }
    }
    if (is_group && !was_inside && inside) service_of(service::kind::new_chat_members);
    if (is_group && was_inside && !inside) service_of(service::kind::left_chat_member);
}

result<chat_id> world::upgrade(chat_id id, user_id actor, wall_time now, std::uint64_t request) {
    chat* group = find_chat({}, id);
    if (!group || group->kind != chat_kind::group || group->is_deactivated) {
        return fail(errc::invalid_argument,
                    "chat " + std::to_string(std::to_underlying(id)) + " is no live group");
    }
    const auto made = add_chat({.kind = chat_kind::supergroup, .title = group->title}, now);
    if (!made) return made;
    chat& to = *find_chat({}, *made);
    to.members = group->members;
    to.bots = group->bots;
    to.allowed = group->allowed;
    to.is_protected = group->is_protected;
    to.migrated_from = id;
    add_service(*group, {.type = service::kind::migrate_to_chat_id, .chat = *made}, actor, now,
                request);
    group->migrated_to = *made;
    group->is_deactivated = true;
    add_service(to, {.type = service::kind::migrate_from_chat_id, .chat = id}, actor, now, request);
    return made;
}

}  // namespace baudot::telegram_sim
