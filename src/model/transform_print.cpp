#include "model/transform_print.hpp"

#include <boost/json/object.hpp>

#include <utility>

namespace baudot {
namespace {

namespace json = boost::json;

struct step_printer {
    json::object operator()(const replace_step& step) const {
        json::array all;
        for (const replacement& each : step.all) {
            all.push_back({{each.is_pattern ? "pattern" : "from", each.find},
                           {"to", each.with},
                           {"whole_words", each.whole_words},
                           {"case", each.ignore_case ? "ignore" : "exact"}});
        }
        return {{"replace", std::move(all)}};
    }
    json::object operator()(const rewrite_step& step) const {
        if (step.how != rewrite_step::action::replace) return {{name(step.what), name(step.how)}};
        return {{name(step.what), {{"replace_with", step.with}}}};
    }
    json::object operator()(const add_step& step) const {
        return {{name(step.where),
                 {{"text", step.html}, {"gap", name(step.apart)}, {"zone", step.zone.name()}}}};
    }
    json::object operator()(const style_step& step) const { return {{"style", step.type}}; }
    json::object operator()(const strip_caption_step&) const { return {{"caption", "strip"}}; }
    json::object operator()(const own_links_step& step) const {
        json::value without = json::string(name(step.without_copy));
        if (step.without_copy == own_links::action::replace)
            without = {{"replace_with", step.with}};
        return {{"own_links", {{"without_copy", std::move(without)}}}};
    }
    json::object operator()(const ask_step& step) const {
        json::object made{{"api", step.what.api}};
        if (!step.what.from.empty()) made["from"] = step.what.from;
        if (!step.what.to.empty()) made["to"] = step.what.to;
        if (!step.what.prompt.empty()) made["prompt"] = step.what.prompt;
        made["on_failure"] = name(step.what.on_failure);
        if (step.what.on_failure == rewrite_failure_policy::hold) {
            made["hold_at_most_ms"] = step.what.hold_at_most.count();
        }
        return {{step.what.to.empty() ? "rewrite" : "translate", std::move(made)}};
    }
    // The code says what it does, wherever it was read from.
    json::object operator()(const script_step& step) const {
        return {{"script", {{"code", step.script.code}, {"on_failure", name(step.on_failure)}}}};
    }
};

}  // namespace

json::array to_json_array(const transform_steps& steps) {
    json::array made;
    for (const transform_step& each : steps) made.push_back(std::visit(step_printer{}, each.what));
    return made;
}

}  // namespace baudot
