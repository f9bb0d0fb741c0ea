// What a script makes of a text.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "script/program.hpp"
#include "text/differences.hpp"
#include "text/steps.hpp"

namespace baudot::text {
namespace {

using policy = script_step::policy;

std::string_view text_of(const marked_text& in, const mark& which) {
    return std::string_view(in.bytes).substr(which.begin, which.end - which.begin);
}

bool is_same(const mark& left, const mark& right) {
    return left.begin == right.begin && left.end == right.end && left.what == right.what;
}

class scripting final : public transform::step {
public:
    scripting(script::program program, policy on_failure)
        : program_(std::move(program)), on_failure_(on_failure) {}

    applied apply(const transform_input& of, marked_text& to) const override {
        std::vector<script::span_entity> entities;
        entities.reserve(to.marks.size());
        for (const mark& each : to.marks) {
            entities.push_back({.begin = each.begin, .end = each.end, .what = &each.what});
        }
        auto made = program_.change({.post = of.post, .text = to.bytes, .entities = entities});
        if (!made) {
            if (of.troubles != nullptr) of.troubles->push_back(made.error());
            if (on_failure_ == policy::pass) return {};
            return {.is = applied::state::failed, .reason = std::move(made.error())};
        }
        if (*made) take(**made, to);
        return {};
    }

private:
    // What stays keeps its entities, unless the script says which there are.
    static void take(const script::new_text& made, marked_text& to) {
        const marked_text before = to;
        apply_edits(differences(to.bytes, made.text), to);
        if (!made.entities) return;
        std::vector<mark> marks;
        for (const script::new_text::entity& each : *made.entities) {
            mark& one =
                marks.emplace_back(mark{.begin = each.begin, .end = each.end, .what = each.what});
            one.what.offset = 0;
            one.what.length = 0;
            // What Telegram has found stays what it is only where it stays as it was.
            one.is_touched = std::ranges::none_of(before.marks, [&](const mark& old) {
                return !old.is_touched && old.what.type == one.what.type &&
                       text_of(before, old) == text_of(to, one);
            });
        }
        for (mark& each : to.marks) each.what.offset = each.what.length = 0;
        to.is_changed = to.is_changed || !std::ranges::equal(marks, to.marks, is_same);
        to.marks = std::move(marks);
    }

    script::program program_;
    policy on_failure_;
};

}  // namespace

made_step make_step(const script_step& step, std::uint32_t place) {
    auto program = script::program::compile(step.script);
    if (!program) {
        return std::unexpected(transform_error{.place = place + program.error().line,
                                               .offset = {},
                                               .message = std::move(program.error().message)});
    }
    return std::make_shared<scripting>(*std::move(program), step.on_failure);
}

}  // namespace baudot::text
