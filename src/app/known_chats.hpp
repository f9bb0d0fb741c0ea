#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "app/survey.hpp"
#include "base/ids.hpp"
#include "config/reader.hpp"
#include "engine/roster.hpp"
#include "model/rule_set.hpp"

namespace baudot::app {

/// What Telegram has said about chats so far, so that a reload asks about new ones only. A name
/// keeps the chat that it meant when it was first asked about: Telegram allows about 200 such
/// questions a day. Owned by one shard.
class known_chats {
public:
    struct questions {
        std::vector<chat_reference> chats;
        std::vector<chat_reference> named;  // for survey::ask()
    };

    /// What a survey has found out.
    void learn(const findings& found);

    /// What is not known yet of the chats of `wanted`, and what nobody could use when it was asked
    /// about: a destination to which none of `accounts` can post, a source that none sees.
    questions open_questions(const settings& wanted, const engine::roster& can,
                             std::span<const account_id> accounts) const;

    /// The names that are known, beside those of the newest survey.
    void complete(findings& newest) const;

private:
    chat_reference known_as(const chat_reference& written) const;

    std::map<std::string, chat_id> names_;
    std::set<chat_id> asked_;
    std::set<chat_id> described_;
};

/// What keeps `wanted` from being used: an account or a chat that could not be asked about in time,
/// a name that no account can see. While the token of an account is refused, a name is left out
/// instead, as at a start, with a warning.
void judge_findings(config::document& file, const settings& wanted, const findings& found);

/// A warning for each destination that no account can post to.
void warn_unreachable(config::document& file, const settings& wanted, const findings& found,
                      const engine::roster& can);

}  // namespace baudot::app
