#include "model/print.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <utility>

#include "base/hash.hpp"
#include "base/utf16.hpp"
#include "model/call.hpp"
#include "model/filter_print.hpp"
#include "model/presentable.hpp"
#include "model/transform_print.hpp"

namespace baudot {
namespace {

namespace json = boost::json;

constexpr std::size_t text_bytes_max = 60;

template <class Enum>
std::int64_t number(Enum id) {
    return static_cast<std::int64_t>(std::to_underlying(id));
}

std::string hex(const delivery_id& id) {
    return fmt::format("{:016x}{:016x}", id.high, id.low);
}

std::string_view name(update_kind kind) {
    switch (kind) {
        case update_kind::post: return "post";
        case update_kind::edit: return "edit";
        case update_kind::other: return "other";
    }
    return "unknown";
}

// Cut between characters, on one line. Tokens are hidden before: half of one is still a secret.
std::string shortened(std::string_view stranger) {
    const std::string text = presentable(stranger);
    std::size_t end = std::min(text.size(), text_bytes_max);
    while (end > 0 && end < text.size() &&
           (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    std::string line = text.substr(0, end);
    return end < text.size() ? line + "..." : line;
}

json::object object_of(const formatted_text& text) {
    json::array entities;
    for (const message_entity& each : text.entities) {
        json::object one{{"type", each.type}, {"offset", each.offset}, {"length", each.length}};
        if (!each.url.empty()) one["url"] = each.url;
        if (each.user != user_id{}) one["user"] = number(each.user);
        if (!each.language.empty()) one["language"] = each.language;
        if (!each.custom_emoji_id.empty()) one["custom_emoji_id"] = each.custom_emoji_id;
        if (each.own_post != message_id{}) one["own_post"] = number(each.own_post);
        entities.emplace_back(std::move(one));
    }
    return {{"text", text.text}, {"entities", std::move(entities)}};
}

json::object object_of(const operation& what) {
    json::object one = std::visit(
        [](const auto& each) -> json::object {
            using kind = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<kind, send_text>) {
                json::object text = object_of(each.text);
                text["operation"] = "send_text";
                return text;
            } else {
                constexpr bool is_copy = std::is_same_v<kind, copy_message>;
                json::object made{{"operation", is_copy ? "copy" : "forward"},
                                  {"from", number(each.from)},
                                  {"message", number(each.message)}};
                if constexpr (is_copy) {
                    if (each.caption) made["caption"] = object_of(*each.caption);
                }
                return made;
            }
        },
        what.what);
    if (what.own) {
        json::object own{{"without_copy", name(what.own->without_copy)}};
        if (!what.own->with.empty()) own["with"] = what.own->with;
        if (!what.own->routes.empty())
            own["routes"] = json::array(what.own->routes.begin(), what.own->routes.end());
        one["own_links"] = std::move(own);
    }
    one["silent"] = what.options.silent;
    one["protect"] = what.options.protect;
    one["link_preview"] = what.options.link_preview;
    return one;
}

json::object ref_object(const delivery_ref& ref) {
    return {{"planned", number(ref.planned)}, {"index", ref.index}};
}

json::object object_of(const update_received& what) {
    const message& of = what.what.content;
    json::object one{{"account", number(what.what.account)},
                     {"update", number(what.what.id)},
                     {"kind", name(what.what.kind)}};
    if (what.what.received_at != 0) one["received_at_us"] = what.what.received_at;
    if (what.what.kind == update_kind::other) return one;
    one["chat"] = number(of.chat);
    one["message"] = number(of.id);
    one["date"] = of.date;
    if (of.edit_date != 0) one["edit_date"] = of.edit_date;
    if (!of.media_group_id.empty()) one["media_group"] = of.media_group_id;
    one["content"] = std::to_underlying(of.content);
    one["text"] = object_of(of.text);
    if (of.media) {
        one["media"] = {{"file_unique_id", of.media->file_unique_id},
                        {"file_name", of.media->file_name},
                        {"mime_type", of.media->mime_type},
                        {"size", of.media->size}};
    }
    return one;
}

json::object object_of(const deliveries_planned& what) {
    json::array deliveries;
    for (const planned_delivery& each : what.deliveries) {
        json::object one{{"id", hex(each.id)}, {"destination", number(each.destination)}};
        if (each.why == reject_class::none) {
            one["sender"] = number(each.sender);
            one["variant"] = each.variant;
        } else {
            one["why"] = name(each.why);
        }
        deliveries.emplace_back(std::move(one));
    }
    json::array variants;
    for (const operation& each : what.variants) variants.emplace_back(object_of(each));
    json::object one{
        {"cause", number(what.cause)},
        {"source", number(what.source)},
        {"message", number(what.message)},
        {"version", what.version},
        {"route", what.route},
        {"on_uncertain", what.on_uncertain == uncertain_policy::repeat ? "repeat" : "skip"},
        {"variants", std::move(variants)},
        {"deliveries", std::move(deliveries)}};
    if (what.moved_from != sequence{0}) one["moved_from"] = number(what.moved_from);
    if (what.retry_of != delivery_ref{}) one["retry_of"] = ref_object(what.retry_of);
    const delivery_terms& terms = what.terms;
    if (terms.traffic != traffic_class::live) one["class"] = name(terms.traffic);
    if (terms.weight != 1) one["weight"] = terms.weight;
    if (terms.expire_after.count() != 0) one["expire_after_us"] = terms.expire_after.count();
    return one;
}

json::object object_of(const deliveries_started& what) {
    json::array deliveries;
    for (std::size_t at = 0; at < what.deliveries.size(); ++at) {
        json::object one = ref_object(what.deliveries[at]);
        const bool is_named = at < what.senders.size() && what.senders[at] != account_id{0};
        if (is_named) one["sender"] = number(what.senders[at]);
        deliveries.emplace_back(std::move(one));
    }
    return {{"deliveries", std::move(deliveries)}};
}

json::object object_of(const deliveries_settled& what) {
    json::array settlements;
    for (const settlement& each : what.settlements) {
        json::object one = ref_object(each.delivery);
        one["fate"] = name(each.kind);
        if (each.message != message_id{}) one["message"] = number(each.message);
        if (each.why != reject_class::none) one["why"] = name(each.why);
        if (!each.description.empty()) one["description"] = each.description;
        if (each.at != 0) one["at_us"] = each.at;
        if (each.is_tied) one["tied"] = true;
        if (each.letter) one["letter"] = object_of(*each.letter);
        settlements.emplace_back(std::move(one));
    }
    return {{"settlements", std::move(settlements)}};
}

json::object object_of(const hold_set& what) {
    return {{"account", number(what.account)},
            {"chat", number(what.chat)},
            {"methods", name(what.methods)},
            {"until_us", what.until}};
}

json::object object_of(const rules_changed& what) {
    return {{"fingerprint", what.fingerprint}, {"text", what.text}};
}

json::object object_of(const chat_migrated& what) {
    return {{"from", number(what.from)}, {"to", number(what.to)}};
}

json::object object_of(const dead_letters_dropped& what) {
    json::array letters;
    for (const delivery_ref& each : what.letters) letters.emplace_back(ref_object(each));
    return {{"letters", std::move(letters)}, {"why", name(what.why)}};
}

json::object object_of(const limit_learned& what) {
    return {{"account", number(what.account)},
            {"chat", number(what.chat)},
            {"methods", name(what.methods)},
            {"at_us", what.at},
            {"rate", what.rate},
            {"doubt", what.doubt},
            {"burst", what.burst},
            {"cost", what.cost},
            {"window", what.window},
            {"window_seconds", what.window_seconds}};
}

json::object object_of(const post_waits& what) {
    json::object made{
        {"cause", number(what.cause)}, {"version", what.version}, {"route", what.route}};
    if (what.what) made["update"] = object_of(update_received{*what.what});
    return made;
}

std::string line_of(const update_received& what) {
    const message& of = what.what.content;
    if (what.what.kind == update_kind::other) {
        return fmt::format("update {} of account {}", number(what.what.id),
                           number(what.what.account));
    }
    return fmt::format("{} {}/{} by account {}: {}", name(what.what.kind), number(of.chat),
                       number(of.id), number(what.what.account), shortened(of.text.text));
}

std::string line_of(const deliveries_planned& what) {
    std::string line = fmt::format("{}/{} v{} by route {} to", number(what.source),
                                   number(what.message), what.version, what.route);
    for (const planned_delivery& each : what.deliveries) {
        line += fmt::format(" {}", number(each.destination));
        if (each.why != reject_class::none) line += fmt::format(" ({})", name(each.why));
    }
    if (what.retry_of != delivery_ref{}) line += " again, was " + to_text(what.retry_of);
    return line;
}

std::string line_of(const deliveries_started& what) {
    std::string line;
    for (std::size_t at = 0; at < what.deliveries.size(); ++at) {
        line += fmt::format("{}{}", line.empty() ? "" : " ", to_text(what.deliveries[at]));
        const bool is_named = at < what.senders.size() && what.senders[at] != account_id{0};
        if (is_named) line += fmt::format(" by {}", std::to_underlying(what.senders[at]));
    }
    return line;
}

std::string line_of(const deliveries_settled& what) {
    std::string line;
    for (const settlement& each : what.settlements) {
        line += fmt::format("{}{} {}", line.empty() ? "" : ", ", to_text(each.delivery),
                            name(each.kind));
        if (each.why != reject_class::none) line += fmt::format(" ({})", name(each.why));
    }
    return line;
}

std::string line_of(const hold_set& what) {
    return fmt::format("account {} chat {} {} until {} us", number(what.account), number(what.chat),
                       name(what.methods), what.until);
}

std::string line_of(const rules_changed& what) {
    return "fingerprint " + what.fingerprint;
}

std::string line_of(const chat_migrated& what) {
    return fmt::format("{} is now {}", number(what.from), number(what.to));
}

std::string line_of(const dead_letters_dropped& what) {
    std::string line;
    for (const delivery_ref& each : what.letters) line += to_text(each) + ' ';
    return line + fmt::format("({})", name(what.why));
}

std::string line_of(const limit_learned& what) {
    return fmt::format("account {} chat {} {}: {:.4g} a second, {:.0f} % in doubt",
                       number(what.account), number(what.chat), name(what.methods), what.rate,
                       100 * what.doubt);
}

std::string line_of(const post_waits& what) {
    return fmt::format("post {} v{} waits {} route {}", number(what.cause), what.version,
                       what.what ? "for an answer for" : "no more for", what.route);
}

void add_transforms(const route& of, json::object& to) {
    if (!of.transform.empty()) to["transform"] = to_json_array(of.transform);
    if (!of.transform_of.empty()) {
        json::object each;
        for (const auto& [chat, steps] : of.transform_of) {
            each[std::to_string(number(chat))] = to_json_array(steps);
        }
        to["transform_of"] = std::move(each);
    }
    if (of.too_long != long_text_policy::split) to["too_long"] = name(of.too_long);
}

}  // namespace

std::string to_text(const delivery_ref& ref) {
    return fmt::format("{}.{}", number(ref.planned), ref.index);
}

std::string to_json(const operation& what) {
    return presentable(json::serialize(object_of(what)));
}

std::string_view name(event_type type) noexcept {
    switch (type) {
        case event_type::update_received: return "update_received";
        case event_type::deliveries_planned: return "deliveries_planned";
        case event_type::deliveries_started: return "deliveries_started";
        case event_type::deliveries_settled: return "deliveries_settled";
        case event_type::hold_set: return "hold_set";
        case event_type::rules_changed: return "rules_changed";
        case event_type::chat_migrated: return "chat_migrated";
        case event_type::dead_letters_dropped: return "dead_letters_dropped";
        case event_type::limit_learned: return "limit_learned";
        case event_type::post_waits: return "post_waits";
    }
    return {};
}

std::string to_text(const event& what) {
    std::string line = std::visit([](const auto& each) { return line_of(each); }, what);
    for (char& each : line) {
        if (static_cast<unsigned char>(each) < 0x20U) each = ' ';
    }
    return presentable(line);
}

std::string to_json(const event& what) {
    // As a whole: what is replaced stands only inside of texts, and stays a valid text there.
    return presentable(
        std::visit([](const auto& each) { return json::serialize(object_of(each)); }, what));
}

rules_changed snapshot(const rule_set& rules) {
    const auto chats = [](const std::vector<chat_id>& all) {
        json::array ids;
        for (const chat_id each : all) ids.emplace_back(number(each));
        return ids;
    };
    json::array routes;
    for (const route& each : rules.routes) {
        routes.push_back(
            {{"name", each.name},
             {"from", chats(each.from)},
             {"to", chats(each.to)},
             {"mode", each.mode == relay_mode::copy ? "copy" : "forward"},
             {"include", json::array(each.include.begin(), each.include.end())},
             {"exclude", json::array(each.exclude.begin(), each.exclude.end())},
             {"silent", each.options.silent},
             {"protect", each.options.protect},
             {"link_preview", each.options.link_preview},
             {"class", name(each.terms.traffic)},
             {"weight", each.terms.weight},
             {"expire_after_us", each.terms.expire_after.count()},
             {"on_uncertain", each.on_uncertain == uncertain_policy::repeat ? "repeat" : "skip"}});
        // Absent where a route has none, so that its fingerprint is the one of older programs.
        json::object& last = routes.back().get_object();
        if (!holds_always(each.filter)) last["filter"] = to_json_object(each.filter);
        if (each.refuse) last["refuse"] = to_json_object(*each.refuse);
        if (each.check != chat_id{}) last["check"] = number(each.check);
        if (each.other != chat_id{}) last["other"] = number(each.other);
        if (each.per_destination == destination_policy::first) last["per_destination"] = "first";
        add_transforms(each, last);
    }
    rules_changed made;
    made.text = json::serialize(json::object{{"routes", std::move(routes)}});
    const hash128 hash = xxh3_128(made.text);
    made.fingerprint = fmt::format("{:016x}{:016x}", hash.high, hash.low);
    return made;
}

}  // namespace baudot
