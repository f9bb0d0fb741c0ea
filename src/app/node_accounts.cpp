// Accounts that can no longer do what they could, and their way back.
#include <algorithm>
#include <map>

#include "app/node.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

// Whether an account that was forbidden a chat may post there again is asked so often.
constexpr duration first_look = 1min;
constexpr duration longest_look = 1h;
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

// More and more seldom, until something new is forbidden.
asio::awaitable<void> node::second_looks() {
    duration pause = first_look;
    std::size_t known = 0;
    for (;;) {
        co_await timers_.sleep_until(timers_.now() + pause);
        const auto barred = roster_.barred();
        const bool is_old = !barred.empty() && barred.size() <= known;
        pause = is_old ? std::min<duration>(2 * pause, longest_look) : first_look;
        known = barred.size();
        for (std::size_t at = 0; at < std::min(barred.size(), looks_at_once); ++at) {
            co_await look_again_at(barred[at].first, barred[at].second);
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
