#pragma once

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/virtual_timers.hpp"
#include "base/random.hpp"
#include "engine/relay.hpp"
#include "journal/disk_double.hpp"
#include "journal/segmented_journal.hpp"
#include "observe/log.hpp"
#include "schedule/pacer.hpp"
#include "simulation/cast.hpp"
#include "simulation/trace.hpp"
#include "simulation/witness.hpp"
#include "store/store_double.hpp"
#include "telegram_sim/door.hpp"

namespace baudot::simulation {

/// How the process is set up: drawn by seed, small enough that every bound is met.
struct node_settings {
    journal::journal_options journal{.directory = "data/journal"};
    engine::relay_options relay{};
    pace rates = documented_pace();
    duration checkpoint_interval = std::chrono::seconds(30);
};

/// What is there before the process starts.
struct backdrop {
    cast who;
    node_settings settings{};
    telegram_sim::profile telegram{};
};

/// Of a run in which everything goes wrong.
backdrop draw_backdrop(random_source& random, std::size_t chats);

/// What outlives the process: the time, the disk, what the store has flushed, Telegram.
struct surroundings {
    surroundings(random_source drawn, backdrop made, trace::printer print);
    ~surroundings();

    trace log;
    random_source random;
    boost::asio::io_context io{1};
    virtual_timers timers{io};
    cast who;
    node_settings settings;
    telegram_sim::door telegram;
    journal::disk_double disk;
    store::store_double rows;
    witness seen{log};

    /// Somebody writes the `number`-th post. Its id is the chat's own.
    message_id publish(const post_line& what, std::uint64_t number);

    /// A bot is made an administrator of a chat, or kicked from it (a person: blocks it).
    void let_in(account_id bot, chat_id chat, bool is_in);

    /// A sync of the disk takes up to `longest` from now on, each as drawn from `random`.
    void set_disk_pace(duration longest);

    /// Of the process: into the trace when that is printed.
    observe::logger process_log() const;
    telegram_sim::local_telegram& at() { return telegram.telegram(); }
    const telegram_sim::world& telegram_world() const { return telegram.telegram().in(); }

private:
    random_source disk_random_;
    std::optional<telegram_sim::file_index> photo_;
};

}  // namespace baudot::simulation
