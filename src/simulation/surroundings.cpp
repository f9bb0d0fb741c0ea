#include "simulation/surroundings.hpp"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "base/assert.hpp"
#include "telegram_sim/acts.hpp"

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

// Of the person who writes in groups.
constexpr user_id writer{500};

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
    if (random.chance(0.3)) made.rates = {};
    made.checkpoint_interval = std::chrono::seconds(random.between(2, 60));
    return made;
}

constexpr telegram_sim::profile_name profiles[] = {
    telegram_sim::profile_name::off, telegram_sim::profile_name::gentle,
    telegram_sim::profile_name::realistic, telegram_sim::profile_name::harsh};

}  // namespace

backdrop draw_backdrop(random_source& random, std::size_t chats) {
    backdrop made{.who = draw_cast(random, chats), .settings = draw_settings(random)};
    made.telegram = telegram_sim::make_profile(profiles[random.below(std::size(profiles))]);
    return made;
}

surroundings::surroundings(random_source drawn, backdrop made, trace::printer print)
    : log(std::move(print)),
      random(drawn),
      who(std::move(made.who)),
      settings(std::move(made.settings)),
      telegram(io.get_executor(), timers, {.telegram = {.seed = random.next()}}),
      disk(random.next()),
      disk_random_(random.next()) {
    at().rules().configure(made.telegram);
    settle(who, at());
    set_disk_pace(5ms);
}

surroundings::~surroundings() {
    telegram.stop();
    timers.run_until(timers.now());
}

message_id surroundings::publish(const post_line& what, std::uint64_t number) {
    telegram_sim::world& in = at().in();
    const cast_chat& where = who.sources[what.source];
    telegram_sim::user_post made{.chat = where.id, .find_entities = true};
    if (where.type != "channel") made.actor = writer;
    made.what.body.text = text_of(what, number);
    if (what.has_photo) {
        if (!photo_) {
            photo_ =
                in.files().add({.kind = telegram_sim::media_kind::photo, .width = 64, .height = 48},
                               "not really a photo");
        }
        made.what.media = telegram_sim::media_kind::photo;
        made.what.file = photo_;
    }
    const auto id = telegram_sim::post(in, std::move(made), timers.wall_now(), at().next_request());
    BAUDOT_ASSERT(id.has_value(), "people may post what they like");
    at().publish();
    log.note(timers.now(), "post", number);
    return *id;
}

void surroundings::let_in(account_id bot, chat_id chat, bool is_in) {
    using telegram_sim::member_status;
    telegram_sim::world& in = at().in();
    const user_id who_it_is{std::to_underlying(bot)};
    telegram_sim::chat& of = *in.find_chat(who_it_is, chat);
    if (of.kind == telegram_sim::chat_kind::private_chat) {
        in.set_blocked(of, !is_in, timers.wall_now());
    } else if (!of.is_deactivated) {
        const auto status = is_in ? member_status::administrator : member_status::kicked;
        in.set_member(of, {.user = who_it_is, .status = status, .rights = telegram_sim::all_rights},
                      {}, timers.wall_now());
    }
    at().publish();
}

void surroundings::set_disk_pace(duration longest) {
    disk.set_latency([this, longest](journal::disk_operation what, std::size_t) {
        if (what != journal::disk_operation::sync) return duration::zero();
        return duration(disk_random_.between(0, longest.count()));
    });
}

observe::logger surroundings::process_log() const {
    return {std::make_shared<trace_sink>(log, timers), "node"};
}

}  // namespace baudot::simulation
