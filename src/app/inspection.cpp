#include "app/inspection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

#include "app/startup.hpp"
#include "router/router.hpp"

namespace baudot::app {
namespace {

using field = router::rule_error::field;

std::string text_of(const chat_text& chat) {
    if (const auto* id = std::get_if<chat_id>(&chat.chat)) {
        return fmt::format("{}", std::to_underlying(*id));
    }
    return std::get<std::string>(chat.chat);
}

// "account news: getChat: Bad Request: chat not found" without what the sentence says anyway.
std::string reason_of(const error& why) {
    const auto colon = why.message.rfind(": ");
    return colon == std::string::npos ? why.message : why.message.substr(colon + 2);
}

bool is_group(chat_kind kind) {
    return kind == chat_kind::group || kind == chat_kind::supergroup;
}

std::string_view method_of(const operation& what) {
    if (std::holds_alternative<forward_message>(what.what)) return "forwardMessage";
    if (std::holds_alternative<copy_message>(what.what)) return "copyMessage";
    return "sendMessage";
}

class inspector {
public:
    inspector(config::document& file, const settings& read, const findings& found)
        : file_(file), read_(read), found_(found), can_(make_roster(found)) {}

    std::vector<passage> inspect() {
        for (std::size_t at = 0; at < read_.accounts.size(); ++at) judge_account(at);
        for (const route_settings& each : read_.routes) judge_route(each);
        return std::move(passages_);
    }

private:
    struct place {
        const chat_text& chat;
        config::position at;
    };

    void judge_account(std::size_t at);
    void judge_route(const route_settings& route);
    void judge_webhook(std::size_t at);
    bool judge_chat(const place& where, chat_id chat);
    bool judge_source(const place& where, chat_id chat);
    bool judge_destination(const place& where, chat_id chat);
    std::optional<chat_id> judge_target(const place& where);
    void judge_passages(const route_settings& route, relay_mode mode, const place& source,
                        chat_id from, const std::vector<std::pair<place, chat_id>>& to);
    void tell_no_passage(const route_settings& route, const std::string& from, const place& to,
                         reject_class text, reject_class media);

    std::vector<deliveries_planned> plan(const router::compiled_rules& rules, chat_id from,
                                         content_kind content) const;
    std::string way_of(const std::vector<deliveries_planned>& planned, chat_id to,
                       reject_class& why) const;
    std::string reasons(chat_id chat) const;
    std::optional<telegram::chat_info> describe(chat_id chat) const;
    std::string name_of(account_id account) const;
    static config::position place_in(const route_settings& route, field which) {
        return route.places[std::to_underlying(which)].front();
    }
    static place place_of(const route_settings& route, field which, std::size_t item) {
        const auto& chats = which == field::from ? route.from : route.to;
        const auto& places = route.places[std::to_underlying(which)];
        return {.chat = chats[item], .at = places[std::min(item, places.size() - 1)]};
    }

