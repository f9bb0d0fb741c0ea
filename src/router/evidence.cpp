#include "router/evidence.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "router/conditions.hpp"
#include "router/folded_values.hpp"

namespace baudot::router {
namespace {

/// Of one condition.
class finder {
public:
    finder(const filter_program& program, std::uint32_t node, post_facts& facts)
        : program_(program), node_(node), facts_(facts) {}

    evidence operator()(const pattern_condition& what) { return found_of(what.patterns); }
    evidence operator()(const word_condition& what) { return found_of(what.words); }

    evidence operator()(const submatch_condition&) {
        const auto found = program_.find(node_, facts_);
        if (!found) return {};
        return {.value = std::string(found->text), .post = {std::string(found->text)}};
    }

    evidence operator()(const range_condition& what) {
        if (what.of == range_condition::number::length) {
            return {.value = {}, .post = {std::to_string(facts_.length())}};
        }
        const auto& media = facts_.post().media;
        if (!media || media->size <= 0) return {};
        return {.value = {}, .post = {std::to_string(media->size)}};
    }

    evidence operator()(const name_condition& what) {
        evidence made;
        const auto& names = facts_.names(what.in);
        if (!names) return made;
        made.post = *names;
        const auto one = std::ranges::find_if(what.names, [&](const std::string& each) {
            return std::ranges::any_of(*names, [&](const std::string& is) {
                return what.in == name_condition::place::hashtag
                           ? folded_values(std::vector{each}).contain(is)
                           : each == is;
            });
        });
        if (one != what.names.end()) made.value = *one;
        return made;
    }

    evidence operator()(const media_condition& what) {
        const content_kind is = facts_.post().content;
        evidence made{.value = {}, .post = {std::string(name(is))}};
        if (std::ranges::find(what.kinds, is) != what.kinds.end()) made.value = name(is);
        return made;
    }

    evidence operator()(const trait_condition& what) {
        for (const trait_condition::trait each : what.traits) {
            if (holds(trait_condition{.traits = {each}}, facts_) != truth::yes) continue;
            return {.value = std::string(name(each)), .post = {}};
        }
        return {};
    }

    evidence operator()(const script_condition&) { return {}; }  // what it asks is its own

    evidence operator()(const time_condition& what) {
        const std::int64_t date = facts_.post().date;
        const std::chrono::sys_seconds here(std::chrono::seconds(date + what.zone.offset_at(date)));
        return {.value = {}, .post = {fmt::format("{:%a %Y-%m-%d %H:%M}", here)}};
    }

private:
    evidence found_of(const std::vector<std::string>& values) {
        const auto found = program_.find(node_, facts_);
        if (!found) return {};
        return {.value = values[found->item], .post = {std::string(found->text)}};
    }

    const filter_program& program_;
    std::uint32_t node_;
    post_facts& facts_;
};

}  // namespace

evidence evidence_of(const post_condition& what, const filter_program& program, std::uint32_t node,
                     post_facts& facts) {
    return std::visit(finder(program, node, facts), what);
}

}  // namespace baudot::router
