// Accounts that can no longer do what they could, and their way back.
#include <algorithm>
#include <map>

#include "app/node.hpp"
#include "engine/second_looks.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

// Too few for what is sent to feel it: an account may ask 30 times a second (TELEGRAM.md 1.1).
constexpr duration between_looks = 1min;
constexpr std::size_t looks_at_once = 100;

}  // namespace

// One account that is lost stops no other; with the last one there is nothing left to do.
void node::lose(account_id account) {
    roster_.lose(account);
    relay_->lose_account(account);
    lost_.insert(account);
    if (lost_.size() < accounts_.size()) return;
    given_up_ = error{errc::unauthorized, "no account is left: every token was refused"};
    relay_->stop(timers_.now());
}

void node::lose_orphans() {
    const auto all = relay_->waiting_by_account();
    std::map<account_id, std::uint64_t> owed(all.begin(), all.end());
    for (const connected_account& each : accounts_) owed.erase(each.bot->id());
    for (const auto& [account, count] : owed) {
        log_.error(
            "what an account owes goes through others where they can, or waits: it is not "
            "in the configuration",
            {{"account", account}, {"owed", count}});
        relay_->lose_account(account);
    }
}

asio::awaitable<void> node::look_again() {
    engine::second_looks looks;
    for (;;) {
        co_await timers_.sleep_until(timers_.now() + between_looks);
        for (const auto& [account, chat] :
             looks.due(timers_.now(), roster_.barred(), looks_at_once)) {
            co_await look_again_at(account, chat);
        }
    }
}

asio::awaitable<void> node::look_again_at(account_id account, chat_id chat) {
    const auto found = std::ranges::find(
        accounts_, account, [](const connected_account& each) { return each.bot->id(); });
    if (found == accounts_.end() || lost_.contains(account)) co_return;
    const auto is = co_await found->bot->get_membership(relay_->facts().resolve(chat), account);
    if (!is || !is->can_post) co_return;
    roster_.learn(account, chat, *is);
    log_.info("an account may post to a chat again", {{"account", account}, {"chat", chat}});
}

}  // namespace baudot::app
