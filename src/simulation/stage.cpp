#include "simulation/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

}  // namespace

backdrop calm_backdrop() {
    backdrop made{.telegram = telegram_sim::make_profile(telegram_sim::profile_name::gentle)};
    made.who.bots = make_bots(1);
    return made;
}

std::size_t add_route(cast& to, const delivery_terms& terms, std::size_t chats,
                      const std::string& type) {
    const std::size_t number = to.sources.size();
    to.sources.push_back(make_chat("channel", 1'000 + static_cast<std::int64_t>(number)));
    route made{.name = fmt::format("route-{}", number), .from = {to.sources.back().id}};
    made.terms = terms;
    for (std::size_t each = 0; each < chats; ++each) {
        const auto next = 2'000 + static_cast<std::int64_t>(to.destinations.size());
        to.destinations.push_back(make_chat(type, next));
        made.to.push_back(to.destinations.back().id);
    }
    to.rules.routes.push_back(std::move(made));
    return number;
}

void limit_account(backdrop& of, int count) {
    of.telegram.limits.broadcast = {.interval = duration(1s) / count, .burst = count};
    of.settings.rates.account = learned_limit{
        .rate = static_cast<double>(count), .doubt = 0.1, .burst = static_cast<double>(count)};
}

stage::stage(std::uint64_t seed, backdrop made, trace::printer print)
    : around_(random_source(seed), std::move(made), std::move(print)) {
    around_.seen.show_sends([this](const wire_send& each) {
        sends_.push_back(each);
        if (on_send_) on_send_(each);
    });
    start();
}

stage::~stage() {
    if (node_) node_->die(false);
}

void stage::start() {
    ++lives_;
    node_ = std::make_unique<node>(around_);
    const result<void> started = node_->start();
    BAUDOT_ASSERT(started.has_value(), "nothing keeps a node from starting on a calm stage");
    const time_point until = now() + 1min;
    while (!node_->is_listening() && now() < until) live(100ms);
    if (!node_->is_listening()) fault("the node does not listen a minute after its start");
}

void stage::restart() {
    node_->die(false);
    node_.reset();
    start();
}

void stage::post(std::size_t source, std::size_t count) {
    for (std::size_t each = 0; each < count; ++each) {
        const post_line what{.source = source};
        const message_id own = around_.publish(what, done_.posts.size());
        done_.posts.push_back({what, own});
    }
}

void stage::report(run_report& to) const {
    to.broken.insert(to.broken.end(), around_.seen.faults().begin(), around_.seen.faults().end());
    to.posts += done_.posts.size();
    to.accepted += around_.seen.accepted_posts().size();
    to.requests += around_.seen.requests();
    to.crashes += around_.seen.crashes();
    to.lives += lives_;
    to.delivered += static_cast<std::size_t>(std::ranges::count(sends_, 200, &wire_send::status));
    to.simulated += around_.timers.now() - begun_;
    to.trace_hash ^= around_.log.hash();
}

void stage::live(duration how_long) {
    around_.timers.run_until(now() + how_long);
    if (node_ && node_->is_over()) fault("the process ended, and nobody had told it to");
}

bool stage::drain(duration longest) {
    const time_point until = now() + longest;
    while (!node_->is_idle() && now() < until) live(1s);
    live(5s);  // the store learns of the last fates with the next commit
    return node_->is_idle();
}

void stage::judge(std::set<witness::copy_key> tied, run_report& to) {
    done_.tied = std::move(tied);
    run_report heard;
    simulation::judge(around_, done_, heard);
    to.deliveries += heard.deliveries;
    to.doubled += heard.doubled;
    to.skipped += heard.skipped;
    to.rejected += heard.rejected;
}

void stage::take_in() {
    const time_point until = now() + 1h;
    const auto is_done = [this] {
        return around_.seen.accepted_posts().size() >= done_.posts.size() &&
               !relay().facts().has_unplanned();
    };
    while (!is_done() && now() < until) live(100ms);
    if (!is_done()) fault("posts wait for ever to be accepted and planned");
}

}  // namespace baudot::simulation
