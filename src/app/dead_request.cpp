#include "app/dead_request.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <charconv>
#include <exception>
#include <utility>

#include "model/print.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr std::array<std::string_view, 4> verbs{"list", "show", "retry", "drop"};

template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number value{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::runtime_error wrong(const char* what) {
    return std::runtime_error(what);
}

dead_verb verb_of(std::string_view text) {
    for (std::size_t at = 0; at < verbs.size(); ++at) {
        if (verbs[at] == text) return static_cast<dead_verb>(at);
    }
    throw wrong("there is no such verb");
}

}  // namespace

bool dead_filter::matches(const engine::dead_letter& letter) const {
    const planned_delivery& delivery = letter.delivery();
    return (with_retried || letter.retried_as == sequence{0}) &&
           (!route || letter.what.route == *route) &&
           (!destination || delivery.destination == *destination) &&
           (!account || delivery.sender == *account) && (!why || letter.why == *why) &&
           (!since || letter.died_at >= *since) && (!until || letter.died_at < *until);
}

std::string to_json(const dead_request& what) {
    json::array letters;
    for (const delivery_ref& each : what.which.letters) letters.emplace_back(to_text(each));
    json::object all{{"verb", verbs.at(std::to_underlying(what.verb))},
                     {"letters", std::move(letters)},
                     {"with_retried", what.which.with_retried},
                     {"may_double", what.may_double}};
    if (what.through) all["through"] = std::to_underlying(*what.through);
    const dead_filter& by = what.which;
    if (by.route) all["route"] = *by.route;
    if (by.destination) all["destination"] = std::to_underlying(*by.destination);
    if (by.account) all["account"] = std::to_underlying(*by.account);
    if (by.why) all["class"] = name(*by.why);
    if (by.since) all["since"] = *by.since;
    if (by.until) all["until"] = *by.until;
    if (by.limit != dead_filter{}.limit) all["limit"] = by.limit;
    return json::serialize(all);
}

result<dead_request> parse_dead_request(std::string_view text) {
    try {
        const json::object all = json::parse(text).as_object();
        dead_request what{.verb = verb_of(all.at("verb").as_string()),
                          .which = {},
                          .may_double = all.at("may_double").as_bool()};
        dead_filter& by = what.which;
        by.with_retried = all.at("with_retried").as_bool();
        for (const json::value& each : all.at("letters").as_array()) {
            const auto letter = parse_letter_name(each.as_string());
            if (!letter) throw wrong("a letter has no such name");
            by.letters.push_back(*letter);
        }
        if (const auto* account = all.if_contains("through")) {
            what.through = account_id{account->to_number<std::int64_t>()};
        }
        if (const auto* route = all.if_contains("route")) by.route = route->as_string();
        if (const auto* chat = all.if_contains("destination")) {
            by.destination = chat_id{chat->to_number<std::int64_t>()};
        }
        if (const auto* account = all.if_contains("account")) {
            by.account = account_id{account->to_number<std::int64_t>()};
        }
        if (const auto* why = all.if_contains("class")) {
            by.why = parse_reject_class(why->as_string());
            if (!by.why) throw wrong("there is no such class");
        }
        if (const auto* time = all.if_contains("since")) by.since = time->to_number<std::int64_t>();
        if (const auto* time = all.if_contains("until")) by.until = time->to_number<std::int64_t>();
        if (const auto* most = all.if_contains("limit")) by.limit = most->to_number<std::size_t>();
        return what;
    } catch (const std::exception& odd) {
        return fail(errc::invalid_argument,
                    std::string("the request is not understood: ") + odd.what());
    }
}

std::optional<delivery_ref> parse_letter_name(std::string_view text) {
    const std::size_t dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto planned = number_in<std::uint64_t>(text.substr(0, dot));
    const auto index = number_in<std::uint32_t>(text.substr(dot + 1));
    if (!planned || !index || *planned == 0) return std::nullopt;
    return delivery_ref{sequence{*planned}, *index};
}

std::optional<reject_class> parse_reject_class(std::string_view text) {
    for (std::uint8_t at = 1; at <= std::to_underlying(reject_class_last); ++at) {
        if (name(static_cast<reject_class>(at)) == text) return static_cast<reject_class>(at);
    }
    return std::nullopt;
}

}  // namespace baudot::app
