// Links between posts of one source, led to their copies when they are sent: by then the fate of
// whatever came before in the same lane is known (P4).
#include <optional>
#include <string>
#include <utility>

#include "engine/account_gate.hpp"
#include "engine/relay.hpp"
#include "model/delivery_id.hpp"
#include "text/fit.hpp"
#include "text/message_link.hpp"
#include "text/own_links.hpp"

namespace baudot::engine {

result<void> relay::link(started_send& what) const {
    const operation& planned = what.what();
    if (!planned.own) return {};
    auto made = std::make_unique<operation>(planned);
    made->own.reset();
    auto* const copied = std::get_if<copy_message>(&made->what);
    auto* const sent = std::get_if<send_text>(&made->what);
    formatted_text* const text = sent                        ? &sent->text
                                 : copied && copied->caption ? &*copied->caption
                                                             : nullptr;
    if (!text) return {};
    const chat_id destination = what.permit.destination;
    // Copies from before a group became a supergroup are in the chat that it was.
    const bool has_moved = state_.resolve(destination) != destination;
    std::optional<error> failure;
    const auto address = [&](message_id post) -> std::optional<std::string> {
        if (has_moved) return std::nullopt;
        const auto copy = find_copy(*what.plan, *planned.own, destination, post);
        if (!copy) failure = copy.error();
        if (!copy) return std::nullopt;
        return text::address_of(destination, gate_->username(destination), *copy);
    };
    const std::size_t units_max = sent ? text::text_units_max : text::caption_units_max;
    *text = text::lead_to_copies(*text, *planned.own, units_max, address);
    if (failure) return std::unexpected(*std::move(failure));
    what.linked = std::move(made);
    return {};
}

// Only a post itself is copied so far, so its version is 0; of a text in parts the first is meant.
result<message_id> relay::find_copy(const deliveries_planned& plan, const own_links& own,
                                    chat_id destination, message_id post) const {
    delivery_key key{
        .source = plan.source, .message = post, .route = plan.route, .destination = destination};
    auto found = state_.copy_of(key);
    for (const std::string& route : own.routes) {
        if (!found || *found != message_id{}) break;
        key.route = route;
        found = state_.copy_of(key);
    }
    return found;
}

// What was a text of such links alone. It was started, and nothing of it reached the wire.
void relay::settle_nothing_left(const started_send& what) {
    const dispatch::lanes::permit& permit = what.permit;
    settlement fate{.delivery = permit.delivery,
                    .kind = outcome_kind::rejected,
                    .message = {},
                    .why = reject_class::nothing_left,
                    .description = "nothing was left of it without its links"};
    facts_.emplace_back(deliveries_settled{{std::move(fate)}});
    pacer_.unanswered(permit.sender);
    gate_->undone(permit.sender, permit.destination);
    lanes_.resume_account(permit.sender);
    tries_.erase(permit.delivery);
    lanes_.finished(permit);
    notify();
}

}  // namespace baudot::engine
