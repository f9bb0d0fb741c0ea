// What goes wrong, and how it is set right.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "simulation/bit_flip.hpp"
#include "simulation/script.hpp"
#include "telegram_sim/bot_door.hpp"

namespace baudot::simulation {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t unlimited = 1ULL << 50;
constexpr int burst_posts = 200;

template <std::size_t Size>
auto pick(const telegram_sim::fault_kind (&from)[Size], std::uint64_t number) {
    return from[number % Size];
}

constexpr telegram_sim::fault_kind troubles[] = {
    telegram_sim::fault_kind::trouble_as_429, telegram_sim::fault_kind::restart,
    telegram_sim::fault_kind::html_before,    telegram_sim::fault_kind::html_after,
    telegram_sim::fault_kind::reset_before,   telegram_sim::fault_kind::reset_after};

duration seconds_of(std::uint64_t number, std::uint64_t low, std::uint64_t high) {
    return std::chrono::seconds(low + number % (high - low + 1));
}

}  // namespace

void script::strike(const planned_fault& what) {
    ++faults_;
    around_.log.note(around_.timers.now(), name(what.kind), what.number);
    switch (what.kind) {
        case fault_kind::kill:
        case fault_kind::power_cut:
        case fault_kind::shutdown: return strike_process(what);
        case fault_kind::failed_sync:
        case fault_kind::failed_store:
        case fault_kind::slow_disk:
        case fault_kind::full_disk:
        case fault_kind::flipped_bit: return strike_disk(what);
        case fault_kind::flood:
        case fault_kind::server_trouble:
        case fault_kind::lost_answer:
        case fault_kind::slow_answer:
        case fault_kind::outage:
        case fault_kind::redelivery:
        case fault_kind::rival: return strike_telegram(what);
        case fault_kind::refused:
        case fault_kind::stalled:
        case fault_kind::cut:
        case fault_kind::spoiled_answer: return strike_network(what);
        case fault_kind::burst:
        case fault_kind::kicked:
        case fault_kind::migration:
        case fault_kind::clock_back:
        case fault_kind::clock_ahead: return strike_world(what);
    }
}

void script::strike_process(const planned_fault& what) {
    if (!node_) {  // it cannot die twice
        later(2s, [this, what] { strike_process(what); });
        return;
    }
    if (is_crash(what.kind)) {
        ++crashes_;
        bury(what.kind == fault_kind::power_cut);
        return;
    }
    if (must_end_by_) return;
    const duration grace = seconds_of(what.number, 0, 10);
    must_end_by_ = around_.timers.now() + grace + stop_margin;
    node_->stop(grace);
}

