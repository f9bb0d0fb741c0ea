#include "app/node.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <random>
#include <utility>

#include "app/backup.hpp"
#include "app/data_directory.hpp"
#include "app/exit_code.hpp"
#include "app/startup.hpp"
#include "app/survey.hpp"
#include "model/print.hpp"
#include "store/rocksdb_store.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

// Often enough that a restart replays seconds, rarely enough that flushes stay large.
constexpr duration checkpoint_interval = 30s;

std::uint64_t seed_of_this_run() {
    std::random_device entropy;  // style-ok: the composition root hands out seeds
    return (std::uint64_t{entropy()} << 32) | entropy();
}

}  // namespace

node::node(settings from, std::string file, duration grace, observe::logger log)
    : settings_(std::move(from)), file_(std::move(file)), grace_(grace), log_(std::move(log)) {}

node::~node() = default;

result<void> node::open() {
    const std::filesystem::path data = settings_.data;
    auto lock = take_data_directory(files_, settings_.data);
    if (!lock) return std::unexpected(lock.error());
    lock_ = std::move(*lock);

    auto store =
        store::open_rocksdb({.directory = (data / "store").string()}, nullptr, log_.named("store"));
    if (!store) return std::unexpected(store.error());
    store_ = std::move(*store);
    auto journal =
        journal::segmented_journal::open(journal_options(settings_, store_->flushed_position()),
                                         files_, timers_, writer_, disk_pool_, seed_of_this_run());
    if (!journal) return std::unexpected(journal.error());
    journal_ = std::move(*journal);
    const journal::recovery_report& found = journal_->recovered();
    if (found.cut_bytes > 0) {
        log_.warning(
            "the end of the journal was torn and has been cut: it was never acknowledged",
            {{"file", found.cut_file}, {"offset", found.cut_offset}, {"bytes", found.cut_bytes}});
    }

    const bool is_paced = settings_.pace == pace_setting::documented;
    relay_ = std::make_unique<engine::relay>(io_.get_executor(), timers_, *journal_, *store_,
                                             disk_pool_, is_paced ? documented_pace() : pace{},
                                             seed_of_this_run(), relay_options(settings_));
    auto uncertain = relay_->recover();
    if (!uncertain) return std::unexpected(uncertain.error());
    for (const engine::uncertain_delivery& each : *uncertain) {
        const bool again = each.policy == uncertain_policy::repeat;
        tell_uncertain(again ? "started before an unclean stop: sent again, may be double"
                             : "started before an unclean stop: not sent again, may be lost",
                       each);
    }
    return {};
}

result<void> node::run() {
    tasks_.spawn("live", live());
    tasks_.spawn("signals", obey_signals());
    // Not until the loop has nothing left: connections that idle in a pool are watched, and would
    // keep it alive until the server closes them.
    std::exception_ptr failure;
    asio::co_spawn(io_, tasks_.join(), [&](std::exception_ptr thrown) {
        failure = std::move(thrown);
        io_.stop();
    });
    io_.run();
    if (failure) std::rethrow_exception(failure);
    // Marks the end as clean; without it the next start takes this for a crash.
    if (result<void> closed = journal_->close(); outcome_ && !closed) outcome_ = closed;
    return outcome_;
}

asio::awaitable<void> node::live() {
    serve_control();
    outcome_ = serve_status();
    if (outcome_) outcome_ = co_await begin();
    if (outcome_) {
        tasks_.spawn("checkpoints", checkpoints());
        outcome_ = co_await relay_->run();
        if (outcome_ && given_up_) outcome_ = std::unexpected(*given_up_);
    }
    co_await end();
}

