#include "app/reload_report.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <utility>

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr int refused_code = 1;

json::array array_of(const std::vector<std::string>& names) {
    return json::array(names.begin(), names.end());
}

json::array array_of(const std::vector<config::problem>& problems, std::string_view file) {
    json::array all;
    for (const config::problem& each : problems) {
        const bool is_error = each.how == config::severity::error;
        all.push_back(json::object{{"severity", is_error ? "error" : "warning"},
                                   {"line", each.at.line},
                                   {"column", each.at.column},
                                   {"message", each.message},
                                   {"hint", each.hint},
                                   {"text", each.text(file)}});
    }
    return all;
}

}  // namespace

std::string_view name(reload_result of) noexcept {
    switch (of) {
        case reload_result::applied: return "applied";
        case reload_result::unchanged: return "unchanged";
        case reload_result::refused: break;
    }
    return "refused";
}

std::string summary_of(const reload_report& what) {
    std::string text =
        what.changes.is_none() && !what.other_keys.empty() ? std::string() : to_text(what.changes);
    for (const std::string& each : what.other_keys) {
        if (!text.empty()) text += "; ";
        text += "changed " + each;
    }
    return text;
}

std::string to_json(const reload_report& what) {
    json::array changed;
    for (const route_changes::changed_route& each : what.changes.changed) {
        changed.push_back(json::object{{"name", each.name}, {"keys", array_of(each.keys)}});
    }
    return json::serialize(json::object{{"result", name(what.result)},
                                        {"file", what.file},
                                        {"summary", summary_of(what)},
                                        {"added", array_of(what.changes.added)},
                                        {"removed", array_of(what.changes.removed)},
                                        {"changed", std::move(changed)},
                                        {"reordered", what.changes.is_reordered},
                                        {"other_keys", array_of(what.other_keys)},
                                        {"routes", what.routes},
                                        {"generation", what.generation},
                                        {"rules", what.rules},
                                        {"dropped", what.dropped},
                                        {"problems", array_of(what.problems, what.file)}});
}

reload_words words_of(std::string_view text) {
    const json::object what = json::parse(text).as_object();
    const auto said = [&what](const char* key) { return std::string(what.at(key).as_string()); };
    reload_words words;
    for (const json::value& each : what.at("problems").as_array()) {
        words.err += std::string(each.at("text").as_string()) + '\n';
    }
    const std::string result = said("result");
    if (result == name(reload_result::refused)) {
        words.err += "baudot: nothing is reloaded: the rules that ran before go on\n";
        words.exit_code = refused_code;
        return words;
    }
    words.out = fmt::format("{}: {}: {} ({} routes, generation {})\n", said("file"),
                            result == name(reload_result::applied) ? "reloaded" : "unchanged",
                            said("summary"), what.at("routes").to_number<std::size_t>(),
                            what.at("generation").to_number<std::uint64_t>());
    const auto dropped = what.at("dropped").to_number<std::size_t>();
    if (dropped > 0) {
        words.err += fmt::format(
            "baudot: {} posts that waited for an API are dropped: their route is gone\n", dropped);
    }
    return words;
}

}  // namespace baudot::app