    config::document& file_;
    const settings& read_;
    const findings& found_;
    const engine::roster can_;
    std::vector<passage> passages_;
};

void inspector::judge_account(std::size_t at) {
    const findings::account& account = found_.accounts[at];
    const config::position where = read_.accounts[at].token_at;
    if (is_lost(found_, at)) {
        file_.error(where, fmt::format("Telegram refuses the token of account {}", account.name),
                    "copy it anew from @BotFather (/mybots, API Token)");
    } else if (!account.who) {
        file_.error(where,
                    fmt::format("account {} could not be asked: {}", account.name,
                                reason_of(account.who.error())),
                    "look at `api` and the network, then check again");
    } else {
        judge_webhook(at);
    }
}

void inspector::judge_webhook(std::size_t at) {
    const account_settings& account = read_.accounts[at];
    const telegram::bot_api::webhook_info& is = found_.accounts[at].webhook;
    if (is.url.empty()) return;  // Baudot sets its own when it starts
    const std::string host = telegram::bot_api::host_of(is.url);
    if (!account.webhook) {
        file_.error(account.token_at,
                    fmt::format("account {} has a webhook ({}), so its updates cannot be fetched "
                                "(409)",
                                account.name, host),
                    "one that this data directory has set is taken away by the next start; "
                    "otherwise call deleteWebhook, or give Baudot a bot of its own");
    } else if (is.url != account.webhook->url) {
        file_.warning(account.webhook->url_at,
                      fmt::format("account {} has another webhook ({}) until Baudot starts",
                                  account.name, host),
                      "if another program has set it, give Baudot a bot of its own");
    } else if (!is.last_error_message.empty()) {
        file_.warning(account.webhook->url_at,
                      fmt::format("Telegram could not post to the webhook of account {}: {}",
                                  account.name, is.last_error_message));
    }
}

void inspector::judge_route(const route_settings& route) {
    std::vector<std::pair<place, chat_id>> to;
    for (std::size_t item = 0; item < route.to.size(); ++item) {
        const place where = place_of(route, field::to, item);
        if (const auto id = judge_target(where)) to.emplace_back(where, *id);
    }
    // What is refused is forwarded, what is other is copied, whatever the mode of the route.
    std::vector<std::pair<place, chat_id>> check;
    std::vector<std::pair<place, chat_id>> other;
    for (const auto& [chat, which, chats] : {std::tuple(&route.check, field::check, &check),
                                             std::tuple(&route.other, field::other, &other)}) {
        if (!*chat) continue;
        const place where{.chat = **chat, .at = place_in(route, which)};
        if (const auto id = judge_target(where)) chats->emplace_back(where, *id);
    }
    for (std::size_t item = 0; item < route.from.size(); ++item) {
        const place where = place_of(route, field::from, item);
        const auto id = found_.resolve(where.chat.chat);
        if (id && judge_source(where, *id)) {
            judge_passages(route, route.mode, where, *id, to);
            judge_passages(route, relay_mode::forward, where, *id, check);
            judge_passages(route, relay_mode::copy, where, *id, other);
        } else if (!id) {
            file_.error(where.at,
                        fmt::format("no account can see {}: {}", text_of(where.chat),
                                    reason_of(id.error())),
                        "is the name right? Add a bot to the chat");
        }
    }
}

// What is wrong with a chat wherever it stands.
bool inspector::judge_chat(const place& where, chat_id chat) {
    for (std::size_t at = 0; at < found_.accounts.size(); ++at) {
        const findings::view* view = found_.find(at, chat);
        if (!view || view->moved_to == chat_id{}) continue;
        file_.error(where.at,
                    fmt::format("the group {} was upgraded to a supergroup", text_of(where.chat)),
                    fmt::format("its id is {} now", std::to_underlying(view->moved_to)));
        return false;
    }
    return true;
}

bool inspector::judge_source(const place& where, chat_id chat) {
    if (!judge_chat(where, chat)) return false;
    const auto about = describe(chat);
    bool is_seen = false;
    bool is_read = false;
    std::string shy;
    for (std::size_t at = 0; at < found_.accounts.size(); ++at) {
        const findings::account& account = found_.accounts[at];
        if (!account.who || !can_.sees(account.id, chat)) continue;
        is_seen = true;
        const std::string& status = found_.find(at, chat)->is->status;
        const bool sees_all = status == "administrator" || status == "creator" ||
                              account.who->can_read_all_group_messages;
        if (sees_all || !about || !is_group(about->kind)) is_read = true;
        if (shy.empty()) shy = account.name;
    }
    if (!is_seen) {
        file_.error(where.at,
                    fmt::format("no account receives the posts of {} ({})", text_of(where.chat),
                                reasons(chat)),
                    "add a bot to it: as an administrator of a channel, as a member of a group");
        return false;
    }
    if (!is_read) {
        file_.error(where.at,
                    fmt::format("of the group {} account {} receives only commands and replies: "
                                "its privacy mode is on",
                                text_of(where.chat), shy),
                    "make it an administrator there, or turn the mode off (/setprivacy at "
                    "@BotFather) and add the bot anew");
    }
    if (about && about->has_protected_content) {
        file_.error(where.at,
                    fmt::format("{} protects its content: nothing of it can be copied or forwarded",
                                text_of(where.chat)),
                    "its owner can allow it in the settings of the chat (restrict saving content)");
    }
    return true;
}

bool inspector::judge_destination(const place& where, chat_id chat) {
    if (!judge_chat(where, chat)) return false;
    if (!can_.posters(chat).empty()) return true;
    file_.error(where.at,
                fmt::format("no account can post to {} ({})", text_of(where.chat), reasons(chat)),
                "add a bot to it: as an administrator that may post messages in a channel, as a "
                "member of a group");
    return false;
}

// The chat, when it is known and some account can post there.
std::optional<chat_id> inspector::judge_target(const place& where) {
    const auto id = found_.resolve(where.chat.chat);
    if (!id) {
        file_.error(
            where.at,
            fmt::format("no account can see {}: {}", text_of(where.chat), reason_of(id.error())),
            "is the name right? A bot must be in a private chat or channel to see it");
        return std::nullopt;
    }
    return judge_destination(where, *id) ? std::optional(*id) : std::nullopt;
}

void inspector::judge_passages(const route_settings& route, relay_mode mode, const place& source,
                               chat_id from, const std::vector<std::pair<place, chat_id>>& to) {
    rule_set rules;
    baudot::route& bare = rules.routes.emplace_back();
    bare.name = route.name;
    bare.from = {from};
    for (const auto& [where, id] : to) bare.to.push_back(id);
    bare.mode = mode;
    if (bare.to.empty()) return;
    const auto compiled = router::compiled_rules::compile(std::move(rules));
    if (!compiled) {  // two names of one chat, a loop through a name
        file_.error(source.at, compiled.error().front().message);
        return;
    }
    const auto texts = plan(*compiled, from, content_kind::text);
    const auto photos = plan(*compiled, from, content_kind::photo);
    for (const auto& [where, id] : to) {
        reject_class text = reject_class::none;
        reject_class media = reject_class::none;
        passages_.push_back({.route = route.name,
                             .from = text_of(source.chat),
                             .to = text_of(where.chat),
                             .text = way_of(texts, id, text),
                             .media = way_of(photos, id, media)});
        tell_no_passage(route, text_of(source.chat), where, text, media);
    }
}

void inspector::tell_no_passage(const route_settings& route, const std::string& from,
                                const place& to, reject_class text, reject_class media) {
    if (text == reject_class::not_copyable) return;  // said at the source
    const std::string add = "add an account that can post there to the source " + from;
    if (text != reject_class::none) {
        file_.error(to.at,
                    fmt::format("route {} cannot forward from {} to {}: no account that can post "
                                "there sees the source",
                                route.name, from, text_of(to.chat)),
                    add);
    } else if (media == reject_class::needs_member) {
        file_.error(to.at,
                    fmt::format("route {}: media of {} will not be delivered to {}: no account "
                                "that can post there sees the source (text is sent anew)",
                                route.name, from, text_of(to.chat)),
                    add);
    } else if (media != reject_class::none) {
        file_.error(to.at,
                    fmt::format("route {}: media of {} will not be delivered to {}: the account "
                                "may send only text there",
                                route.name, from, text_of(to.chat)),
                    "allow it to send media");
    }
}

std::vector<deliveries_planned> inspector::plan(const router::compiled_rules& rules, chat_id from,
                                                content_kind content) const {
    update_received post;
    post.what.kind = update_kind::post;
    message& made = post.what.content;
    made.chat = from;
    made.id = message_id{1};
    made.content = content;
    const auto about = describe(from);
    made.kind = about ? about->kind : chat_kind::unknown;
    made.has_protected_content = about && about->has_protected_content;
    // In a basic group only the account that received a post can copy it: the best reader counts.
    std::vector<deliveries_planned> best;
    for (const findings::account& each : found_.accounts) {
        if (!each.who || !can_.sees(each.id, from)) continue;
        post.what.account = each.id;
        auto planned = rules.plan_for({.what = post, .position = sequence{1}}, can_).plans;
        const bool is_whole = std::ranges::all_of(planned, [](const deliveries_planned& one) {
            return std::ranges::all_of(one.deliveries, [](const planned_delivery& delivery) {
                return delivery.why == reject_class::none;
            });
        });
        if (best.empty() || is_whole) best = std::move(planned);
        if (is_whole) break;
    }
    return best;
}

std::string inspector::way_of(const std::vector<deliveries_planned>& planned, chat_id to,
                              reject_class& why) const {
    for (const deliveries_planned& each : planned) {
        for (const planned_delivery& one : each.deliveries) {
            if (one.destination != to) continue;
            why = one.why;
            if (why != reject_class::none) return "not at all";
            return fmt::format("{} by {}", method_of(each.variants[one.variant]),
                               name_of(one.sender));
        }
    }
    return "not at all";
}

// What each account said: "reader: kicked, poster: chat not found".
std::string inspector::reasons(chat_id chat) const {
    std::string all;
    for (std::size_t at = 0; at < found_.accounts.size(); ++at) {
        const findings::account& account = found_.accounts[at];
        const findings::view* view = found_.find(at, chat);
        std::string why = "it was not asked";
        if (!account.who) why = "it does not work";
        if (account.who && view) why = view->is ? view->is->status : reason_of(view->is.error());
        all += fmt::format("{}{}: {}", all.empty() ? "" : ", ", account.name, why);
    }
    return all;
}

std::optional<telegram::chat_info> inspector::describe(chat_id chat) const {
    for (std::size_t at = 0; at < found_.accounts.size(); ++at) {
        const findings::view* view = found_.find(at, chat);
        if (view && view->chat) return view->chat;
    }
    return std::nullopt;
}

std::string inspector::name_of(account_id account) const {
    const auto found = std::ranges::find(found_.accounts, account, &findings::account::id);
    return found == found_.accounts.end() ? "?" : found->name;
}

}  // namespace

std::vector<passage> inspect(config::document& file, const settings& read, const findings& found) {
    return inspector(file, read, found).inspect();
}

}  // namespace baudot::app
