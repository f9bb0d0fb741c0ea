#pragma once

namespace baudot {

/// The climb while no ceiling is known: half as fast again every three seconds, or every four calls
/// where that takes longer. Calls per second after `seconds`, from `pace`.
double climbed(double pace, double seconds);

/// The rate that a climb passed on its way to the refusal at `pace`: there the calls beyond the
/// rate had used up `burst`. A burst of one: not known, taken as one second of the rate.
double rate_before_climb(double pace, double burst);

/// What the pace must gain per second so that in `seconds` it gains `below` and then, beyond it,
/// uses up `burst`.
double slope_of_run(double below, double burst, double seconds);

}  // namespace baudot
