#pragma once

#include "app/settings.hpp"
#include "config/reader.hpp"

namespace baudot::app {

/// What a configuration changes beside its routes and what else takes effect at once. Each such key
/// becomes a problem of `file`, with its place there: it needs a restart.
///
/// Routes and dead_letters may change while Baudot runs; accounts and their order, APIs, the data
/// directory, pace, journal and what is listened on may not.
void refuse_restart_keys(config::document& file, const settings& running, const settings& wanted);

}  // namespace baudot::app
