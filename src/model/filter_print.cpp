#include "model/filter_print.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <utility>

namespace baudot {
namespace {

namespace json = boost::json;

template <class Values>
json::array list(const Values& values) {
    json::array made;
    made.reserve(values.size());
    for (const auto& each : values) {
        if constexpr (requires { std::string_view(each); }) {
            made.emplace_back(std::string_view(each));
        } else {
            made.emplace_back(name(each));
        }
    }
    return made;
}

std::string_view case_of(bool is_ignored) {
    return is_ignored ? "ignore" : "exact";
}

struct condition_printer {
    json::object operator()(const pattern_condition& what) const {
        return {{name(what.in), list(what.patterns)}, {"case", case_of(what.ignore_case)}};
    }
    json::object operator()(const word_condition& what) const {
        return {{"words", list(what.words)}, {"case", case_of(what.ignore_case)}};
    }
    json::object operator()(const submatch_condition& what) const {
        return {{"match",
                 {{"pattern", what.pattern}, {"group", what.group}, {"in", list(what.values)}}},
                {"case", case_of(what.ignore_case)}};
    }
    json::object operator()(const range_condition& what) const {
        json::object bounds;
        if (what.least) bounds["at_least"] = *what.least;
        if (what.most) bounds["at_most"] = *what.most;
        return {{name(what.of), std::move(bounds)}};
    }
    json::object operator()(const name_condition& what) const {
        return {{name(what.in), list(what.names)}};
    }
    json::object operator()(const media_condition& what) const {
        return {{"media", list(what.kinds)}};
    }
    json::object operator()(const trait_condition& what) const {
        return {{"has", list(what.traits)}};
    }
    json::object operator()(const time_condition& what) const {
        return {{"time",
                 {{"days", what.days},
                  {"from", what.from},
                  {"to", what.to},
                  {"zone", what.zone.name()}}}};
    }
    // The code says what it does, wherever it was read from.
    json::object operator()(const script_condition& what) const {
        return {{"script", what.script.code}};
    }
};

}  // namespace

json::object to_json_object(const post_filter& filter) {
    if (filter.how == post_filter::kind::condition) {
        return std::visit(condition_printer{}, filter.what);
    }
    if (filter.how == post_filter::kind::negation) {
        return {{"not", to_json_object(filter.parts.front())}};
    }
    json::array parts;
    for (const post_filter& each : filter.parts) parts.emplace_back(to_json_object(each));
    const std::string_view key = filter.how == post_filter::kind::all ? "all" : "any";
    return {{key, std::move(parts)}};
}

}  // namespace baudot
