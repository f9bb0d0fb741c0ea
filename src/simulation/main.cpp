// baudot-simulation: whole nodes against the local Telegram under virtual time, seed by seed.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "async/timer_service.hpp"
#include "simulation/campaign.hpp"

namespace {

using namespace baudot;
using namespace baudot::simulation;

constexpr int exit_broken = 1;
constexpr int exit_usage = 2;

struct command_line {
    run_options run{};
    std::size_t seeds = 1;
    std::size_t jobs = 1;
    double hours = 1;
    std::vector<std::string> without{};
    std::string plays{};
    bool trace = false;
    bool json = false;
    bool twice = false;
    bool shrinks = false;
};

std::string replay_command(const run_options& options) {
    if (options.plays) {
        return fmt::format("baudot-simulation --scenario {} --seed {} --trace",
                           name(*options.plays), options.seed);
    }
    std::string text = fmt::format("baudot-simulation --seed {} --posts {} --chats {} --faults {}",
                                   options.seed, options.posts, options.chats, options.faults);
    text += fmt::format(" --crashes {} --hours {}", options.crashes,
                        std::chrono::duration<double, std::ratio<3600>>(options.length).count());
    for (const fault_kind each : options.without) text += fmt::format(" --without {}", name(each));
    return text + " --trace";
}

void tell_failure(const command_line& from, const seed_result& failed) {
    fmt::print(stderr, "seed {}: a promise is broken\n", failed.seed);
    for (const std::string& each : failed.report.broken) fmt::print(stderr, "  {}\n", each);
    run_options again = from.run;
    again.seed = failed.seed;
    fmt::print(stderr, "  again, with its trace: {}\n", replay_command(again));
    if (from.shrinks) {
        fmt::print(stderr, "  looking for less that fails ...\n");
        fmt::print(stderr, "  as little as that fails: {}\n", replay_command(shrink(again)));
    }
}

void print_totals(const command_line& from, const campaign_totals& all, double seconds) {
    const double speed = all.simulated_s / std::max(seconds, 1e-9);
    if (from.run.plays && !from.json) {
        fmt::print("{}: {} seeds, {} failed; measured {:.4f} to {:.4f}\n", name(*from.run.plays),
                   all.seeds, all.failed, all.measured_min, all.measured_max);
    }
    if (from.json) {
        fmt::print(
            "{{\"seeds\":{},\"failed\":{},\"posts\":{},\"deliveries\":{},\"delivered\":{},"
            "\"doubled\":{},\"skipped\":{},\"rejected\":{},\"crashes\":{},\"faults\":{},"
            "\"lives\":{},\"posts_min\":{},\"crashes_min\":{},\"faults_min\":{},"
            "\"measured_min\":{:.4f},\"measured_max\":{:.4f},"
            "\"simulated_s\":{:.0f},\"seconds\":{:.3f},\"times_real_time\":{:.0f}}}\n",
            all.seeds, all.failed, all.posts, all.deliveries, all.delivered, all.doubled,
            all.skipped, all.rejected, all.crashes, all.faults, all.lives, all.posts_min,
            all.crashes_min, all.faults_min, all.measured_min, all.measured_max, all.simulated_s,
            seconds, speed);
        return;
    }
    fmt::print("{} seeds, {} failed; at least {} posts, {} crashes and {} faults in each\n",
               all.seeds, all.failed, all.posts_min, all.crashes_min, all.faults_min);
    fmt::print(
        "{} posts, {} deliveries: {} delivered, {} rejected, {} skipped and named; {} "
        "doubled and named\n",
        all.posts, all.deliveries, all.delivered, all.rejected, all.skipped, all.doubled);
    fmt::print(
        "{} crashes and {} faults in {} lives; {:.0f} h in {:.1f} s, {:.0f} times real "
        "time\n",
        all.crashes, all.faults, all.lives, all.simulated_s / 3600, seconds, speed);
}

bool run_all(const command_line& from) {
    const steady_timers clock;
    const time_point begun = clock.now();
    time_point told = begun;
    campaign_totals all;
    run_seeds(from.run, from.seeds, from.jobs, [&](const seed_result& ended) {
        all.add(ended.report);
        if (!ended.report.broken.empty()) tell_failure(from, ended);
        if (clock.now() - told < std::chrono::seconds(5)) return;
        told = clock.now();
        fmt::print(stderr, "{} of {} seeds, {} failed\n", all.seeds, from.seeds, all.failed);
    });
    print_totals(from, all, std::chrono::duration<double>(clock.now() - begun).count());
    return all.failed == 0;
}

// The same seed, the same trace.
bool run_twice(const command_line& from) {
    const std::uint64_t first = run(from.run).trace_hash;
    const std::uint64_t second = run(from.run).trace_hash;
    fmt::print("seed {}: {:016x} and {:016x}\n", from.run.seed, first, second);
    return first == second;
}

void declare(CLI::App& app, command_line& to) {
    app.add_option("--seed", to.run.seed, "the first seed");
    app.add_option("--seeds", to.seeds, "how many, one after the other");
    app.add_option("--jobs", to.jobs, "at once");
    app.add_option("--posts", to.run.posts, "in each run, beside bursts");
    app.add_option("--chats", to.run.chats, "sources and destinations");
    app.add_option("--faults", to.run.faults, "in each run, with the crashes");
    app.add_option("--crashes", to.run.crashes, "of them, at least");
    app.add_option("--hours", to.hours, "over which posts and faults are spread")
        ->check(CLI::Range(0.01, 1000.0));
    app.add_option("--without", to.without, "a kind of fault to leave out; more than once");
    app.add_option("--scenario", to.plays,
                   "only this: shares, isolation, classes, urgency or holds");
    app.add_flag("--trace", to.trace, "print what happens, of one seed");
    app.add_flag("--twice", to.twice, "run one seed twice and compare the traces");
    app.add_flag("--shrink", to.shrinks, "of a seed that fails, look for less that fails");
    app.add_flag("--json", to.json, "the figures as JSON");
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Whole nodes against the local Telegram under virtual time, seed by seed.\n"
        "Exit code 1: a promise was broken; the seed and how to see it are on stderr.");
    command_line from;
    declare(app, from);
    CLI11_PARSE(app, argc, argv);
    for (const std::string& each : from.without) {
        const auto kind = fault_kind_of(each);
        if (!kind) {
            fmt::print(stderr, "there is no fault called '{}'\n", each);
            return exit_usage;
        }
        from.run.without.insert(*kind);
    }
    if (!from.plays.empty()) from.run.plays = scenario_of(from.plays);
    if (!from.plays.empty() && !from.run.plays) {
        fmt::print(stderr, "there is no scenario called '{}'\n", from.plays);
        return exit_usage;
    }
    from.run.length =
        std::chrono::duration_cast<duration>(std::chrono::duration<double>(from.hours * 3600));
    if (from.trace) {
        from.run.print = [](std::string_view line) { fmt::print("{}\n", line); };
        from.jobs = 1;
        from.seeds = 1;
    }
    const bool all_is_well = from.twice ? run_twice(from) : run_all(from);
    return all_is_well ? 0 : exit_broken;
}
