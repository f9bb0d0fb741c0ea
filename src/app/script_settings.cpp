#include "app/script_settings.hpp"

#include <algorithm>
#include <utility>

namespace baudot::app {

bool read_script_code(config::reader& one, std::string_view key, script_source& script,
                      std::vector<config::position>& places) {
    if (!one.optional(key, script.code)) return false;
    config::position at = one.where(key);
    const auto lines = std::ranges::count(script.code, '\n');
    if (lines > 0) at = {.line = at.line + 1, .column = 1};  // a block: it begins below its sign
    for (std::ptrdiff_t line = 0; line <= lines; ++line) {
        places.push_back(at);
        ++at.line;
    }
    return true;
}

void read_script(config::reader& part, script_source& script,
                 std::vector<config::position>& places) {
    const bool has_code = part.items("code") > 0;
    read_script_code(part, "code", script, places);
    std::string path;  // there need not be one, so it is asked for as such first
    const bool has_file = part.optional("file", path);
    if (has_code && part.items("file") == 0) return;
    if (has_code) {
        part.error(part.where("file"), "\"file\" stands beside \"code\"",
                   "a script stands here, or in a file");
        return;
    }
    config::text_file file;
    if (has_file && part.required("file", file)) {
        script = {.code = std::move(file.text), .file = std::move(file.path)};
    }
    if (part.items("file") == 0) part.error(part.where(), "\"file\" is missing");
    places.push_back(part.where("file"));
}

}  // namespace baudot::app