void script::strike_disk(const planned_fault& what) {
    switch (what.kind) {
        case fault_kind::failed_sync:
            ++failures_due_;
            around_.disk.fail_next(journal::disk_operation::sync);
            break;
        case fault_kind::failed_store:
            ++failures_due_;
            around_.rows.fail_next(errc::io_failed);
            break;
        case fault_kind::slow_disk:
            around_.set_disk_pace(1s);
            later(seconds_of(what.number, 10, 200), [this] { around_.set_disk_pace(5ms); });
            break;
        case fault_kind::full_disk:
            around_.disk.set_capacity(around_.disk.bytes_used() + what.number % 10'000);
            later(seconds_of(what.number, 5, 300),
                  [this] { around_.disk.set_capacity(unlimited); });
            break;
        default:
            if (auto found = flip_a_bit(around_.disk, around_.settings.journal, what.number)) {
                around_.seen.fault(*std::move(found));
            }
    }
}

void script::strike_telegram(const planned_fault& what) {
    telegram_sim::fault_source& faults = around_.at().rules().faults();
    const std::vector<cast_chat>& to = around_.who.destinations;
    telegram_sim::fault made{.times = 1 + what.number % 5};
    switch (what.kind) {
        case fault_kind::flood:
            made.kind = telegram_sim::fault_kind::flood;
            made.chat = to[what.number % to.size()].id;
            made.retry_after = static_cast<int>(1 + what.number / 7 % 150);
            break;
        case fault_kind::server_trouble: made.kind = pick(troubles, what.number / 7); break;
        case fault_kind::lost_answer: made.kind = telegram_sim::fault_kind::answer_lost; break;
        case fault_kind::slow_answer:
            made.kind = telegram_sim::fault_kind::hold;
            made.wait = seconds_of(what.number / 7, 1, 80);
            break;
        case fault_kind::redelivery: made.kind = telegram_sim::fault_kind::redeliver; break;
        case fault_kind::rival:
            others_.spawn("rival", poll_as_rival(around_.who.bots[what.number % 2]));
            return;
        default: {  // an outage
            made.kind = telegram_sim::fault_kind::html_before;
            made.times.reset();
            made.probability = 0.1 + 0.9 * static_cast<double>(what.number % 100) / 100;
            const auto id = faults.inject(made);
            later(seconds_of(what.number, 10, 200), [&faults, id] { faults.remove(id); });
            return;
        }
    }
    faults.inject(std::move(made));
}

// Another program with the same token, once.
asio::awaitable<void> script::poll_as_rival(const cast_bot& bot) {
    (void)co_await around_.telegram.handle(
        {.method = "GET", .target = fmt::format("/bot{}/getUpdates?timeout=3&limit=5", bot.token)});
}

void script::strike_network(const planned_fault& what) {
    if (!node_) return;
    constexpr spoilage kinds[] = {spoilage::truncated, spoilage::garbage, spoilage::dripping};
    const time_point now = around_.timers.now();
    switch (what.kind) {
        case fault_kind::refused:
            return node_->wire().refuse_until(now + seconds_of(what.number, 1, 120));
        case fault_kind::stalled:
            return node_->wire().stall_until(now + seconds_of(what.number, 1, 100));
        case fault_kind::cut: return node_->wire().cut();
        default: return node_->wire().spoil_next_answer(kinds[what.number % std::size(kinds)]);
    }
}

void script::strike_world(const planned_fault& what) {
    switch (what.kind) {
        case fault_kind::burst: {
            post_line line = draw_post();
            for (int each = 0; each < burst_posts; ++each) post(line);
            return;
        }
        case fault_kind::kicked: return kick(what.number);
        case fault_kind::migration: return migrate(what.number);
        case fault_kind::clock_back:
            return around_.timers.jump_wall(-seconds_of(what.number, 1, 3600));
        default: {
            const duration by = seconds_of(what.number, 1, 3600);
            around_.timers.jump_wall(by);
            clock_ahead_ += by;
            later(seconds_of(what.number, 1, 60),
                  [this] { around_.timers.jump_wall(-std::exchange(clock_ahead_, {})); });
        }
    }
}

void script::kick(std::uint64_t number) {
    const cast_chat& which = around_.who.destinations[number % around_.who.destinations.size()];
    const bool is_second = which.bots > 1 && number / 1000 % 2 == 1;
    const account_id bot = around_.who.bots[is_second ? 1 : 0].id;
    const user_id as{std::to_underlying(bot)};
    const telegram_sim::chat* where = around_.telegram_world().find_chat(as, which.id);
    if (!where || where->is_deactivated) return;
    done_.hurt.insert(which.id);
    around_.let_in(bot, which.id, false);
    later(seconds_of(number, 5, 600),
          [this, bot, chat = which.id] { around_.let_in(bot, chat, true); });
}

void script::migrate(std::uint64_t number) {
    telegram_sim::world& in = around_.at().in();
    const std::vector<cast_chat>& all = around_.who.destinations;
    for (std::size_t tries = 0; tries < all.size(); ++tries) {
        const cast_chat& which = all[(number + tries) % all.size()];
        if (which.type != "group" || done_.migrated.contains(which.id)) continue;
        // A bot that is away cannot see where the group went.
        if (done_.hurt.contains(which.id)) continue;
        const auto moved =
            in.upgrade(which.id, {}, around_.timers.wall_now(), around_.at().next_request());
        if (moved) done_.migrated[which.id] = *moved;
        around_.at().publish();
        return;
    }
}

void script::later(duration after, std::function<void()> what) {
    cures_.push_back({around_.timers.now() + after, std::move(what)});
}

void script::heal_all() {
    for (const cure& each : std::exchange(cures_, {})) each.what();
    around_.disk.set_capacity(unlimited);
    around_.set_disk_pace(5ms);
    around_.at().rules().faults().clear();
    telegram_sim::profile kinder = around_.at().rules().current();
    kinder.faults = {};
    around_.at().rules().configure(kinder);
}

}  // namespace baudot::simulation
