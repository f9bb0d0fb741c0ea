#include "simulation/script.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

constexpr duration step_max = 1s;  // between two looks at the process
constexpr duration drain_max = 48h;
constexpr duration drain_step = 10s;

duration of_ms(std::uint64_t drawn, std::int64_t low, std::int64_t high) {
    const auto span = static_cast<std::uint64_t>(high - low + 1);
    return std::chrono::milliseconds(low + static_cast<std::int64_t>(drawn % span));
}

}  // namespace

script::script(surroundings& around, const run_options& options)
    : around_(around),
      options_(options),
      random_(around.random.next()),
      others_(around.io.get_executor()) {
    random_source planning(around.random.next());
    plan_ = draw_faults(planning, options.length, options.faults, options.crashes, options.without);
}

script::~script() {
    others_.request_stop();
    around_.timers.run_until(around_.timers.now());
    if (node_) node_->die(false);
}

void script::play() {
    const time_point begun = around_.timers.now();
    const auto length = static_cast<std::uint64_t>(options_.length.count());
    std::vector<duration> posts(options_.posts);
    for (duration& each : posts) each = duration(random_.below(length));
    std::ranges::sort(posts);
    auto next_post = posts.begin();
    auto next_fault = plan_.begin();
    while (next_post != posts.end() || next_fault != plan_.end()) {
        const bool is_post =
            next_fault == plan_.end() || (next_post != posts.end() && *next_post <= next_fault->at);
        live_until(begun + (is_post ? *next_post : next_fault->at));
        if (is_post) {
            make_post();
            ++next_post;
        } else {
            strike(*next_fault++);
        }
    }
    live_until(begun + options_.length);
}

void script::live_until(time_point when) {
    for (;;) {
        time_point next = std::min(when, around_.timers.now() + step_max);
        if (!node_) next = std::min(next, std::max(revive_at_, around_.timers.now()));
        for (const cure& each : cures_) next = std::min(next, each.at);
        around_.timers.run_until(std::max(next, around_.timers.now()));
        const time_point now = around_.timers.now();
        for (std::size_t at = 0; at < cures_.size();) {
            if (cures_[at].at > now) {
                ++at;
                continue;
            }
            const std::function<void()> what = std::move(cures_[at].what);
            cures_.erase(cures_.begin() + static_cast<std::ptrdiff_t>(at));
            what();
        }
        look_after();
        if (now >= when) return;
    }
}

void script::look_after() {
    if (!node_) {
        if (around_.timers.now() >= revive_at_) revive();
        return;
    }
    if (node_->is_over()) {
        on_end();
        return;
    }
    check_bounds();
    if (!must_end_by_ || around_.timers.now() < *must_end_by_) return;
    around_.seen.fault("shutdown: the process did not end in time after it was told to");
    bury(false);
}

void script::revive() {
    // A wait that is over by the clock of the machine is over, even if that clock is wrong.
    around_.timers.jump_wall(-std::exchange(clock_ahead_, {}));
    ++lives_;
    node_ = std::make_unique<node>(around_);
    const result<void> started = node_->start();
    around_.log.note(around_.timers.now(), "life", lives_);
    if (started) return;
    around_.log.say(around_.timers.now(), started.error().message);
    const bool may_pass = failures_due_ > 0 || started.error().code == errc::no_space;
    bury(false);
    revive_at_ = around_.timers.now() + 10s;
    if (may_pass) return;
    around_.seen.fault(fmt::format("start: {}", started.error().message));
    revive_at_ = time_point::max();  // there is nobody to mend it
}

// It ended by itself, or as it was told.
void script::on_end() {
    const result<void>& how = node_->outcome();
    if (!how) {
        const bool had_no_time = must_end_by_ && how.error().code == errc::no_space;
        if (failures_due_ == 0 && !had_no_time) {
            around_.seen.fault(fmt::format("the process gave up: {}", how.error().message));
        }
        // For want of room nothing was called that was told to fail: it fails in the next life.
        if (!had_no_time) failures_due_ = std::max(0, failures_due_ - 1);
        bury(random_.chance(0.5));
        return;
    }
    if (!must_end_by_) around_.seen.fault("the process ended, and nobody had told it to");
    if (const result<void> closed = node_->close(); !closed && failures_due_ == 0) {
        around_.seen.fault(fmt::format("the journal does not close: {}", closed.error().message));
    }
    bury(random_.chance(0.3));
}

