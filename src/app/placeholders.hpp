#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>

#include "app/settings.hpp"
#include "base/ascii_lower.hpp"
#include "model/rule_set.hpp"

namespace baudot::app {

/// Names become ids that no chat has, the same for the same name, so that rules can be judged
/// without asking Telegram.
class placeholders {
public:
    chat_id of(const chat_text& written) {
        if (const auto* id = std::get_if<chat_id>(&written.chat)) return *id;
        const auto next = static_cast<std::int64_t>(ids_.size());
        const std::string& name = std::get<std::string>(written.chat);
        return ids_.try_emplace(name, chat_id{INT64_MIN + next}).first->second;
    }

    /// The chat with this name, @name in lower case, is known: it needs nothing to stand for it.
    void learn(const std::string& name, chat_id chat) { ids_[name] = chat; }

    /// What stands for the chat with this username, without @ and in any case; 0: nothing.
    chat_id known(const std::string& username) const {
        if (ids_.empty() || username.empty()) return {};
        const auto found = ids_.find("@" + ascii_lower(username));
        return found == ids_.end() ? chat_id{} : found->second;
    }

private:
    std::map<std::string, chat_id> ids_;  // by @name, in lower case
};

/// The routes of a configuration, in file order.
rule_set rules_of(const settings& read, placeholders& names);

}  // namespace baudot::app
