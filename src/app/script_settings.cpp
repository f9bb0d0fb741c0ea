#include "app/script_settings.hpp"

#include <algorithm>
#include <utility>

namespace baudot::app {

void read_script_code(config::reader& one, std::string_view key, script_source& script,
                      std::vector<config::position>& places) {
    one.required(key, script.code);
    config::position at = one.where(key);
    const auto lines = std::ranges::count(script.code, '\n');
    if (lines > 0) at = {.line = at.line + 1, .column = 1};  // a block: it begins below its sign
    for (std::ptrdiff_t line = 0; line <= lines; ++line) {
        places.push_back(at);
        ++at.line;
    }
}

void read_script_file(config::reader& one, std::string_view key, script_source& script,
                      std::vector<config::position>& places) {
    config::text_file file;
    if (one.required(key, file)) {
        script = {.code = std::move(file.text), .file = std::move(file.path)};
    }
    places.push_back(one.where(key));
}

}  // namespace baudot::app
