#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace baudot::app {

/// JSON Schema (draft 7, which editors know best) of a configuration, made of what its reader
/// names: no key is known to one and not to the other. What stands in values of a grammar of their
/// own (patterns, HTML, chats) is judged by `baudot check` alone.
boost::json::object configuration_schema();

/// Each key as "routes.weight"; of a mapping that stands in several places by its name, as
/// "filter.words".
std::vector<std::string> configuration_keys();

/// One line about a key, for the tooltips of editors; empty: there is none yet.
std::string_view line_about(std::string_view key);

/// All keys that have a line.
std::vector<std::string_view> described_keys();

/// JSON with a line for each member.
std::string pretty(const boost::json::value& what);

}  // namespace baudot::app
