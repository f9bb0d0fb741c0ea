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
};

}  // namespace

json::array to_json_array(const transform_steps& steps) {
    json::array made;
    for (const transform_step& each : steps) made.push_back(std::visit(step_printer{}, each.what));
    return made;
}

}  // namespace baudot
