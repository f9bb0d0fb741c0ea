#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "base/random.hpp"
#include "simulation/judge.hpp"
#include "simulation/node.hpp"
#include "simulation/run.hpp"
#include "simulation/surroundings.hpp"

namespace baudot::simulation {

/// What a scenario starts from: one bot at the documented pace, and a Telegram that takes its time
/// and never fails. Chats and routes are to be added.
backdrop calm_backdrop();

/// A new source and `chats` new destinations of this type, joined by a route of these terms. The
/// source's place.
std::size_t add_route(cast& to, const delivery_terms& terms, std::size_t chats,
                      const std::string& type);

/// `count` calls per second, and a burst of as many: what Telegram allows a bot, and what the
/// process believes of it.
void limit_account(backdrop& of, int count);

/// A whole node in a run where nothing goes wrong but what a scenario asks for, so that what it
/// measures is not blurred by random faults. The node lives from the beginning and is killed in
/// the end.
class stage {
public:
    stage(std::uint64_t seed, backdrop made, trace::printer print);
    ~stage();

    /// One after the other, from one source.
    void post(std::size_t source, std::size_t count = 1);

    void live(duration how_long);

    /// Until nothing is owed, and no longer than this. False: something still is.
    bool drain(duration longest);

    /// Until all posts made so far are durable and planned; at most an hour.
    void take_in();

    /// kill -9 and a start at once.
    void restart();

    /// Sends that are over, in the order of their answers.
    const std::vector<wire_send>& sends() const { return sends_; }

    /// Called with each of them, too.
    void on_send(std::function<void(const wire_send&)> call) { on_send_ = std::move(call); }

    time_point now() const { return around_.timers.now(); }
    surroundings& around() { return around_; }
    const engine::relay& relay() const { return node_->tested(); }
    /// Of all that was posted and drained: each post has its copies. What is `tied` to an account
    /// that is gone may have been rejected. Adds to the figures of `to`.
    void judge(std::set<witness::copy_key> tied, run_report& to);

    /// Adds what there is to say of this run.
    void report(run_report& to) const;

    void fault(std::string what) { around_.seen.fault(std::move(what)); }

private:
    void start();

    surroundings around_;
    std::unique_ptr<node> node_;
    std::vector<wire_send> sends_;
    std::function<void(const wire_send&)> on_send_;
    history done_;
    std::size_t lives_ = 0;
    time_point begun_ = around_.timers.now();
};

}  // namespace baudot::simulation
