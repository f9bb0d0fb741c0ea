#include "app/limits_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

#include "app/account_names.hpp"
#include "model/call.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr const char* row = "{:<16} {:<24} {:>9} {:>9} {:>6} {:>14} {:>7} {:>7} {:>5}\n";

json::object object_of(const limit_view& of) {
    const bool is_window = of.what.window > 0;
    json::object one{{"account", std::to_underlying(of.scope.account)},
                     {"methods", name(of.scope.methods)},
                     {"chat", nullptr},
                     {"rate", of.what.rate},
                     {"pace", of.pace},
                     {"doubt", of.what.doubt},
                     {"burst", of.what.burst},
                     {"window", nullptr},
                     {"window_seconds", nullptr},
                     {"refusal_cost", of.what.cost},
                     {"held_seconds", std::chrono::duration<double>(of.held).count()},
                     {"refusals_left", of.refusals_left},
                     {"pressed", of.is_pressed}};
    if (of.scope.chat != chat_id{0}) one["chat"] = std::to_underlying(of.scope.chat);
    if (is_window) {
        one["window"] = of.what.window;
        one["window_seconds"] = of.what.window_seconds;
    }
    return one;
}

std::string scope_of(const json::object& one) {
    const json::value& chat = one.at("chat");
    if (!chat.is_null()) return fmt::format("chat {}", chat.to_number<std::int64_t>());
    const std::string methods(one.at("methods").as_string());
    return methods == name(method_class::any) ? "all" : methods;
}

std::string seconds_of(const json::object& one, std::string_view key) {
    const auto seconds = one.at(key).to_number<double>();
    return seconds > 0 ? fmt::format("{:.0f} s", seconds) : "-";
}

std::string window_of(const json::object& one) {
    if (one.at("window").is_null()) return "-";
    return fmt::format("{} in {:.0f} s", one.at("window").to_number<std::int64_t>(),
                       one.at("window_seconds").to_number<double>());
}

}  // namespace

std::string describe_limits(std::vector<limit_view> all, std::size_t most) {
    std::ranges::sort(all, {}, [](const limit_view& of) {
        const bool is_chat = of.scope.chat != chat_id{0};
        return std::tuple(is_chat, is_chat ? of.refusals_left : 0, of.scope.account,
                          of.scope.methods, of.scope.chat);
    });
    const bool has_more = all.size() > most;
    if (has_more) all.resize(most);
    json::array limits;
    limits.reserve(all.size());
    for (const limit_view& each : all) limits.emplace_back(object_of(each));
    return json::serialize(json::object{{"limits", std::move(limits)}, {"more", has_more}});
}

std::string table_of_limits(std::string_view description, const settings& read) {
    const json::object all = json::parse(description).as_object();
    std::string text = fmt::format(fmt::runtime(row), "ACCOUNT", "LIMIT", "RATE/s", "PACE/s",
                                   "DOUBT", "WINDOW", "REFUSAL", "HELD", "LEFT");
    for (const json::value& each : all.at("limits").as_array()) {
        const json::object& one = each.as_object();
        text += fmt::format(
            fmt::runtime(row), account_name(read, account_id{one.at("account").as_int64()}),
            scope_of(one), fmt::format("{:.4g}", one.at("rate").to_number<double>()),
            fmt::format("{:.4g}", one.at("pace").to_number<double>()),
            fmt::format("{:.0f} %", 100 * one.at("doubt").to_number<double>()), window_of(one),
            seconds_of(one, "refusal_cost"), seconds_of(one, "held_seconds"),
            fmt::format("{:.0f}", one.at("refusals_left").to_number<double>()));
    }
    if (all.at("more").as_bool()) text += "and more chats, refused less often: --most N\n";
    return text;
}

}  // namespace baudot::app
