#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "app/placeholders.hpp"
#include "app/settings.hpp"
#include "base/ids.hpp"
#include "model/rule_set.hpp"

namespace baudot::app {

/// Ids of the chats that a configuration calls by name, as far as they are known without asking
/// Telegram: a running Baudot journals its rules with ids, and posts carry the names of their
/// chats. What nobody knows gets an id that no chat has. One thread.
class named_chats {
public:
    explicit named_chats(const settings& read) : read_(read) {}

    /// `rules`: as rules_changed has them; what they do not name like the configuration is passed
    /// over.
    void learn_from_rules(std::string_view rules);
    void learn(const std::string& username, chat_id chat);  // with @, in lower case

    std::optional<chat_id> known(const chat_reference& chat) const;
    const std::map<std::string, chat_id>& all() const { return ids_; }

    /// As the configuration or the posts call it; empty: by its id alone.
    std::string name_of(chat_id chat) const;

    /// Whether it only stands for a name.
    bool is_made_up(chat_id chat) const { return made_up_.contains(chat); }

    /// The routes of the configuration, in file order.
    rule_set rules();

private:
    const settings& read_;
    placeholders names_;
    std::map<std::string, chat_id> ids_;
    std::map<chat_id, std::string> made_up_;
};

}  // namespace baudot::app
