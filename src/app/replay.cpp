#include "app/replay.hpp"

#include <algorithm>
#include <utility>

#include "app/everywhere.hpp"
#include "base/assert.hpp"

namespace baudot::app {
namespace {

router::compiled_rules compile(const settings& read, placeholders& names) {
    auto compiled = router::compiled_rules::compile(rules_of(read, names));
    BAUDOT_ASSERT(compiled.has_value(), "the configuration was read without a problem");
    return std::move(*compiled);
}

}  // namespace

std::string_view name(replay::said how) noexcept {
    switch (how) {
        case replay::said::taken: return "taken";
        case replay::said::refused: return "refused";
        case replay::said::passed_over: break;
    }
    return "passed over";
}

replay::replay(const settings& read, placeholders names)
    : read_(read),
      names_(std::move(names)),
      rules_(compile(read, names_)),
      tallies_(read.routes.size()) {
    const auto note = [this](const chat_text& chat) {
        const auto* name = std::get_if<std::string>(&chat.chat);
        if (name != nullptr) written_[names_.of(chat)] = *name;
    };
    for (const route_settings& each : read.routes) {
        std::ranges::for_each(each.from, note);
        std::ranges::for_each(each.to, note);
        if (each.check) note(*each.check);
        if (each.other) note(*each.other);
    }
}

std::string replay::chat_text_of(chat_id chat) const {
    const auto found = written_.find(chat);
    return found != written_.end() ? found->second : std::to_string(std::to_underlying(chat));
}

std::span<const replay::verdict> replay::judge(update what, bool with_messages) {
    verdicts_.clear();
    if (what.kind != update_kind::post || what.content.content == content_kind::service) {
        ++total_.others;
        return {};
    }
    ++total_.posts;
    what.account = everywhere::anybody;
    judge_as(what, with_messages);
    const chat_id by_name = names_.known(what.content.chat_username);
    if (by_name != chat_id{} && by_name != what.content.chat) {
        what.content.chat = by_name;
        judge_as(what, with_messages);
        std::ranges::sort(verdicts_, {}, &verdict::route);
        const auto again =
            std::ranges::unique(verdicts_, {}, &verdict::route);  // named in both ways
        verdicts_.erase(again.begin(), again.end());
    }
    count();
    return verdicts_;
}

// Of the routes that call its chat so.
void replay::judge_as(const update& what, bool with_messages) {
    const std::size_t first = verdicts_.size();
    const auto said_by = rules_.judge(what.content);
    for (const auto& [route, how] : said_by) {
        verdicts_.push_back({.route = route, .how = how, .to = {}});
    }
    const std::span judged = std::span(verdicts_).subspan(first);
    if (judged.empty()) return;
    const update_received received{what};
    for (deliveries_planned& plan :
         rules_.plan_for({.what = received}, said_by, everywhere()).plans) {
        const auto of = std::ranges::find(
            judged, plan.route, [this](const verdict& each) { return route_name(each.route); });
        BAUDOT_ASSERT(of != judged.end(), "what is planned was judged");
        for (const planned_delivery& each : plan.deliveries) {
            if (each.why != reject_class::none) continue;  // transforms left nothing to send
            if (of->to.empty() || of->to.back() != each.destination) {  // else a further part
                of->to.push_back(each.destination);
                if (with_messages) of->messages.emplace_back();
            }
            if (with_messages) of->messages.back().push_back(plan.variants[each.variant]);
        }
    }
}

void replay::count() {
    bool is_relayed = false;
    for (const verdict& each : verdicts_) {
        tally& by = tallies_[each.route];
        switch (each.how) {
            case said::taken: ++by.taken; break;
            case said::refused: ++by.refused; break;
            case said::passed_over: ++by.passed_over; break;
        }
        is_relayed = is_relayed || each.how == said::taken;
        (each.how == said::taken ? by.copies : by.reviews) += each.to.size();
        if (each.how == said::taken) total_.copies += each.to.size();
    }
    total_.relayed += is_relayed ? 1 : 0;
    total_.of_none += verdicts_.empty() ? 1 : 0;
}

}  // namespace baudot::app
