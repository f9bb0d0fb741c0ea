#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "async/blocking_pool.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"
#include "engine/relay.hpp"
#include "engine/roster.hpp"
#include "http/client.hpp"
#include "intake/poller.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"
#include "router/router.hpp"
#include "simulation/network.hpp"
#include "simulation/surroundings.hpp"
#include "telegram/bot_api/bot_account.hpp"

namespace baudot::simulation {

/// One life of the process: the production parts of a node, wired as `baudot run` wires them, on
/// one thread under virtual time, its disk, store, network and clock made of memory.
class node {
public:
    explicit node(surroundings& around);

    /// A life that has ended and left nothing running: die() or a stop comes first (asserts).
    ~node();

    /// Opens the journal, recovers, and begins. The error is the one that would end the process.
    result<void> start();

    /// SIGTERM: no new updates; what is owed is sent for `grace`.
    void stop(duration grace);

    /// After an end in order: marks the journal as clean.
    result<void> close() { return journal_->close(); }

    /// It ended by itself, or by stop().
    bool is_over() const { return tasks_.running() + listening_.running() == 0; }
    const result<void>& outcome() const { return outcome_; }

    /// kill -9, or with `is_power_cut` a power cut: nothing that it does from here on has an
    /// effect. What survives is left in the surroundings.
    void die(bool is_power_cut);

    /// Nothing is owed and nothing waits for a plan.
    bool is_idle() const;
    bool is_listening() const { return is_listening_; }
    const engine::relay& tested() const { return *relay_; }
    network& wire() { return wire_; }

private:
    struct connected_bot {
        std::unique_ptr<http::exchange> sends, polls;
        std::unique_ptr<watched_exchange> watched_sends, watched_polls;
        std::unique_ptr<telegram::bot_api::bot_account> bot;
        std::unique_ptr<intake::poller> poller;
    };

    void connect();
    boost::asio::awaitable<void> live();
    boost::asio::awaitable<void> begin();
    boost::asio::awaitable<void> learn(std::size_t bot, std::size_t chat);
    boost::asio::awaitable<void> listen(std::size_t bot);
    boost::asio::awaitable<void> checkpoints();
    boost::asio::awaitable<result<void>> accept(account_id by, telegram::update_batch batch);
    void watch();
    void lose(account_id account);
    void let_end();

    surroundings& around_;
    const observe::logger log_;
    network wire_;
    blocking_pool no_threads_{0};
    journal::virtual_writer driver_;
    std::unique_ptr<journal::segmented_journal> journal_;
    engine::roster roster_;
    std::unique_ptr<engine::relay> relay_;
    std::vector<connected_bot> bots_;
    std::vector<chat_id> chats_;  // of the rules, each once
    std::set<account_id> lost_;   // token refused
    std::optional<router::compiled_rules> rules_;
    result<void> outcome_;
    bool is_listening_ = false;
    task_group listening_;
    task_group tasks_;  // last: its tasks use everything above
};

}  // namespace baudot::simulation
