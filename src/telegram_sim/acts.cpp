#include "telegram_sim/acts.hpp"

#include <algorithm>
#include <utility>

#include "base/utf16.hpp"
#include "telegram_sim/quotes.hpp"

namespace baudot::telegram_sim {
namespace {

std::string number(auto id) {
    return std::to_string(std::to_underlying(id));
}

result<chat*> chat_of(world& in, chat_id id, user_id bot, user_id actor) {
    if (std::to_underlying(id) < 0) {
        if (chat* found = in.find_chat({}, id)) return found;
        return fail(errc::not_found, "there is no chat " + number(id));
    }
    const user_id person =
        actor == user_id{} || actor == bot ? user_id{std::to_underlying(id)} : actor;
    if (chat* found = in.find_chat(bot, chat_id{std::to_underlying(person)})) return found;
    return fail(errc::not_found, "there is no private chat of bot " + number(bot) + " with user " +
                                     number(person) + ": let the user start the bot");
}

result<content> prepared(content what, bool find) {
    if (find) {
        auto body = normalise(std::move(what.body), true);
        if (!body) return fail(errc::invalid_argument, body.error().description);
        what.body = std::move(*body);
    } else if (!is_valid_utf8(what.body.text)) {
        return fail(errc::invalid_argument, "the text is not UTF-8");
    }
    const bool is_text = what.media == media_kind::none;
    if (!is_text && !has_caption(what.media) && !what.body.text.empty()) {
        return fail(errc::invalid_argument,
                    "a " + std::string(name(what.media)) + " has no text beside it");
    }
    if (is_text && what.body.text.empty()) return fail(errc::invalid_argument, "the text is empty");
    const std::size_t most = is_text ? text_points_max : caption_points_max;
    if (code_points(what.body.text) > most) {
        return fail(errc::invalid_argument,
                    "the text is longer than " + std::to_string(most) + " code points");
    }
    if (has_file(what.media) && !what.file)
        return fail(errc::invalid_argument, "media needs a file");
    return what;
}

result<message*> message_of(chat& where, message_id id) {
    message* found = where.find(id);
    if (!found || found->is_deleted()) {
        return fail(errc::not_found,
                    "there is no message " + number(id) + " in chat " + number(where.id));
    }
    return found;
}

/// Fills in what is answered, and the topic that follows from it.
result<void> place(world& in, const chat& to, const user_post& what, new_message& made) {
    if (what.topic) {
        if (!to.find_topic(*what.topic)) {
            return fail(errc::not_found,
                        "there is no topic " + number(*what.topic) + " in chat " + number(to.id));
        }
        made.thread = *what.topic == general_topic ? message_id{} : *what.topic;
    }
    if (!what.reply_to) return {};
    chat* where = what.reply_chat == chat_id{} ? in.find_chat(to.bot, to.id)
                                               : in.find_chat(what.bot, what.reply_chat);
    if (!where) return fail(errc::not_found, "there is no chat " + number(what.reply_chat));
    const auto replied = message_of(*where, *what.reply_to);
    if (!replied) return std::unexpected(replied.error());
    const message& answered = **replied;
    reply_link link{.message = answered.id};
    if (to.is_forum && where == &to && !what.topic) made.thread = answered.thread();
    const bool elsewhere = where != &to || (to.is_forum && made.thread != answered.thread());
    if (elsewhere) link.chat = where->id;
    std::optional<quote_found> quote;
    if (!what.quote.empty()) {
        quote = find_quote(answered.what.body, {.text = what.quote}, what.quote_position, false);
        if (!quote) {
            return fail(errc::invalid_argument,
                        "message " + number(answered.id) + " does not say \"" + what.quote + '"');
        }
        link.quote_is_manual = true;
    } else if (elsewhere) {
        quote = quote_beginning(answered.what.body);
    }
    if (quote) {
        link.quote = std::move(quote->text);
        link.quote_position = quote->position;
    }
    made.reply = std::move(link);
    return {};
}

}  // namespace

result<message_id> post(world& in, user_post what, wall_time now, std::uint64_t request) {
    const auto where = chat_of(in, what.chat, what.bot, what.actor);
    if (!where) return std::unexpected(where.error());
    chat& to = **where;
    const user* actor = in.find_user(what.actor);
    if (what.actor != user_id{} && !actor) {
        return fail(errc::not_found, "there is no user " + number(what.actor));
    }
    if (!actor && to.kind == chat_kind::private_chat) {
        what.actor = user_id{std::to_underlying(to.id)};
    }
    auto prepared_content = prepared(std::move(what.what), what.find_entities);
    if (!prepared_content) return std::unexpected(prepared_content.error());
    new_message made;
    made.what = std::move(*prepared_content);
    made.made_by = {.kind = cause_kind::user_act, .actor = what.actor, .request = request};
    made.sender = to.kind == chat_kind::channel ? user_id{} : what.actor;
    made.date = now;
    made.album = what.album;
    made.is_protected = what.is_protected;
    made.is_silent = what.is_silent;
    made.id = what.id;
    made.forwarded = std::move(what.forwarded);
    if (auto placed = place(in, to, what, made); !placed) return std::unexpected(placed.error());
    if (to.kind == chat_kind::channel && to.sign_messages && actor) {
        made.author_signature = actor->first_name;
    }
    return in.add(to, std::move(made));
}

result<void> edit(world& in, message_address which, content what, user_id actor, wall_time now,
                  std::uint64_t request) {
    const auto where = chat_of(in, which.chat, which.bot, {});
    if (!where) return std::unexpected(where.error());
    const auto found = message_of(**where, which.message);
    if (!found) return std::unexpected(found.error());
    auto changed = prepared(std::move(what), true);
    if (!changed) return std::unexpected(changed.error());
    in.revise(**where, which.message, std::move(*changed),
              {.kind = cause_kind::user_act, .actor = actor, .request = request}, now);
    return {};
}

result<void> erase(world& in, message_address which, user_id actor, wall_time now,
                   std::uint64_t request) {
    const auto where = chat_of(in, which.chat, which.bot, {});
    if (!where) return std::unexpected(where.error());
    const auto found = message_of(**where, which.message);
    if (!found) return std::unexpected(found.error());
    in.erase(**where, which.message,
             {.kind = cause_kind::user_act, .actor = actor, .request = request}, now);
    return {};
}

result<void> vote(world& in, message_address which, user_id actor, std::vector<int> options,
                  wall_time now) {
    const auto where = chat_of(in, which.chat, which.bot, {});
    if (!where) return std::unexpected(where.error());
    const auto found = message_of(**where, which.message);
    if (!found) return std::unexpected(found.error());
    const poll_id* shown = (*found)->what.get<poll_id>();
    const poll* of = shown == nullptr ? nullptr : in.find_poll(*shown);
    if (of == nullptr) return fail(errc::invalid_argument, "the message is not a poll");
    const user* who = in.find_user(actor);
    if (who == nullptr || who->is_bot) {
        return fail(errc::not_found, "there is no person " + number(actor));
    }
    std::ranges::sort(options);
    options.erase(std::ranges::unique(options).begin(), options.end());
    const auto end = static_cast<int>(of->terms.options.size());
    if (!options.empty() && (options.front() < 0 || options.back() >= end)) {
        return fail(errc::invalid_argument,
                    "an option is between 0 and " + std::to_string(end - 1));
    }
    if (of->terms.is_closed) return fail(errc::invalid_argument, "the poll is closed");
    if (options.size() > 1 && !of->terms.allows_multiple_answers) {
        return fail(errc::invalid_argument, "the poll takes one answer");
    }
    if (!of->terms.allows_revoting && (options.empty() || of->votes.contains(actor))) {
        return fail(errc::invalid_argument, "an answer to this poll stands");
    }
    in.vote(*shown, actor, std::move(options), now);
    return {};
}

result<message_id> start(world& in, user_id person, user_id bot, wall_time now,
                         std::uint64_t request) {
    const user* who = in.find_user(person);
    const user* to = in.find_user(bot);
    if (!who || who->is_bot) return fail(errc::not_found, "there is no person " + number(person));
    if (!to || !to->is_bot) return fail(errc::not_found, "there is no bot " + number(bot));
    chat& where = in.private_chat(bot, person);
    in.set_blocked(where, false, now);
    return post(
        in, {.chat = where.id, .bot = bot, .actor = person, .what = {.body = {.text = "/start"}}},
        now, request);
}

}  // namespace baudot::telegram_sim
