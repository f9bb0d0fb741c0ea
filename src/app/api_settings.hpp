#pragma once

#include <vector>

#include "config/reader.hpp"
#include "model/rewrite.hpp"

namespace baudot::app {

struct settings;

/// An external API, and where the file says what it is called.
struct api_settings {
    text_api what;
    config::position at;
};

/// `apis`. Problems of each are in the document.
void read_apis(config::reader& top, std::vector<api_settings>& apis);

/// Whether the steps of routes ask APIs that there are, for what they can do, and whether each API
/// is asked by one.
void judge_apis(config::document& file, const settings& read);

}  // namespace baudot::app
