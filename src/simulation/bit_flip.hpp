#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "journal/disk_double.hpp"
#include "journal/segmented_journal.hpp"

namespace baudot::simulation {

/// P9: opens a copy of the journal in which one bit is wrong. What it said before, it must say
/// still, or say that something is wrong. The sentence names the file and bit that went unnoticed.
/// `files` is not changed.
std::optional<std::string> flip_a_bit(journal::disk_double& files,
                                      const journal::journal_options& options,
                                      std::uint64_t number);

}  // namespace baudot::simulation
