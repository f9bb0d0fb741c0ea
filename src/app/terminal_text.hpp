#pragma once

#include <boost/json/object.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace baudot::app {

/// A stranger's text on one line of a terminal, without what steers it; longer than `most` bytes it
/// ends with "...".
std::string shortened(std::string_view text, std::size_t most);

/// A condition, or a step of a transform, as the configuration says it, on one line. `most`: bytes
/// of a list or text. `is_bare`: the key of what is looked for in the text is left out.
std::string condition_text(const boost::json::object& what, std::size_t most, bool is_bare);

/// Whether this descriptor is a terminal of somebody who wants colours (NO_COLOR).
bool wants_colour(int descriptor);

}  // namespace baudot::app
