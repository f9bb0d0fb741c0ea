#include "app/dead_desk.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "model/presentable.hpp"
#include "model/print.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

struct selection {
    std::vector<engine::dead_letter> letters;  // as named, or in the order of planning
    std::vector<delivery_ref> unknown;         // named, and there is none
    bool has_more = false;
};

std::string utc(std::int64_t microseconds) {
    const std::chrono::sys_time<std::chrono::microseconds> at{
        std::chrono::microseconds(microseconds)};
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", std::chrono::floor<std::chrono::seconds>(at));
}

json::object object_of(const engine::dead_letter& of, bool is_whole) {
    const planned_delivery& delivery = of.delivery();
    json::object one{{"letter", to_text(of.letter)},
                     {"died_at", utc(of.died_at)},
                     {"class", name(of.why)},
                     {"description", presentable(of.description)},
                     {"route", of.what.route},
                     {"source", std::to_underlying(of.what.source)},
                     {"message", std::to_underlying(of.what.message)},
                     {"destination", std::to_underlying(delivery.destination)},
                     {"account", std::to_underlying(delivery.sender)},
                     {"may_double", of.may_double()},
                     {"retried_as", nullptr}};
    if (of.retried_as != sequence{0}) one["retried_as"] = to_text({of.retried_as, 0});
    if (!is_whole) return one;
    one["delivery"] = fmt::format("{:016x}{:016x}", delivery.id.high, delivery.id.low);
    one["version"] = of.what.version;
    one["received_at"] = utc(of.what.received_at);
    one["payload"] = nullptr;
    if (!of.what.variants.empty()) one["payload"] = json::parse(to_json(of.what.variants.front()));
    return one;
}

// Those that were named, whatever the rest of the filter says; or the newest that match.
result<selection> select(const engine::dead_letters& all, const dead_filter& which) {
    selection chosen;
    for (const delivery_ref& each : which.letters) {
        auto found = all.find(each);
        if (!found) return std::unexpected(found.error());
        if (*found) {
            chosen.letters.push_back(**std::move(found));
        } else {
            chosen.unknown.push_back(each);
        }
    }
    if (!which.letters.empty()) return chosen;
    const auto scanned = all.each_from_newest([&](const engine::dead_letter& each) {
        if (which.since && each.died_at < *which.since) return false;
        if (!which.matches(each)) return true;
        chosen.has_more = chosen.letters.size() >= which.limit;
        if (!chosen.has_more) chosen.letters.push_back(each);
        return !chosen.has_more;
    });
    if (!scanned) return std::unexpected(scanned.error());
    std::ranges::sort(chosen.letters, {}, &engine::dead_letter::letter);
    return chosen;
}

void add_refusal(json::array& to, const delivery_ref& letter, std::string_view why) {
    to.emplace_back(json::object{{"letter", to_text(letter)}, {"refused", why}});
}

json::array refusals(const std::vector<delivery_ref>& unknown) {
    json::array all;
    for (const delivery_ref& each : unknown) {
        add_refusal(all, each, "there is no such letter (any more)");
    }
    return all;
}

asio::awaitable<result<json::array>> retry(engine::relay& relay, const selection& chosen,
                                           const dead_request& asked,
                                           const find_sender& sender_of) {
    std::vector<engine::retry_order> orders;
    for (const engine::dead_letter& each : chosen.letters) {
        engine::retry_order order{.letter = each.letter,
                                  .sender = asked.through.value_or(account_id{}),
                                  .may_double = asked.may_double};
        const bool is_owed = each.retried_as != sequence{0};
        if (sender_of && !is_owed && !asked.through) order.sender = co_await sender_of(each);
        orders.push_back(order);
    }
    const auto outcomes = co_await relay.retry(std::move(orders));
    if (!outcomes) co_return std::unexpected(outcomes.error());
    json::array all = refusals(chosen.unknown);
    for (std::size_t at = 0; at < outcomes->size(); ++at) {
        const delivery_ref letter = chosen.letters[at].letter;
        const result<sequence>& as = (*outcomes)[at];
        if (!as) {
            add_refusal(all, letter, as.error().message);
            continue;
        }
        all.emplace_back(
            json::object{{"letter", to_text(letter)}, {"retried_as", to_text({*as, 0})}});
    }
    co_return all;
}

asio::awaitable<result<json::array>> drop(engine::relay& relay, const selection& chosen) {
    std::vector<delivery_ref> letters;
    json::array all = refusals(chosen.unknown);
    for (const engine::dead_letter& each : chosen.letters) {
        letters.push_back(each.letter);
        all.emplace_back(json::object{{"letter", to_text(each.letter)}});
    }
    if (letters.empty()) co_return all;
    if (auto dropped = co_await relay.drop(std::move(letters)); !dropped) {
        co_return std::unexpected(dropped.error());
    }
    co_return all;
}

}  // namespace

asio::awaitable<result<std::string>> attend_dead(engine::relay& relay, dead_request what,
                                                 find_sender sender_of) {
    const auto chosen = select(relay.facts().dead(), what.which);
    if (!chosen) co_return std::unexpected(chosen.error());
    json::object answer;
    switch (what.verb) {
        case dead_verb::list:
        case dead_verb::show: {
            json::array all = refusals(chosen->unknown);
            for (const engine::dead_letter& each : chosen->letters) {
                all.emplace_back(object_of(each, what.verb == dead_verb::show));
            }
            answer["letters"] = std::move(all);
            answer["more"] = chosen->has_more;
            break;
        }
        case dead_verb::retry: {
            auto done = co_await retry(relay, *chosen, what, sender_of);
            if (!done) co_return std::unexpected(done.error());
            answer["letters"] = *std::move(done);
            break;
        }
        case dead_verb::drop: {
            auto done = co_await drop(relay, *chosen);
            if (!done) co_return std::unexpected(done.error());
            answer["letters"] = *std::move(done);
            break;
        }
    }
    co_return json::serialize(answer);
}

}  // namespace baudot::app
