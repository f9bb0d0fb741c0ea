#include "telegram_sim/bot_door.hpp"

#include <algorithm>
#include <utility>

#include "base/utf16.hpp"
#include "telegram_sim/json_writer.hpp"

namespace baudot::telegram_sim {
namespace asio = boost::asio;
namespace {

// A client that is never answered leaves long before.
constexpr duration silence_max = std::chrono::minutes(10);
constexpr std::size_t token_bytes_max = 80;  // as in the official server

constexpr std::string_view bot_prefix = "/bot";
constexpr std::string_view file_prefix = "/file/bot";
constexpr std::string_view test_prefix = "test/";  // of the test environment: the same here

http::answer json_answer(int status, std::string body) {
    http::answer out;
    out.what.status = status;
    out.what.headers.emplace_back("Content-Type", "application/json");
    out.what.body = std::move(body);
    return out;
}

http::answer dropped() {
    http::answer out;
    out.drop = true;
    return out;
}

http::answer html_answer(int status, std::string page) {
    http::answer out;
    out.what.status = status;
    out.what.headers.emplace_back("Content-Type", "text/html");
    out.what.body = std::move(page);
    return out;
}

api_error plain_error(int code, std::string description) {
    return {.code = code,
            .description = std::move(description),
            .retry_after = {},
            .migrate_to_chat = {}};
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// "123456:ABC-DEF", as BotFather gives them.
bool looks_like_token(std::string_view token) noexcept {
    const auto colon = token.find(':');
    if (colon == std::string_view::npos || colon == 0 || token.size() > token_bytes_max) {
        return false;
    }
    return std::ranges::all_of(token.substr(0, colon), [](char c) { return c >= '0' && c <= '9'; });
}

// Ids in an array, without parsing it: what a batch is charged.
int count_ids(std::string_view array) noexcept {
    const bool none = array.find_first_of("0123456789") == std::string_view::npos;
    return none ? 1 : static_cast<int>(1 + std::ranges::count(array, ','));
}

// Parts of an album, likewise: each names its media once.
int count_parts(std::string_view array) noexcept {
    constexpr std::string_view name = "\"media\"";
    int parts = 0;
    for (auto at = array.find(name); at != std::string_view::npos; at = array.find(name, at)) {
        at = array.find_first_not_of(" \t\r\n", at + name.size());
        if (at == std::string_view::npos) break;
        if (array[at] == ':') ++parts;
    }
    return std::max(parts, 1);
}

}  // namespace

http::answer error_answer(const api_error& why) {
    std::string body;
    json_writer json(body);
    json.begin_object().field("ok", false).field("error_code", why.code);
    json.field("description", why.description);
    if (why.retry_after || why.migrate_to_chat) {
        json.key("parameters").begin_object();
        if (why.retry_after) json.field("retry_after", *why.retry_after);
        if (why.migrate_to_chat) {
            json.field("migrate_to_chat_id", std::to_underlying(*why.migrate_to_chat));
        }
        json.end_object();
    }
    json.end_object();
    http::answer out = json_answer(why.code, std::move(body));
    if (why.code == 429 && why.retry_after) {
        out.what.headers.emplace_back("Retry-After", std::to_string(*why.retry_after));
    }
    return out;
}

bool bot_door::owns(std::string_view path) noexcept {
    return path.starts_with(bot_prefix) || path.starts_with(file_prefix);
}

std::expected<bot_door::address, api_error> bot_door::find_bot(std::string_view path) const {
    path.remove_prefix(path.starts_with(file_prefix) ? file_prefix.size() : bot_prefix.size());
    const auto slash = path.find('/');
    const std::string_view token = path.substr(0, slash);
    if (slash == std::string_view::npos || !looks_like_token(token)) {
        return std::unexpected(plain_error(404, "Not Found"));
    }
    std::string_view rest = path.substr(slash + 1);
    if (rest.starts_with(test_prefix)) rest.remove_prefix(test_prefix.size());
    const user* bot = at_.in().find_bot(token);
    if (bot == nullptr || bot->is_deactivated) {
        return std::unexpected(plain_error(401, "Unauthorized"));
    }
    return address{bot->id, rest};
}

asio::awaitable<http::answer> bot_door::handle(params what) {
    const auto found = find_bot(what.path());
    if (!found) co_return error_answer(found.error());
    if (what.path().starts_with(file_prefix)) {
        const call by{.bot = found->bot, .now = at_.timers().wall_now(), .request = 0};
        const auto bytes = telegram_sim::download(at_.in(), by, found->rest);
        if (!bytes) co_return error_answer(plain_error(404, "Not Found"));
        http::answer out;
        out.what.headers.emplace_back("Content-Type", "application/octet-stream");
        out.what.body = *bytes;
        co_return out;
    }
    co_return co_await run(std::move(what), found->bot, found->rest);
}

asio::awaitable<void> bot_door::obey_webhook(params what, user_id bot) {
    const std::string method(what.text("method"));
    const auto is = [&](std::string_view name) {
        return std::ranges::equal(method, name, {}, lower, lower);
    };
    const bool reads = method.size() >= 3 &&
                       std::ranges::equal(method.substr(0, 3), std::string_view("get"), {}, lower);
    if (method.empty() || reads || is("setWebhook") || is("deleteWebhook")) co_return;
    co_await run(std::move(what), bot, method);
}

asio::awaitable<http::answer> bot_door::run(params what, user_id bot, std::string_view name) {
    constexpr method_entry get_updates_entry{"getUpdates", nullptr};
    const method_entry* method = find_method(name);
    if (std::ranges::equal(name, std::string_view("getupdates"), {}, lower)) {
        method = &get_updates_entry;
    }
    if (method == nullptr) {
        ++at_.count("unknown").requests;
        ++at_.count("unknown").rejected;
        co_return error_answer(plain_error(404, "Not Found: method not found"));
    }
    const std::uint64_t generation = at_.generation();
    const time_point begun = at_.timers().now();
    ++at_.count(method->name).requests;
    http::answer out = co_await obey(what, bot, method);
    if (log_.enabled(observe::level::debug)) {
        log_.debug("request", {{"bot", bot},
                               {"method", method->name},
                               {"chat", what.text("chat_id")},
                               {"status", out.drop ? 0 : out.what.status},
                               {"took", at_.timers().now() - begun}});
    }
    if (generation != at_.generation()) co_return out;
    method_count& count = at_.count(method->name);
    if (out.drop)
        ++count.unanswered;
    else if (out.what.status == 200)
        ++count.ok;
    else if (out.what.status == 429)
        ++count.refused;
    else if (out.what.status >= 500)
        ++count.failed;
    else
        ++count.rejected;
    co_return out;
}

load bot_door::cost_of(const params& what, user_id bot, const method_entry* method) const {
    load cost;
    cost.bot = bot;
    cost.date = at_.timers().wall_now();
    cost.upload_bytes = upload_bytes(what);
    cost.is_exempt = at_.is_local() || method->run == nullptr || method->name == "getMe" ||
                     method->name.ends_with("Webhook") || method->name == "getWebhookInfo";
    cost.sets_webhook = method->name == "setWebhook";
    const bool may_pay = method->name.starts_with("send") || method->name == "copyMessage";
    cost.pays = may_pay && what.boolean("allow_paid_broadcast");
    cost.what = charge_of(method->name);
    cost.code_points = code_points(what.text("text")) + code_points(what.text("caption"));
    if (const auto ids = what.find("message_ids")) cost.count = count_ids(*ids);
    if (method->name == "sendMediaGroup") cost.count = count_parts(what.text("media"));
    const auto where = resolve(at_.in(), bot, what.text("chat_id"));
    if (!where) return cost;
    cost.chat = *where;
    if (const chat* found = at_.in().find_chat(bot, *where)) {
        cost.is_private = found->kind == chat_kind::private_chat;
        cost.last_incoming = found->last_incoming;
        const member* as = found->find_member(bot);
        const bool is_ordinary = as == nullptr || as->status > member_status::administrator;
        if (is_ordinary && cost.what != charge::remove && !method->name.starts_with("edit")) {
            cost.slow_mode = std::chrono::seconds(found->slow_mode_s);
        }
    }
    return cost;
}

asio::awaitable<http::answer> bot_door::obey(const params& what, user_id bot,
                                             const method_entry* method) {
    const bool is_get_updates = method->run == nullptr;
    const std::uint64_t generation = at_.generation();
    const auto restarted = [&] { return generation != at_.generation(); };
    const api_error restart = plain_error(500, "Internal Server Error: restart");
    timer_service& timers = at_.timers();

    const gate::request asked{.cost = cost_of(what, bot, method),
                              .method = method->name,
                              .is_get_updates = is_get_updates};
    const verdict told = at_.rules().decide(asked, timers.now());
    const std::uint64_t number = at_.next_request();
    if (told.act_after > duration::zero()) {
        co_await timers.sleep_until(timers.now() + told.act_after);
        if (restarted()) co_return error_answer(restart);
    }
    std::string body = "{\"ok\":true,\"result\":";
    std::optional<api_error> refused;
    if (told.acts && is_get_updates) {
        at_.in().close_due_polls(timers.wall_now());
        at_.publish();
        update_queue::request request = read_get_updates(what);
        if (told.redeliver) request.offset = 0;
        const auto updates = co_await get_updates(request, bot);
        if (updates)
            body.append(*updates);
        else
            refused = updates.error();
    } else if (told.acts) {
        method_call made{at_, what, {bot, timers.wall_now(), number}};
        at_.in().close_due_polls(timers.wall_now());
        auto done = method->run(made, body);
        at_.publish();
        if (!done) refused = std::move(done.error());
    }
    if (told.answer_after > duration::zero()) {
        co_await timers.sleep_until(timers.now() + told.answer_after);
        if (restarted()) co_return error_answer(restart);
    }
    switch (told.answers) {
        case verdict::answer::result: break;
        case verdict::answer::error: co_return error_answer(told.error);
        case verdict::answer::html: co_return html_answer(told.status, told.html);
        case verdict::answer::reset: co_return dropped();
        case verdict::answer::never:
            co_await timers.sleep_until(timers.now() + silence_max);
            co_return dropped();
    }
    if (refused) co_return error_answer(*refused);
    body.push_back('}');
    co_return json_answer(200, std::move(body));
}

asio::awaitable<api_result<std::string>> bot_door::get_updates(update_queue::request what,
                                                               user_id bot) {
    using verdict = update_queue::verdict;
    const std::shared_ptr<bot_line> line = at_.line(bot);
    if (line->hook) {
        co_return std::unexpected(
            plain_error(409,
                        "Conflict: can't use getUpdates method while webhook is active; use "
                        "deleteWebhook to delete the webhook first"));
    }
    timer_service& timers = at_.timers();
    update_queue::step step = line->updates.begin(what, timers.now());
    if (step.wakes) line->wake.ring();

    struct leave {
        bot_line& line;
        update_queue::step& step;
        ~leave() {
            if (step.what == verdict::wait) line.updates.abandon(step.id);
        }
    } const leaving{*line, step};
    while (step.what == verdict::wait) {
        co_await line->wake.wait_until(timers, step.at);
        if (line->gone) {
            co_return std::unexpected(plain_error(500, "Internal Server Error: restart"));
        }
        if (at_.in().find_user(bot)->is_deactivated) {
            co_return std::unexpected(plain_error(401, "Unauthorized"));
        }
        step = line->updates.resume(step.id, timers.now());
    }
    if (step.what == verdict::answer) co_return std::move(step.updates);
    if (step.what == verdict::replaced) {
        co_return std::unexpected(plain_error(409, "Conflict: terminated by setWebhook request"));
    }
    co_return std::unexpected(
        plain_error(409,
                    "Conflict: terminated by other getUpdates request; make sure that only one "
                    "bot instance is running"));
}

}  // namespace baudot::telegram_sim
