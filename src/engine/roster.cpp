#include "engine/roster.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace baudot::engine {

void roster::add(account_id account) {
    BAUDOT_ASSERT(std::ranges::find(order_, account) == order_.end(), "an account runs once");
    order_.push_back(account);
}

void roster::learn(account_id account, chat_id chat, const telegram::membership& is) {
    known_[{account, chat}] = is;
    if (is.can_post) {
        closed_.erase({account, chat});
        barred_.erase({account, chat});
    } else {
        closed_.emplace(account, chat);
    }
    rank(chat);
}

void roster::forbid(account_id account, chat_id chat) {
    telegram::membership& is = known_[{account, chat}];
    is.can_post = false;
    is.can_send_media = false;
    closed_.emplace(account, chat);
    barred_.emplace(account, chat);
    rank(chat);
}

void roster::lose(account_id account) {
    lost_.insert(account);
    for (auto& [chat, accounts] : posters_) std::erase(accounts, account);
}

void roster::regain(account_id account) {
    if (lost_.erase(account) == 0) return;
    for (const auto& [chat, accounts] : posters_) rank(chat);
}

void roster::rank(chat_id chat) {
    std::vector<account_id>& accounts = posters_[chat];
    accounts.clear();
    for (const account_id each : order_) {
        if (lost_.contains(each)) continue;
        const telegram::membership* is = find(each, chat);
        if (is && is->can_post) accounts.push_back(each);
    }
}

const telegram::membership* roster::find(account_id account, chat_id chat) const {
    const auto found = known_.find({account, chat});
    return found == known_.end() ? nullptr : &found->second;
}

std::string_view roster::username(chat_id chat) const {
    const auto found = usernames_.find(chat);
    return found == usernames_.end() ? std::string_view() : found->second;
}

std::span<const account_id> roster::posters(chat_id destination) const {
    const auto found = posters_.find(destination);
    if (found == posters_.end()) return {};
    return found->second;
}

bool roster::sees(account_id account, chat_id source) const {
    const telegram::membership* is = find(account, source);
    return is && is->is_member;
}

bool roster::can_send_media(account_id account, chat_id destination) const {
    const telegram::membership* is = find(account, destination);
    return is && is->can_send_media;
}

}  // namespace baudot::engine
