#pragma once

#include "simulation/run.hpp"

namespace baudot::simulation {

// One for each scenario. What is to be drawn is drawn from the seed; broken promises and figures
// go to the report.
void play_shares(const run_options& options, run_report& report);
void play_isolation(const run_options& options, run_report& report);
void play_classes(const run_options& options, run_report& report);
void play_urgency(const run_options& options, run_report& report);
void play_holds(const run_options& options, run_report& report);
void play_deaths(const run_options& options, run_report& report);

}  // namespace baudot::simulation
