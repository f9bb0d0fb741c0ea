#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "app/survey.hpp"
#include "config/reader.hpp"

namespace baudot::app {

/// How the posts of one source of a route get to one of its destinations: the method of the Bot
/// API and the account that calls it, "copyMessage by poster", or why they do not, "not at all".
struct passage {
    std::string route;
    std::string from;  // as written
    std::string to;
    std::string text;   // posts of text
    std::string media;  // posts with media
};

/// Holds a configuration against what Telegram says (a survey that describes). Every problem is
/// put into `file`, at the token or the chat that it is about. What is returned is what
/// `baudot run` would do: it is asked of the planner itself.
std::vector<passage> inspect(config::document& file, const settings& read, const findings& found);

}  // namespace baudot::app
