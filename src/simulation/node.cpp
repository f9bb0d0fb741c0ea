#include "simulation/node.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <set>
#include <utility>

#include "async/for_each.hpp"
#include "base/assert.hpp"
#include "model/print.hpp"

namespace baudot::simulation {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

constexpr duration query_pause = 2s;
constexpr std::size_t queries_at_once = 16;
// A request in flight ends within its own deadline, and then some.
constexpr duration end_max = 5min;

std::set<chat_id> chats_of(const rule_set& rules) {
    std::set<chat_id> chats;
    for (const route& each : rules.routes) {
        chats.insert(each.from.begin(), each.from.end());
        chats.insert(each.to.begin(), each.to.end());
    }
    return chats;
}

}  // namespace

node::node(surroundings& around)
    : around_(around),
      log_(around.process_log()),
      wire_(
          around.io.get_executor(), around.timers,
          [&around](http::request what) { return around.telegram.handle(std::move(what)); },
          around.random.next()),
      driver_(around.io.get_executor(), around.timers,
              [&around] { return around.disk.take_delay(); }),
      listening_(around.io.get_executor()),
      tasks_(around.io.get_executor()) {
    const std::set<chat_id> named = chats_of(around.who.rules);
    chats_.assign(named.begin(), named.end());
}

node::~node() {
    BAUDOT_ASSERT(tasks_.running() + listening_.running() + wire_.running() == 0,
                  "a simulated process ends before it is destroyed");
}

result<void> node::start() {
    journal::journal_options options = around_.settings.journal;
    options.verify_from = around_.rows.flushed_position();
    auto opened = journal::segmented_journal::open(options, around_.disk, around_.timers, driver_,
                                                   no_threads_, around_.random.next());
    if (!opened) return std::unexpected(opened.error());
    journal_ = std::move(*opened);
    relay_ = std::make_unique<engine::relay>(around_.io.get_executor(), around_.timers, *journal_,
                                             around_.rows, no_threads_, around_.settings.rates,
                                             around_.random.next(), around_.settings.relay);
    auto uncertain = relay_->recover();
    if (!uncertain) return std::unexpected(uncertain.error());
    for (const engine::uncertain_delivery& each : *uncertain) around_.seen.uncertain(each);
    for (const cast_bot& each : around_.who.bots) {
        around_.seen.recovered(each.id, relay_->facts().cursor(each.id));
    }
    auto compiled = router::compiled_rules::compile(around_.who.rules);
    BAUDOT_ASSERT(compiled.has_value(), "the simulated rules compile");
    rules_ = std::move(*compiled);
    watch();
    connect();
    tasks_.spawn("live", live());
    return {};
}

void node::connect() {
    for (const cast_bot& each : around_.who.bots) {
        const http::client_options options{.base_url = "telegram"};
        connected_bot made;
        const auto& shard = around_.io.get_executor();
        made.sends = http::make_client(shard, around_.timers, options, wire_.make_connector());
        made.polls = http::make_client(shard, around_.timers, options, wire_.make_connector());
        made.watched_sends =
            std::make_unique<watched_exchange>(*made.sends, around_.seen, each.id, around_.timers);
        made.watched_polls =
            std::make_unique<watched_exchange>(*made.polls, around_.seen, each.id, around_.timers);
        auto bot = telegram::bot_api::make_bot_account(
            around_.timers, *made.watched_sends, *made.watched_polls,
            {.name = fmt::format("bot-{}", std::to_underlying(each.id)), .token = each.token});
        BAUDOT_ASSERT(bot.has_value(), "the simulated tokens are tokens");
        made.bot = std::move(*bot);
        bots_.push_back(std::move(made));
        roster_.add(each.id);
    }
}

void node::watch() {
    engine::relay_listener listener;
    listener.fate = [this](const engine::owed_delivery& of, const settlement& fate) {
        if (fate.kind == outcome_kind::uncertain) around_.seen.uncertain(of);
        if (fate.why == reject_class::forbidden || fate.why == reject_class::chat_not_found) {
            roster_.forbid(of.sender, of.destination);
        }
    };
    listener.account_lost = [this](account_id account) { lose(account); };
    listener.repeated = [this](const engine::uncertain_delivery& which) {
        around_.seen.uncertain(which);
    };
    relay_->set_listener(std::move(listener));
}

