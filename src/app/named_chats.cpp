#include "app/named_chats.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <vector>

namespace baudot::app {
namespace json = boost::json;
namespace {

// What stands at the same place is the same chat, when as many stand there.
void pair_up(const std::vector<chat_text>& written, const json::value* ids, named_chats& to) {
    const json::array* list = ids != nullptr ? ids->if_array() : nullptr;
    if (list == nullptr || list->size() != written.size()) return;
    for (std::size_t at = 0; at < written.size(); ++at) {
        const auto* name = std::get_if<std::string>(&written[at].chat);
        const auto* id = (*list)[at].if_int64();
        if (name != nullptr && id != nullptr) to.learn(*name, chat_id{*id});
    }
}

}  // namespace

void named_chats::learn(const std::string& username, chat_id chat) {
    ids_[username] = chat;
}

void named_chats::learn_from_rules(std::string_view rules) {
    std::error_code wrong;
    const json::value whole = json::parse(rules, wrong);
    const json::object* top = wrong ? nullptr : whole.if_object();
    const json::value* routes = top != nullptr ? top->if_contains("routes") : nullptr;
    if (routes == nullptr || !routes->is_array()) return;
    for (const json::value& each : routes->get_array()) {
        const json::object* one = each.if_object();
        if (one == nullptr) continue;
        const json::value* name = one->if_contains("name");
        const auto route = std::ranges::find_if(read_.routes, [&](const route_settings& is) {
            return name != nullptr && name->is_string() && name->get_string() == is.name;
        });
        if (route == read_.routes.end()) continue;
        pair_up(route->from, one->if_contains("from"), *this);
        pair_up(route->to, one->if_contains("to"), *this);
        for (const auto& [chat, key] :
             {std::pair(&route->check, "check"), {&route->other, "other"}}) {
            const json::value* id = one->if_contains(key);
            if (!*chat || id == nullptr) continue;
            const json::value list = json::array{*id};
            pair_up(std::vector{**chat}, &list, *this);
        }
    }
}

std::optional<chat_id> named_chats::known(const chat_reference& chat) const {
    if (const auto* id = std::get_if<chat_id>(&chat)) return *id;
    const auto found = ids_.find(std::get<std::string>(chat));
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

std::string named_chats::name_of(chat_id chat) const {
    const auto made_up = made_up_.find(chat);
    if (made_up != made_up_.end()) return made_up->second;
    const auto found =
        std::ranges::find_if(ids_, [&](const auto& each) { return each.second == chat; });
    return found == ids_.end() ? std::string() : found->first;
}

rule_set named_chats::rules() {
    rule_set made;
    for (const route_settings& each : read_.routes) {
        made.routes.push_back(each.resolved([&](const chat_text& chat) {
            if (const auto id = known(chat.chat)) return *id;
            const chat_id id = names_.of(chat);
            made_up_[id] = std::get<std::string>(chat.chat);
            return id;
        }));
    }
    return made;
}

}  // namespace baudot::app
