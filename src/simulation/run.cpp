#include "simulation/run.hpp"

#include <algorithm>
#include <array>

#include "simulation/judge.hpp"
#include "simulation/scenarios.hpp"
#include "simulation/script.hpp"
#include "simulation/surroundings.hpp"

namespace baudot::simulation {
namespace {

constexpr std::array<std::string_view, scenarios> names = {"shares",  "isolation", "classes",
                                                           "urgency", "holds",     "deaths"};

run_report play(const run_options& options) {
    run_report report;
    switch (*options.plays) {
        case scenario::shares: play_shares(options, report); break;
        case scenario::isolation: play_isolation(options, report); break;
        case scenario::classes: play_classes(options, report); break;
        case scenario::urgency: play_urgency(options, report); break;
        case scenario::holds: play_holds(options, report); break;
        case scenario::deaths: play_deaths(options, report); break;
    }
    return report;
}

bool fails(const run_options& options) {
    return !run(options).broken.empty();
}

}  // namespace

std::string_view name(scenario which) noexcept {
    return names[static_cast<std::size_t>(which)];
}

std::optional<scenario> scenario_of(std::string_view wanted) noexcept {
    const auto at = std::ranges::find(names, wanted);
    if (at == names.end()) return std::nullopt;
    return static_cast<scenario>(at - names.begin());
}

run_report run(const run_options& options) {
    if (options.plays) return play(options);
    run_report report;
    random_source random(options.seed);
    backdrop made = draw_backdrop(random, options.chats);
    surroundings around(random, std::move(made), options.print);
    const time_point begun = around.timers.now();
    {
        script played(around, options);
        played.play();
        played.drain();
        played.hold_one();
        played.end();
        judge(around, played.done(), report);
        report.posts = played.done().posts.size();
        report.crashes = played.crashes();
        report.faults = played.faults();
        report.lives = played.lives();
    }
    around.log.note(around.timers.now(), "history", around.at().in().history_hash().low);
    report.trace_hash = around.log.hash();
    report.broken = around.seen.faults();
    report.requests = around.seen.requests();
    report.simulated = around.timers.now() - begun;
    return report;
}

run_options shrink(run_options failing) {
    failing.print = {};
    if (failing.plays) return failing;  // there is nothing to leave out
    for (std::size_t kind = 0; kind < fault_kinds; ++kind) {
        run_options fewer = failing;
        fewer.without.insert(static_cast<fault_kind>(kind));
        if (fails(fewer)) failing = std::move(fewer);
    }
    while (failing.posts > 1) {
        run_options fewer = failing;
        fewer.posts /= 2;
        if (!fails(fewer)) break;
        failing = std::move(fewer);
    }
    return failing;
}

}  // namespace baudot::simulation
