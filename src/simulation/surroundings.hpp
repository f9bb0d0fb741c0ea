#pragma once

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "async/virtual_timers.hpp"
#include "base/random.hpp"
#include "engine/relay.hpp"
#include "journal/disk_double.hpp"
#include "journal/segmented_journal.hpp"
#include "observe/log.hpp"
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
    bool is_paced = true;
    duration checkpoint_interval = std::chrono::seconds(30);
};

/// What outlives the process: the time, the disk, what the store has flushed, Telegram.
struct surroundings {
    surroundings(std::uint64_t seed, std::size_t chats, trace::printer print);
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

    /// Of the process: into the trace when that is printed.
    observe::logger process_log() const;
    telegram_sim::local_telegram& at() { return telegram.telegram(); }
    const telegram_sim::world& telegram_world() const { return telegram.telegram().in(); }
};

}  // namespace baudot::simulation
