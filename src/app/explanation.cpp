#include "app/explanation.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/account_names.hpp"
#include "app/advice.hpp"
#include "app/explained_rules.hpp"
#include "base/ascii_lower.hpp"
#include "model/print.hpp"
#include "text/message_link.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

using step = delivery_step::kind;

std::string utc(std::int64_t microseconds) {
    const std::chrono::sys_time<std::chrono::microseconds> at{
        std::chrono::microseconds(microseconds)};
    const auto second = std::chrono::floor<std::chrono::seconds>(at);
    const auto rest = std::chrono::floor<std::chrono::milliseconds>(at - second);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", second, rest.count());
}

json::value time_or_null(std::int64_t microseconds) {
    return microseconds == 0 ? json::value() : json::value(utc(microseconds));
}

std::string_view name_of(intake::news what) {
    switch (what) {
        case intake::news::post: return "post";
        case intake::news::edit: return "edit";
        case intake::news::twice: return "twice";
        case intake::news::none: break;
    }
    return "none";
}

std::string_view name_of(step what) {
    switch (what) {
        case step::started: return "started";
        case step::held: return "held";
        case step::delivered: return "delivered";
        case step::refused: return "refused";
        case step::rejected: return "rejected";
        case step::uncertain: return "uncertain";
        case step::not_sent: return "not_sent";
        case step::retried: return "retried";
        case step::dropped: break;
    }
    return "dropped";
}

/// The journal's part.
class teller {
public:
    teller(const explained_post& what, const post_history& history, const named_chats& names)
        : what_(what), history_(history), names_(names) {}

    json::object tell() const {
        json::array came;
        for (const arrival& each : history_.arrivals()) came.push_back(object_of(each));
        json::array waits;
        for (const api_wait& each : history_.waits()) {
            json::object one{{"route", each.route}};
            put_time(one, each.at);
            one["over"] = each.over == sequence{} ? json::value()
                                                  : json::value(std::to_underlying(each.over));
            waits.push_back(std::move(one));
        }
        json::array deliveries;
        for (const delivery_history& each : history_.deliveries()) {
            if (what_.destination && each.destination != *what_.destination) continue;
            deliveries.push_back(object_of(each));
        }
        return {{"directory", what_.read.data + "/journal"},
                {"first", std::to_underlying(history_.first())},
                {"last", std::to_underlying(history_.last())},
                {"begins_at", time_or_null(history_.begins_at())},
                {"rules", rules()},
                {"came", std::move(came)},
                {"waits", std::move(waits)},
                {"deliveries", std::move(deliveries)}};
    }

private:
    json::value rules() const {
        const auto& then = history_.rules_then();
        if (!then) return nullptr;
        return json::object{{"position", std::to_underlying(then->at)},
                            {"fingerprint", then->what.fingerprint},
                            {"changes_since", history_.rules_changes()}};
    }

    void put_time(json::object& to, sequence at) const {
        const record_time when = history_.time_of(at);
        to["position"] = std::to_underlying(at);
        to["not_before"] = time_or_null(when.not_before);
        to["not_after"] = time_or_null(when.not_after);
    }

    void put_account(json::object& to, account_id account) const {
        const bool is_known = account != account_id{};
        to["account"] = is_known ? json::value(std::to_underlying(account)) : json::value();
        to["account_name"] =
            is_known ? json::value(account_name(what_.read, account)) : json::value();
    }

    json::object object_of(const arrival& of) const {
        json::object one{{"what", name_of(of.is.what)}};
        put_time(one, of.at);
        put_account(one, of.what.account);
        one["update"] = std::to_underlying(of.what.id);
        one["version"] = of.is.version;
        return one;
    }

    json::object object_of(const delivery_history& of) const {
        json::object one{{"delivery", to_text(of.ref)},
                         {"id", fmt::format("{:016x}{:016x}", of.id.high, of.id.low)},
                         {"route", of.route}};
        put_chat(one, "destination", of.destination, names_);
        one["version"] = of.version;
        one["state"] = state_of(of);
        one["operation"] = of.what ? json::parse(to_json(*of.what)) : json::value();
        one["retry_of"] =
            of.retry_of == delivery_ref{} ? json::value() : json::value(to_text(of.retry_of));
        one["copy"] = copy_of(of);
        reject_class why = of.why;
        for (const delivery_step& each : of.steps) {
            if (each.why != reject_class::none) why = each.why;
        }
        put_reason(one, why);
        one["letter"] = is_letter(of) ? json::value(to_text(of.ref)) : json::value();
        json::array steps{planned(of)};
        for (const delivery_step& each : of.steps) steps.push_back(object_of(each));
        one["steps"] = std::move(steps);
        return one;
    }

