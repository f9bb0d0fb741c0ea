#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "async/task_group.hpp"
#include "simulation/fault_plan.hpp"
#include "simulation/judge.hpp"
#include "simulation/node.hpp"
#include "simulation/run.hpp"
#include "simulation/surroundings.hpp"

namespace baudot::simulation {

/// Lets the world live for the length of a run: posts, faults, and a process that is started
/// again whenever it ends.
class script {
public:
    /// A request in flight ends within its deadline; so a process that was told to stop ends.
    static constexpr duration stop_margin = std::chrono::seconds(150);

    script(surroundings& around, const run_options& options);
    ~script();

    /// Posts and faults, as planned.
    void play();

    /// Nothing goes wrong any more: whatever is owed must arrive.
    void drain();

    /// P5: one destination is held for minutes; the others must not notice.
    void hold_one();

    /// The process ends as it should.
    void end();

    const history& done() const { return done_; }
    std::size_t crashes() const { return crashes_; }
    std::size_t faults() const { return faults_; }
    std::size_t lives() const { return lives_; }

private:
    // A thing that is to be set right later.
    struct cure {
        time_point at{};
        std::function<void()> what;
    };

    // script.cpp
    void live_until(time_point when);
    void look_after();
    void revive();
    void bury(bool is_power_cut);
    void on_end();
    void check_bounds();
    void make_post();
    void post(const post_line& what);
    post_line draw_post();
    std::vector<std::size_t> choose_few(post_line& chosen);
    bool has_arrived(std::size_t post, chat_id destination) const;

    // script_faults.cpp
    void strike(const planned_fault& what);
    void strike_process(const planned_fault& what);
    void strike_disk(const planned_fault& what);
    void strike_telegram(const planned_fault& what);
    void strike_network(const planned_fault& what);
    void strike_world(const planned_fault& what);
    void kick(std::uint64_t number);
    void migrate(std::uint64_t number);
    boost::asio::awaitable<void> poll_as_rival(const cast_bot& bot);
    void heal_all();
    void later(duration after, std::function<void()> what);

    surroundings& around_;
    const run_options& options_;
    random_source random_;
    std::vector<planned_fault> plan_;
    std::unique_ptr<node> node_;
    time_point revive_at_{};
    std::optional<time_point> must_end_by_;  // it was told to stop
    bool is_last_ = false;                   // no other life follows
    int failures_due_ = 0;                   // disk and store were told to fail so often
    std::vector<cure> cures_;
    duration clock_ahead_{};
    history done_;
    std::size_t crashes_ = 0;
    std::size_t faults_ = 0;
    std::size_t lives_ = 0;
    task_group others_;  // other programs
};

}  // namespace baudot::simulation
