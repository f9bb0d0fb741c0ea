#include "app/post_history.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/ascii_lower.hpp"

namespace baudot::app {
namespace {

using kind = delivery_step::kind;

// A plan that the journal has moved keeps the position that it had.
sequence place_of(sequence position, const deliveries_planned& what) {
    return what.moved_from != sequence{} ? what.moved_from : position;
}

kind kind_of(outcome_kind what) {
    switch (what) {
        case outcome_kind::delivered: return kind::delivered;
        case outcome_kind::refused: return kind::refused;
        case outcome_kind::rejected: return kind::rejected;
        case outcome_kind::uncertain: return kind::uncertain;
        case outcome_kind::not_sent: break;
    }
    return kind::not_sent;
}

}  // namespace

void post_history::add(sequence position, const event& what) {
    if (first_ == sequence{}) first_ = position;
    last_ = position;
    std::visit([&](const auto& each) { visit(position, each); }, what);
}

std::optional<post_history> post_history::second_reading() const {
    if (!is_torn_) return std::nullopt;
    post_history made(of_);
    made.deliveries_ = deliveries_;
    made.first_of_plan_ = first_of_plan_;
    for (delivery_history& each : made.deliveries_) each.steps.clear();
    return made;
}

chat_id post_history::moved(chat_id chat) const {
    const auto found = migrated_.find(chat);
    return found == migrated_.end() ? chat : found->second;
}

record_time post_history::time_of(sequence at) const {
    const auto found = times_.find(at);
    return found == times_.end() ? record_time{} : found->second;
}

bool post_history::is_of(chat_id chat, const std::string& username) const {
    if (const auto* id = std::get_if<chat_id>(&of_.chat)) return chat == *id;
    if (chat == chat_ && chat != chat_id{}) return true;
    return !username.empty() && '@' + ascii_lower(username) == std::get<std::string>(of_.chat);
}

void post_history::note_time(sequence position, std::int64_t at) {
    if (at == 0) return;
    if (begins_at_ == 0) begins_at_ = at;
    newest_ = std::max(newest_, at);
    for (const sequence each : without_end_) {
        if (each < position) times_[each].not_after = at;
    }
    std::erase_if(without_end_, [&](sequence each) { return each < position; });
}

void post_history::remember(sequence position) {
    if (times_.try_emplace(position, record_time{.not_before = newest_}).second) {
        without_end_.push_back(position);
    }
}

void post_history::decide_rules() {
    rules_then_ = rules_last_;
    rules_changes_ = 0;
}

delivery_history* post_history::find(const delivery_ref& ref) {
    const auto plan = first_of_plan_.find(std::to_underlying(ref.planned));
    if (plan == first_of_plan_.end()) return nullptr;
    const std::size_t at = plan->second + ref.index;
    const bool is_there = at < deliveries_.size() && deliveries_[at].ref == ref;
    return is_there ? &deliveries_[at] : nullptr;
}

void post_history::visit(sequence position, const update_received& what) {
    const message& post = what.what.content;
    note_time(position, what.what.received_at);
    if (post.id != of_.message || !is_of(post.chat, post.chat_username)) return;
    chat_ = post.chat;
    auto& known = seen_[intake::source_key(what.what)];
    const intake::verdict is = intake::judge(what.what, known);
    if (is.what == intake::news::post) decide_rules();
    arrivals_.push_back({.at = position, .what = what.what, .is = is});
    times_[position] = {.not_before = what.what.received_at, .not_after = what.what.received_at};
}

void post_history::visit(sequence position, const deliveries_planned& what) {
    if (what.message != of_.message || !is_of(what.source, {})) return;
    const sequence place = place_of(position, what);
    const auto [known, is_new] =
        first_of_plan_.try_emplace(std::to_underlying(place), deliveries_.size());
    if (place == position) {
        decide_rules();
        remember(position);
    }
    end_wait(what.route, position);
    if (!is_new) return;
    chat_ = what.source;
    is_torn_ = is_torn_ || place != position;
    for (std::uint32_t index = 0; index < what.deliveries.size(); ++index) {
        const planned_delivery& each = what.deliveries[index];
        delivery_history& made = deliveries_.emplace_back();
        made.ref = {.planned = place, .index = index};
        made.cause = what.cause;
        made.version = what.version;
        made.route = what.route;
        made.id = each.id;
        made.destination = each.destination;
        made.account = each.sender;
        made.why = each.why;
        if (each.variant < what.variants.size()) made.what = what.variants[each.variant];
        made.retry_of = what.retry_of;
    }
    if (delivery_history* before = find(what.retry_of)) {
        before->steps.push_back(
            {.what = kind::retried, .at = position, .description = {}, .retry = {place, 0}});
    }
}

void post_history::visit(sequence position, const deliveries_started& what) {
    for (std::size_t at = 0; at < what.deliveries.size(); ++at) {
        delivery_history* of = find(what.deliveries[at]);
        if (of == nullptr) continue;
        const bool is_named = at < what.senders.size() && what.senders[at] != account_id{};
        if (is_named) of->account = what.senders[at];
        of->steps.push_back({.what = kind::started,
                             .at = position,
                             .account = of->account,
                             .description = {},
                             .retry = {}});
        remember(position);
    }
}

void post_history::visit(sequence position, const deliveries_settled& what) {
    for (const settlement& each : what.settlements) {
        note_time(position, each.at);
        add_steps(each, position);
    }
}

void post_history::add_steps(const settlement& what, sequence position) {
    constexpr std::size_t most = 100'000;  // a number is the same in many chats
    const bool is_copy = what.kind == outcome_kind::delivered && what.message == of_.message;
    if (is_copy && possible_copies_.size() < most) possible_copies_.push_back(what.delivery);
    delivery_history* of = find(what.delivery);
    if (of == nullptr) return;
    of->steps.push_back({.what = kind_of(what.kind),
                         .at = position,
                         .account = of->account,
                         .message = what.message,
                         .why = what.why,
                         .description = what.description,
                         .retry = {}});
    if (what.at != 0) {
        times_[position] = {.not_before = what.at, .not_after = what.at};
    } else {
        remember(position);
    }
}

// What waits for an account that was told to wait, and what was told so.
void post_history::visit(sequence position, const hold_set& what) {
    for (delivery_history& each : deliveries_) {
        if (each.account != what.account || each.why != reject_class::none) continue;
        if (what.chat != chat_id{} && what.chat != moved(each.destination)) continue;
        const kind last = each.steps.empty() ? kind::refused : each.steps.back().what;
        if (last == kind::held) each.steps.back().until = what.until;
        if (last != kind::started && last != kind::refused) continue;
        each.steps.push_back({.what = kind::held,
                              .at = position,
                              .account = what.account,
                              .description = {},
                              .until = what.until,
                              .retry = {}});
        remember(position);
    }
}

void post_history::visit(sequence position, const rules_changed& what) {
    rules_last_ = {.at = position, .what = what};
    ++rules_changes_;
}

void post_history::visit(sequence, const chat_migrated& what) {
    migrated_[what.from] = what.to;
}

void post_history::visit(sequence position, const dead_letters_dropped& what) {
    for (const delivery_ref& each : what.letters) {
        delivery_history* of = find(each);
        if (of == nullptr) continue;
        of->steps.push_back({.what = kind::dropped,
                             .at = position,
                             .description = {},
                             .retry = {},
                             .dropped_for = what.why});
        remember(position);
    }
}

void post_history::visit(sequence position, const limit_learned& what) {
    note_time(position, what.at);
}

void post_history::visit(sequence position, const post_waits& what) {
    const bool is_ours =
        std::ranges::any_of(arrivals_, [&](const arrival& each) { return each.at == what.cause; });
    const bool is_named = what.what && what.what->content.id == of_.message &&
                          is_of(what.what->content.chat, what.what->content.chat_username);
    if (!is_ours && !is_named) return;
    remember(position);
    if (what.what) {
        waits_.push_back({.route = what.route, .at = position});
        return;
    }
    end_wait(what.route, position);
}

void post_history::end_wait(const std::string& route, sequence position) {
    const auto open = std::ranges::find_if(waits_, [&](const api_wait& each) {
        return each.route == route && each.over == sequence{};
    });
    if (open != waits_.end()) open->over = position;
}

copy_search::copy_search(const std::vector<delivery_ref>& possible, chat_id chat) : chat_(chat) {
    for (const delivery_ref& each : possible) {
        possible_[std::to_underlying(each.planned)].push_back(each.index);
    }
}

void copy_search::add(sequence position, const event& what) {
    const auto* plan = std::get_if<deliveries_planned>(&what);
    if (plan == nullptr) return;
    const auto of = possible_.find(std::to_underlying(place_of(position, *plan)));
    if (of == possible_.end()) return;
    for (const std::uint32_t index : of->second) {
        if (index >= plan->deliveries.size()) continue;
        if (plan->deliveries[index].destination != chat_) continue;
        found_ = post_name{.chat = plan->source, .message = plan->message};
    }
}

}  // namespace baudot::app