    json::object planned(const delivery_history& of) const {
        json::object one{{"what", "planned"}};
        put_time(one, of.ref.planned);
        put_account(one, of.why == reject_class::none ? of.account : account_id{});
        return one;
    }

    json::object object_of(const delivery_step& of) const {
        json::object one{{"what", name_of(of.what)}};
        put_time(one, of.at);
        put_account(one, of.account);
        if (of.message != message_id{}) one["message"] = std::to_underlying(of.message);
        if (of.why != reject_class::none) one["why"] = name(of.why);
        if (!of.description.empty()) one["description"] = of.description;
        if (of.what == step::held) one["until"] = time_or_null(of.until);
        if (of.what == step::retried) one["as"] = to_text(of.retry);
        if (of.what == step::dropped) one["why"] = name(of.dropped_for);
        return one;
    }

    static const delivery_step* last_of(const delivery_history& of) {
        const auto told =
            std::ranges::find_if(of.steps.rbegin(), of.steps.rend(),
                                 [](const delivery_step& each) { return each.what != step::held; });
        return told == of.steps.rend() ? nullptr : &*told;
    }

    static std::string_view state_of(const delivery_history& of) {
        const delivery_step* last = last_of(of);
        if (last == nullptr) return of.why == reject_class::none ? "waits" : "rejected";
        switch (last->what) {
            case step::started: return "in flight";
            case step::refused:
            case step::not_sent:
            case step::held: return "waits";
            default: return name_of(last->what);
        }
    }

    static bool is_letter(const delivery_history& of) {
        const std::string_view state = state_of(of);
        return state == "rejected" || state == "uncertain";
    }

    json::value copy_of(const delivery_history& of) const {
        const auto sent = std::ranges::find(of.steps, step::delivered, &delivery_step::what);
        if (sent == of.steps.end()) return nullptr;
        const chat_id chat = history_.moved(of.destination);
        std::string username = names_.name_of(chat);
        if (username.starts_with('@')) username.erase(0, 1);
        const auto link = text::address_of(chat, username, sent->message);
        return json::object{{"chat", std::to_underlying(chat)},
                            {"message", std::to_underlying(sent->message)},
                            {"link", link ? json::value(*link) : json::value()}};
    }

    const explained_post& what_;
    const post_history& history_;
    const named_chats& names_;
};

json::object post_object(const post_history& history, const named_chats& names) {
    json::object one;
    put_chat(one, "chat", history.chat(), names);
    one["message"] = std::to_underlying(history.number());
    const message* post =
        history.arrivals().empty() ? nullptr : &history.arrivals().front().what.content;
    std::string username = post != nullptr ? post->chat_username : names.name_of(history.chat());
    if (username.starts_with('@')) username.erase(0, 1);
    const auto link = text::address_of(history.chat(), username, history.number());
    one["link"] = link ? json::value(*link) : json::value();
    one["content"] = post != nullptr ? json::value(name(post->content)) : json::value();
    one["text"] = post != nullptr ? json::value(post->text.text) : json::value();
    return one;
}

}  // namespace

void learn_names(const post_history& history, named_chats& names) {
    if (history.rules_last()) names.learn_from_rules(history.rules_last()->what.text);
    for (const arrival& each : history.arrivals()) {
        const message& post = each.what.content;
        if (!post.chat_username.empty()) {
            names.learn('@' + ascii_lower(post.chat_username), post.chat);
        }
    }
}

json::object explain_post(const explained_post& what, const post_history& history,
                          named_chats& names) {
    learn_names(history, names);
    json::object made;
    made["post"] = post_object(history, names);
    made["journal"] = teller(what, history, names).tell();
    made["rules"] = explain_rules(what, history, names);
    return made;
}

}  // namespace baudot::app
