#include "simulation/surroundings.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

class trace_sink final : public observe::log_sink {
public:
    trace_sink(const trace& to, const timer_service& timers) : to_(to), timers_(timers) {}

    bool enabled(observe::level severity) const noexcept override {
        return to_.is_printed() && severity >= observe::level::info;
    }
    void write(const observe::log_record& record) noexcept override {
        std::string line = fmt::format("log {}: {}", record.component, record.event);
        for (std::size_t at = 0; at < record.field_count; ++at) {
            const observe::field& each = record.fields[at];
            line += fmt::format(" {}=", each.key);
            std::visit([&line](const auto& value) { append(line, value); }, each.value);
        }
        to_.say(timers_.now(), line);
    }

private:
    static void append(std::string& line, observe::field::milliseconds value) {
        line += fmt::format("{}ms", value.count);
    }
    template <class T>
    static void append(std::string& line, const T& value) {
        line += fmt::format("{}", value);
    }

    const trace& to_;
    const timer_service& timers_;
};

constexpr std::size_t some = 1'000;
constexpr std::size_t few = 2;
constexpr std::size_t dozens = 50;

// Bounds are met only where they are small; now and then they are those of a real process.
node_settings draw_settings(random_source& random) {
    node_settings made;
    made.journal.segment_bytes = std::uint64_t{64 << 10} << random.below(7);
    made.journal.keep_bytes = std::uint64_t{256 << 10} << random.below(8);
    made.journal.keep_age = std::chrono::seconds(60 << random.below(8));
    if (random.chance(0.7)) made.relay.pending_max = dozens << random.below(8);
    if (random.chance(0.5)) made.relay.post_bytes_max = some << random.below(8);
    if (random.chance(0.5)) made.relay.content_bytes_max = some << random.below(8);
    if (random.chance(0.5)) made.relay.in_flight_max = few << random.below(8);
    if (random.chance(0.3)) made.relay.updates_per_turn = 1 + random.below(100);
    if (random.chance(0.3)) made.relay.plans_per_turn = 1 + random.below(100);
    if (random.chance(0.5)) made.relay.commit_changes = dozens << random.below(8);
    made.is_paced = random.chance(0.7);
    made.checkpoint_interval = std::chrono::seconds(random.between(2, 60));
    return made;
}

constexpr telegram_sim::profile_name profiles[] = {
    telegram_sim::profile_name::off, telegram_sim::profile_name::gentle,
    telegram_sim::profile_name::realistic, telegram_sim::profile_name::harsh};

}  // namespace

surroundings::surroundings(std::uint64_t seed, std::size_t chats, trace::printer print)
    : log(std::move(print)),
      random(seed),
      who(draw_cast(random, chats)),
      settings(draw_settings(random)),
      telegram(io.get_executor(), timers,
               {.telegram = {.seed = random.next(), .profile = profiles[random.below(4)]}}),
      disk(random.next()) {
    settle(who, at());
}

surroundings::~surroundings() {
    telegram.stop();
    timers.run_until(timers.now());
}

observe::logger surroundings::process_log() const {
    return {std::make_shared<trace_sink>(log, timers), "node"};
}

}  // namespace baudot::simulation
