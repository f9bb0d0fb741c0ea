#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "router/router.hpp"
#include "telegram/account.hpp"

namespace baudot::engine {

/// What each account can do in each chat, as Telegram last said: what the planner asks.
///
/// Learned from getChatMember at the start and corrected by what sends run into: an account that
/// was forbidden a chat is not planned for it again until learn() says otherwise, and the next
/// account in the order of the configuration takes over. The lanes ask, too: who else may send what
/// was planned for an account that cannot.
///
/// Owned by one shard.
class roster final : public router::capabilities {
public:
    /// In the order of the configuration. Twice is a bug (asserts): an account runs once (P10).
    void add(account_id account);

    void learn(account_id account, chat_id chat, const telegram::membership& is);

    /// A send was rejected with reject_class::forbidden or chat_not_found.
    void forbid(account_id account, chat_id chat);

    /// The chat has this username, without @; empty: none.
    void name(chat_id chat, std::string username) { usernames_[chat] = std::move(username); }
    std::string_view username(chat_id chat) const;

    /// 401: it plans for nothing any more.
    void lose(account_id account);

    /// It is back.
    void regain(account_id account);

    /// It is known that it may not post there.
    bool is_barred(account_id account, chat_id chat) const {
        return !closed_.empty() && closed_.contains({account, chat});
    }

    /// What was forbidden in this life and not allowed since.
    std::vector<std::pair<account_id, chat_id>> barred() const {
        return {barred_.begin(), barred_.end()};
    }

    std::span<const account_id> posters(chat_id destination) const override;
    bool sees(account_id account, chat_id source) const override;
    bool can_send_media(account_id account, chat_id destination) const override;

private:
    const telegram::membership* find(account_id account, chat_id chat) const;
    void rank(chat_id chat);

    std::vector<account_id> order_;
    boost::unordered_flat_set<account_id> lost_;
    boost::unordered_flat_set<std::pair<account_id, chat_id>> closed_;  // may not post
    boost::unordered_flat_set<std::pair<account_id, chat_id>> barred_;  // of these: once it could
    boost::unordered_flat_map<std::pair<account_id, chat_id>, telegram::membership> known_;
    boost::unordered_flat_map<chat_id, std::vector<account_id>> posters_;
    boost::unordered_flat_map<chat_id, std::string> usernames_;
};

}  // namespace baudot::engine
