#include "simulation/run.hpp"

#include "simulation/judge.hpp"
#include "simulation/script.hpp"
#include "simulation/surroundings.hpp"

namespace baudot::simulation {
namespace {

bool fails(const run_options& options) {
    return !run(options).broken.empty();
}

}  // namespace

run_report run(const run_options& options) {
    run_report report;
    surroundings around(options.seed, options.chats, options.print);
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
