#include "telegram_sim/control.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/utf16.hpp"
#include "telegram_sim/control_objects.hpp"
#include "telegram_sim/control_replies.hpp"
#include "telegram_sim/json_objects.hpp"
#include "telegram_sim/score_report.hpp"
#include "telegram_sim/topics.hpp"

namespace baudot::telegram_sim {
namespace asio = boost::asio;
namespace {

constexpr std::string_view prefix = "/sim/v1";
constexpr std::size_t named_copies_max = 1000;

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> out;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        if (end > 0) out.push_back(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return out;
}

asio::awaitable<void> run_replay(std::shared_ptr<replay> what) {
    co_await what->run();
}

}  // namespace

control::control(local_telegram& at, task_group& tasks, std::string data)
    : at_(at), tasks_(tasks), builder_(at, std::move(data)) {}

bool control::owns(std::string_view path) noexcept {
    return path == prefix || path.starts_with(std::string(prefix) + "/");
}

http::answer control::handle(std::string_view method, const params& query, std::string body) {
    std::string_view path = query.path();
    path.remove_prefix(prefix.size());
    request what{method, split(path), query, body};
    at_.in().close_due_polls(at_.timers().wall_now());
    const reply made = answer(what);
    at_.publish();  // also what happened before a mistake
    http::answer out;
    const bool is_table = query.text("format") == "table";
    out.what.headers.emplace_back(
        "Content-Type", made && is_table ? "text/plain; charset=utf-8" : "application/json");
    if (made) {
        out.what.body = *made;
        return out;
    }
    out.what.status = made.error().code == errc::not_found ? 404 : 400;
    json_writer(out.what.body)
        .begin_object()
        .field("error", to_valid_utf8(made.error().message))
        .end_object();
    return out;
}

control::reply control::answer(request& what) {
    const std::string_view first = what.path.empty() ? std::string_view{} : what.path[0];
    if (first == "chats") return chats(what);
    if (first == "users" || first == "bots" || first == "world") {
        if (what.method == "DELETE" && what.path.size() == 2) return remove_user(what);
        return what.method == "GET" ? read(what) : make(what);
    }
    if (first == "starts" || first == "blocks") return private_chats(what);
    if (first == "profile" || first == "faults") return rules(what);
    if (first == "replays") return replays(what);
    if (first == "presses") return presses(what);
    if (first == "expectation" || first == "score") return scores(what);
    if (first == "reset" && what.method == "POST") {
        at_.reset();
        expected_ = {};
        replays_.clear();
        builder_.reset();
        return done();
    }
    return read(what);
}

result<user_id> control::bot_of(const request& what) const {
    const auto named = what.query.find("bot");
    if (!named) return user_id{};
    return builder_.find_user(*named);
}

result<user_id> control::actor_of(const request& what) const {
    const auto named = what.query.find("from");
    if (!named) return user_id{};
    return builder_.find_user(*named);
}

result<std::string> control::body_or_file(request& what) const {
    if (const auto path = what.query.find("path")) return builder_.read_data_file(*path);
    return std::move(what.body);
}

control::reply control::make(request& what) {
    if (what.method != "POST" || what.path.size() != 1) {
        return unknown(what.method, what.query.path());
    }
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    if (what.path[0] == "users") {
        const auto id = builder_.add_user(*given);
        if (!id) return std::unexpected(id.error());
        return id_json("id", std::to_underlying(*id));
    }
    if (what.path[0] == "bots") {
        const auto id = builder_.add_bot(*given);
        if (!id) return std::unexpected(id.error());
        std::string out;
        json_writer json(out);
        append_bot(json, at_, *at_.in().find_user(*id));
        return out;
    }
    if (auto built = builder_.build(*given); !built) return std::unexpected(built.error());
    return done();
}

// Nobody is forgotten: what they wrote stays, and their token is answered with 401, also to a poll
// that waits.
control::reply control::remove_user(request& what) {
    const auto who = builder_.find_user(what.path[1]);
    if (!who) return fail(errc::not_found, who.error().message);
    if (at_.in().find_user(*who)->is_bot != (what.path[0] == "bots")) {
        return unknown(what.method, what.query.path());
    }
    at_.in().deactivate(*who);
    if (what.path[0] == "bots") at_.line(*who)->wake.ring();
    return done();
}

control::reply control::private_chats(request& what) {
    if (what.method != "POST" || what.path.size() != 1) {
        return unknown(what.method, what.query.path());
    }
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    if (what.path[0] == "starts") {
        const auto id = builder_.start(*given);
        if (!id) return std::unexpected(id.error());
        return id_json("message_id", std::to_underlying(*id));
    }
    json_fields from(*given, "block");
    const user_id person = builder_.user_field(from, "user");
    const user_id bot = builder_.user_field(from, "bot");
    if (!from.has("user") || !from.has("bot")) from.wrong("user", "given, and bot too");
    const bool on = from.truth("blocked", true);
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    at_.in().set_blocked(at_.in().private_chat(bot, person), on, at_.timers().wall_now());
    return done();
}

control::reply control::chats(request& what) {
    if (what.path.size() == 1) {
        if (what.method == "POST") {
            const auto given = parse_json(what.body);
            if (!given) return std::unexpected(given.error());
            const auto id = builder_.add_chat(*given);
            if (!id) return std::unexpected(id.error());
            return id_json("id", std::to_underlying(*id));
        }
        if (what.method != "GET") return unknown(what.method, what.query.path());
        std::string out;
        json_writer json(out);
        json.begin_array();
        at_.in().for_each_chat(
            [&](const chat& each) { append_control_chat(json, at_.in(), each, false); });
        json.end_array();
        return out;
    }
    const auto bot = bot_of(what);
    if (!bot) return std::unexpected(bot.error());
    const auto id = builder_.find_chat(what.path[1]);
    if (!id) return std::unexpected(id.error());
    const bool is_person = std::to_underlying(*id) > 0;
    if (is_person && *bot == user_id{}) {
        return fail(errc::invalid_argument, "a private chat has two sides: add ?bot=");
    }
    chat* where = at_.in().find_chat(*bot, *id);
    if (where == nullptr) {
        return fail(errc::not_found, fmt::format("there is no chat {}", what.path[1]));
    }
    return one_chat(what, *where, *bot);
}

control::reply control::one_chat(request& what, chat& where, user_id bot) {
    if (what.path.size() == 2 && what.method == "GET") {
        std::string out;
        json_writer json(out);
        append_control_chat(json, at_.in(), where, true);
        return out;
    }
    if (what.path.size() == 3 && what.path[2] == "upgrade" && what.method == "POST") {
        const auto made =
            at_.in().upgrade(where.id, user_id{}, at_.timers().wall_now(), at_.next_request());
        if (!made) return std::unexpected(made.error());
        return id_json("id", std::to_underlying(*made));
    }
    if (what.path.size() == 3 && what.path[2] == "members") return members(what, where);
    if (what.path.size() == 3 && what.path[2] == "messages") return messages(what, where, bot);
    if (what.path.size() == 4 && what.path[2] == "messages") return one_message(what, where, bot);
    if (what.path.size() == 5 && what.path[2] == "messages" && what.path[4] == "votes")
        return votes(what, where, bot);
    if (what.path.size() == 5 && what.path[2] == "messages") return part_of_message(what, where);
    if (what.path.size() == 3 && what.path[2] == "topics") return topics(what, where);
    if (what.path.size() == 4 && what.path[2] == "topics") return one_topic(what, where);
    if (what.path.size() == 3 && what.path[2] == "joins") return joins(what, where);
    if (what.path.size() == 2 && what.method == "PUT") {
        const auto given = parse_json(what.body);
        if (!given) return std::unexpected(given.error());
        json_fields from(*given, "chat");
        const std::string title = from.text("title", where.title);
        const bool is_protected = from.truth("protected", where.is_protected);
        const bool is_deleted = from.truth("deleted", where.is_deactivated);
        const bool is_forum = from.truth("forum", where.is_forum);
        if (is_forum && where.kind != chat_kind::supergroup) from.wrong("forum", "of a supergroup");
        const auto slow_mode = static_cast<std::uint16_t>(
            from.integer_between("slow_mode", where.slow_mode_s, 0, 3600));
        if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
        if (title != where.title) {
            at_.in().set_title(where, title, user_id{}, at_.timers().wall_now());
        }
        at_.in().set_protected(where, is_protected);
        set_forum(at_.in(), where, is_forum, at_.timers().wall_now());
        at_.in().set_slow_mode(where, slow_mode);
        if (is_deleted) at_.in().delete_group(where);
        return done();
    }
    return unknown(what.method, what.query.path());
}

control::reply control::members(request& what, chat& where) {
    if (what.method != "PUT" && what.method != "POST") {
        return unknown(what.method, what.query.path());
    }
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    if (auto set = builder_.set_member(where, *given); !set) return std::unexpected(set.error());
    return done();
}

control::reply control::messages(request& what, const chat& where, user_id bot) {
    if (what.method == "POST") {
        const auto given = parse_json(what.body);
        if (!given) return std::unexpected(given.error());
        const auto id = builder_.add_post(*given, where.id, bot, "message");
        if (!id) return std::unexpected(id.error());
        return id_json("message_id", std::to_underlying(*id));
    }
    if (what.method != "GET") return unknown(what.method, what.query.path());
    constexpr std::int64_t many = 1'000'000;
    const message_id after{what.query.integer("after", 0)};
    auto left = what.query.integer("limit", 1000, 0, many);
    std::string out;
    json_writer json(out);
    json.begin_array();
    const auto begin = std::ranges::upper_bound(where.messages, after, {}, &message::id);
    for (auto each = begin; each != where.messages.end() && left > 0; ++each, --left) {
        append_history(json, at_.in(), *each);
    }
    json.end_array();
    return out;
}

control::reply control::one_message(request& what, const chat& where, user_id bot) {
    const auto id = to_integer(what.path[3]);
    const message* found = id ? where.find(message_id{*id}) : nullptr;  // deleted ones too
    if (found == nullptr) {
        return fail(errc::not_found, fmt::format("there is no message {}", what.path[3]));
    }
    const message_address which{.chat = where.id, .bot = bot, .message = message_id{*id}};
    if (what.method == "GET") {
        std::string out;
        json_writer json(out);
        append_history(json, at_.in(), *found);
        return out;
    }
    if (what.method == "PUT") {
        const auto given = parse_json(what.body);
        if (!given) return std::unexpected(given.error());
        if (auto ok = builder_.edit_post(*given, which); !ok) return std::unexpected(ok.error());
        return done();
    }
    if (what.method != "DELETE") return unknown(what.method, what.query.path());
    const auto actor = actor_of(what);
    if (!actor) return std::unexpected(actor.error());
    const auto erased = erase(at_.in(), which, *actor, at_.timers().wall_now(), at_.next_request());
    if (!erased) return std::unexpected(erased.error());
    return done();
}

control::reply control::votes(request& what, const chat& where, user_id bot) {
    const auto id = to_integer(what.path[3]);
    if (what.method != "POST" || !id) return unknown(what.method, what.query.path());
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    const message_address which{.chat = where.id, .bot = bot, .message = message_id{*id}};
    if (auto ok = builder_.vote(*given, which); !ok) return std::unexpected(ok.error());
    return done();
}

control::reply control::replays(request& what) {
    if (what.path.size() == 1 && what.method == "POST") {
        replay_options options;
        options.pending_max =
            static_cast<std::size_t>(what.query.integer("pending_max", 0, 0, 100'000));
        const std::string speed(what.query.text("speed"));
        if (!speed.empty()) {
            const auto number = parse_json(speed);
            if (!number || !number->is_number() || number->to_number<double>() < 0) {
                return fail(errc::invalid_argument, "speed must be a number, 0 for flat out");
            }
            options.speed = number->to_number<double>();
        }
        std::string_view bots = what.query.text("bots");
        while (!bots.empty()) {
            const auto end = std::min(bots.find(','), bots.size());
            const auto bot = builder_.find_user(bots.substr(0, end));
            if (!bot) return std::unexpected(bot.error());
            options.bots.push_back(*bot);
            bots.remove_prefix(std::min(end + 1, bots.size()));
        }
        auto lines = body_or_file(what);
        if (!lines) return std::unexpected(lines.error());
        auto made = std::make_shared<replay>(at_, std::move(*lines), std::move(options));
        const std::uint64_t id = ++last_replay_;
        replays_.emplace(id, made);
        tasks_.spawn("replay", run_replay(std::move(made)));
        return id_json("id", static_cast<std::int64_t>(id));
    }
    if (what.path.size() != 2) return unknown(what.method, what.query.path());
    const auto id = to_integer(what.path[1]);
    const auto found = replays_.find(static_cast<std::uint64_t>(id.value_or(0)));
    if (found == replays_.end()) return unknown(what.method, what.query.path());
    if (what.method == "DELETE") found->second->stop();
    std::string out;
    json_writer json(out);
    json.begin_object();
    append_progress(json, found->second->state());
    json.end_object();
    return out;
}

control::reply control::scores(request& what) {
    if (what.path[0] == "expectation") {
        if (what.method == "PUT" || what.method == "POST") {
            const auto lines = body_or_file(what);
            if (!lines) return std::unexpected(lines.error());
            auto wanted = read_expectation(*lines);
            if (!wanted) return std::unexpected(wanted.error());
            if (what.method == "PUT") expected_ = {};
            std::ranges::move(wanted->copies, std::back_inserter(expected_.copies));
        }
        return id_json("copies", static_cast<std::int64_t>(expected_.copies.size()));
    }
    if (what.method != "GET") return unknown(what.method, what.query.path());
    const score got = compare(at_.in(), expected_, at_.rules().limits().early());
    if (what.query.text("format") == "table") return score_table(got);
    return score_json(got, named_copies_max);
}

control::reply control::read(request& what) {
    const std::string_view first = what.path.empty() ? std::string_view{} : what.path[0];
    if (what.method != "GET") return unknown(what.method, what.query.path());
    std::string out;
    json_writer json(out);
    if (first == "stats") {
        append_stats(json, at_);
    } else if (first == "clock") {
        json.begin_object();
        append_time(json, at_.timers().wall_now());
        json.end_object();
    } else if (first == "bots" || first == "users") {
        json.begin_array();
        for (const user* each : at_.in().users()) {
            if (each->is_bot != (first == "bots")) continue;
            if (each->is_bot)
                append_bot(json, at_, *each);
            else
                append_user(json, *each);
        }
        json.end_array();
    } else {
        return unknown(what.method, what.query.path());
    }
    return out;
}

}  // namespace baudot::telegram_sim