void script::bury(bool is_power_cut) {
    node_->die(is_power_cut);
    node_.reset();
    must_end_by_.reset();
    revive_at_ =
        is_last_ ? time_point::max() : around_.timers.now() + of_ms(random_.next(), 0, 30'000);
    around_.log.note(around_.timers.now(), is_power_cut ? "powerless" : "dead", lives_);
}

// P8: what is bounded by configuration.
void script::check_bounds() {
    const engine::relay& tested = node_->tested();
    const engine::relay_options& bounds = around_.settings.relay;
    const std::size_t of_one_post = around_.who.destinations.size();
    // What an earlier life owed under the same bounds is there, too.
    if (tested.facts().owed().pending() > bounds.pending_max + of_one_post) {
        around_.seen.fault(fmt::format("P8: {} deliveries are pending, {} are allowed",
                                       tested.facts().owed().pending(), bounds.pending_max));
    }
    if (tested.in_flight() > bounds.in_flight_max) {
        around_.seen.fault(fmt::format("P8: {} requests are in flight, {} are allowed",
                                       tested.in_flight(), bounds.in_flight_max));
    }
}

post_line script::draw_post() {
    return {.source = random_.below(around_.who.sources.size()),
            .tag = static_cast<int>(random_.below(cast::tags)),
            .has_photo = random_.chance(0.15)};
}

void script::make_post() {
    post(draw_post());
}

void script::post(const post_line& what) {
    const message_id id = around_.publish(what, done_.posts.size());
    done_.posts.push_back({what, id});
}

void script::drain() {
    heal_all();
    if (revive_at_ == time_point::max()) return;
    const time_point until = around_.timers.now() + drain_max;
    const auto is_done = [this] {
        if (!node_ || !node_->is_listening() || !node_->is_idle()) return false;
        return std::ranges::all_of(around_.who.bots, [this](const cast_bot& each) {
            const user_id bot{std::to_underlying(each.id)};
            return around_.at().line(bot)->updates.pending(around_.timers.now()) == 0;
        });
    };
    while (!is_done() && around_.timers.now() < until) {
        live_until(around_.timers.now() + drain_step);
    }
    if (is_done()) return;
    const bool lives = node_ && node_->is_listening();
    around_.seen.fault(
        fmt::format("something waits for ever: {} deliveries owed, {} posts without a plan, {}",
                    lives ? node_->tested().facts().owed().pending() : 0,
                    lives ? node_->tested().facts().unplanned().size() : 0,
                    lives ? "updates wait, or all were read" : "the process does not come up"));
}

// Few destinations: their own limits must not refuse the post, for with a second chat refused the
// whole account is held (TELEGRAM.md 1.5).
std::vector<std::size_t> script::choose_few(post_line& chosen) {
    constexpr std::size_t few = 6;
    for (int tries = 0; tries < 200; ++tries) {
        chosen = draw_post();
        std::vector<std::size_t> places = expected(around_.who, chosen);
        if (places.size() > few) continue;
        std::erase_if(places, [this](std::size_t place) {
            const chat_id where = around_.who.destinations[place].id;
            return done_.hurt.contains(where) || done_.migrated.contains(where);
        });
        if (places.size() >= 2) return places;
    }
    return {};
}

void script::hold_one() {
    constexpr duration others_max = 90s;
    constexpr int wait_s = 400;
    if (!around_.seen.faults().empty()) return;
    post_line chosen;
    const std::vector<std::size_t> places = choose_few(chosen);
    if (places.empty()) return;
    live_until(around_.timers.now() + 5min);  // every window is empty again
    const chat_id held = around_.who.destinations[places[0]].id;
    for (const char* method : {"copyMessage", "forwardMessage", "sendMessage"}) {
        around_.at().rules().faults().inject({.kind = telegram_sim::fault_kind::flood,
                                              .times = 1,
                                              .chat = held,
                                              .method = method,
                                              .retry_after = wait_s});
    }
    post(chosen);
    const std::size_t made = done_.posts.size() - 1;
    live_until(around_.timers.now() + others_max);
    for (const std::size_t place : places) {
        const chat_id where = around_.who.destinations[place].id;
        if (has_arrived(made, where) == (where != held)) continue;
        around_.seen.fault(fmt::format("P5: while chat {} is held, chat {} {}",
                                       std::to_underlying(held), std::to_underlying(where),
                                       where == held ? "got its post" : "got no post"));
    }
    around_.at().rules().faults().clear();
    drain();
}

bool script::has_arrived(std::size_t post, chat_id destination) const {
    const std::vector<standing_copy> there = copies_in(around_, done_, destination);
    return std::ranges::find(there, post, &standing_copy::post) != there.end();
}

void script::end() {
    if (!node_) return;
    is_last_ = true;
    must_end_by_ = around_.timers.now() + stop_margin;
    node_->stop(10s);
    while (node_) live_until(around_.timers.now() + step_max);
}

}  // namespace baudot::simulation