asio::awaitable<result<void>> node::begin() {
    auto accounts = connect_all(io_.get_executor(), timers_, settings_);
    if (!accounts) co_return std::unexpected(accounts.error());
    accounts_ = std::move(*accounts);
    const observe::logger log = log_.named("startup");
    survey asking(accounts_, timers_, log);
    const std::vector<chat_reference> chats = chats_of(settings_);
    const std::vector<chat_reference> named = named_chats_of(settings_);
    const findings found = co_await asking.ask(chats, named);
    known_.learn(found);
    if (auto some = judge_accounts(found, log); !some) co_return some;
    roster_ = make_roster(found);
    relay_->set_roster(roster_);
    auto rules = resolve_routes(settings_, found, log);
    if (!rules) co_return std::unexpected(rules.error());
    tell_unreachable(*rules, roster_, log);
    auto compiled = co_await compile(std::move(*rules));
    if (!compiled) co_return std::unexpected(compiled.error());
    if (auto desk = open_desk(); !desk) co_return desk;
    set_rules(std::move(*compiled));
    loaded_at_ = timers_.wall_now();
    watch_fates();
    if (auto listens = begin_intake(found); !listens) co_return listens;
    lose_orphans();
    tasks_.spawn("second looks", look_again());
    tasks_.spawn("reloads", obey_hangups());
    log_.info("running", {{"accounts", accounts_.size() - lost_.size()},
                          {"routes", settings_.routes.size()},
                          {"rules", fingerprint_},
                          {"owed", relay_->facts().owed().pending()}});
    co_return result<void>{};
}

asio::awaitable<void> node::end() {
    listening_.request_stop();
    co_await listening_.join();
    if (server_) server_->stop();
    if (posts_) posts_->stop();
    if (desk_) co_await desk_->stop();
    const std::size_t left = relay_->facts().owed().pending();
    log_.info("stopped", {{"delivered", delivered_}, {"left_for_the_next_start", left}});
    tasks_.request_stop();
}

result<void> node::serve_status() {
    show_figures();
    if (!settings_.http) return {};
    status_ = std::make_unique<api::status>(
        figures_, [this] { return reasons_not_ready(); },
        [this] { return describe_configuration(); });
    auto server = http::make_server(
        io_.get_executor(), timers_,
        {.address = settings_.http->address, .port = settings_.http->port, .connections_max = 64},
        [this](http::request asked) { return status_->handle(std::move(asked)); });
    if (!server) return std::unexpected(server.error());
    server_ = std::move(*server);
    tasks_.spawn("status", server_->run());
    log_.info("status is served",
              {{"address", settings_.http->address}, {"port", server_->port()}});
    return {};
}

result<void> node::open_desk() {
    if (settings_.apis.empty()) return {};
    rewriting::desk_options options{.apis = {}, .seed = seed_of_this_run()};
    for (const api_settings& each : settings_.apis) options.apis.push_back(each.what);
    auto desk = rewriting::make_desk(io_.get_executor(), timers_, figures_, log_.named("apis"),
                                     std::move(options));
    if (!desk) return std::unexpected(desk.error());
    desk_ = std::move(*desk);
    world_.emplace(*desk_, log_.named("apis"));
    desk_->on_news([this] { relay_->answers_came(); });
    return {};
}

post_plan node::plan(const router::compiled_rules& by, const engine::plan_wish& wish) {
    const update_received received{wish.what};
    // What an older program has journaled does not say when it came.
    const std::int64_t now = timers_.wall_now().time_since_epoch().count();
    const std::int64_t when = wish.what.received_at;
    std::vector<router::script_trouble> troubles;
    const router::plan_input input{.what = received,
                                   .position = wish.position,
                                   .version = wish.version,
                                   .received_at = when != 0 ? when : now,
                                   .only = wish.only,
                                   .is_behind = wish.is_behind,
                                   .world = world_ ? &*world_ : nullptr,
                                   .troubles = &troubles};
    auto made = by.plan_for(input, roster_);
    for (const router::script_trouble& each : troubles) {
        tell_trouble(wish, by.rules().routes[each.route].name, each);
    }
    return made;
}

asio::awaitable<void> node::checkpoints() {
    for (;;) {
        co_await timers_.sleep_until(timers_.now() + checkpoint_interval);
        if (auto made = co_await relay_->checkpoint(); !made) {
            log_.error("the state cannot be made durable; it goes on from the journal",
                       made.error());
        }
    }
}

asio::awaitable<void> node::obey_signals() {
    (void)co_await signals_.async_wait(asio::use_awaitable);
    if (sources_.empty()) {  // still asking Telegram how things are: nothing to finish
        tasks_.request_stop();
        co_return;
    }
    log_.info("stopping: no new posts; what is owed is sent", {{"for_at_most", grace_}});
    listening_.request_stop();
    relay_->stop(timers_.now() + grace_);
    (void)co_await signals_.async_wait(asio::use_awaitable);
    log_.warning("stopped hard: what was in flight is uncertain");
    tasks_.request_stop();
}

}  // namespace baudot::app