asio::awaitable<void> node::live() {
    co_await begin();
    result<void> outcome = co_await relay_->run();
    listening_.request_stop();
    co_await listening_.join();
    outcome_ = std::move(outcome);
    tasks_.request_stop();
}

asio::awaitable<void> node::begin() {
    const std::size_t questions = bots_.size() * chats_.size();
    auto ask = [this](std::size_t at) { return learn(at % bots_.size(), at / bots_.size()); };
    co_await for_each_index(questions, queries_at_once, ask);
    relay_->set_roster(roster_);
    relay_->set_rules(
        [this](const engine::plan_wish& wish) -> post_plan {
            const update_received received{wish.what};
            return rules_->plan_for({.what = received,
                                     .position = wish.position,
                                     .version = wish.version,
                                     .received_at = wish.what.received_at},
                                    roster_);
        },
        snapshot(rules_->rules()));
    for (std::size_t at = 0; at < bots_.size(); ++at) {
        const account_id id = bots_[at].bot->id();
        if (lost_.contains(id)) continue;
        relay_->add_account(id, *bots_[at].bot);
        bots_[at].poller = std::make_unique<intake::poller>(
            *bots_[at].bot, relay_->facts().cursor(id),
            [this, id](telegram::update_batch batch) { return accept(id, std::move(batch)); },
            around_.timers, log_.named("intake"));
        listening_.spawn("poller", listen(at));
    }
    is_listening_ = true;
    tasks_.spawn("checkpoints", checkpoints());
}

asio::awaitable<void> node::learn(std::size_t at, std::size_t chat) {
    telegram::bot_api::bot_account& bot = *bots_[at].bot;
    for (;;) {
        const auto is = co_await bot.get_membership(chats_[chat], bot.id());
        if (!is && is.error().code == errc::unauthorized) {
            lose(bot.id());
            co_return;
        }
        if (is || is.error().code == errc::rejected) {
            roster_.learn(bot.id(), chats_[chat], is.value_or(telegram::membership{}));
            co_return;
        }
        co_await around_.timers.sleep_until(
            std::max(bot.queries_held_until(), around_.timers.now() + query_pause));
    }
}

asio::awaitable<void> node::listen(std::size_t at) {
    const error ended = co_await bots_[at].poller->run();
    if (ended.code == errc::shutting_down) co_return;
    log_.error("an account listens no more", ended);
    if (ended.code == errc::unauthorized) lose(bots_[at].bot->id());
}

void node::lose(account_id account) {
    roster_.lose(account);
    relay_->lose_account(account);
    lost_.insert(account);
}

asio::awaitable<void> node::checkpoints() {
    for (;;) {
        co_await around_.timers.sleep_until(around_.timers.now() +
                                            around_.settings.checkpoint_interval);
        if (auto made = co_await relay_->checkpoint(); !made) {
            log_.error("no checkpoint", made.error());
        }
    }
}

asio::awaitable<result<void>> node::accept(account_id by, telegram::update_batch batch) {
    const telegram::update_batch kept = batch;
    result<void> durable = co_await relay_->accept(std::move(batch));
    if (durable) around_.seen.accepted(by, kept);
    co_return durable;
}

void node::stop(duration grace) {
    listening_.request_stop();
    if (!is_listening_) tasks_.request_stop();
    relay_->stop(around_.timers.now() + grace);
}

void node::die(bool is_power_cut) {
    const bool had_ended = is_over();
    wire_.sever();
    if (is_power_cut)
        around_.disk.crash();
    else
        around_.disk.kill();
    around_.rows.fail_from(0, errc::io_failed);
    listening_.request_stop();
    tasks_.request_stop();
    let_end();
    around_.rows.heal();
    around_.rows.crash(around_.random);
    if (!had_ended) around_.seen.crashed();
}

void node::let_end() {
    const time_point until = around_.timers.now() + end_max;
    while (tasks_.running() + listening_.running() + wire_.running() > 0 &&
           around_.timers.now() < until) {
        around_.timers.run_until(around_.timers.now() + 1ms);
    }
}

bool node::is_idle() const {
    return relay_->facts().owed().pending() == 0 && !relay_->facts().has_unplanned();
}

}  // namespace baudot::simulation
