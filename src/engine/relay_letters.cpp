// Dead letters: what operators ask for.
#include <utility>

#include "engine/relay.hpp"
#include "model/print.hpp"

namespace baudot::engine {
namespace asio = boost::asio;
namespace {

std::string why_without_content(reject_class why) {
    switch (why) {
        case reject_class::not_copyable:
            return "its source protects its content, so it was not kept";
        case reject_class::nothing_left:
        case reject_class::too_long: return "its route's transforms made nothing that can be sent";
        case reject_class::transform_failed:
            return "an external API or a script did not give its text back, and its route does not "
                   "let it go without";
        default: return "its content is not known: an older version did not keep it";
    }
}

}  // namespace

// An order that came first wins: the event of a later one changes nothing (state::apply), and what
// it finds then is the mark of the first.
asio::awaitable<result<relay::retries>> relay::retry(std::vector<retry_order> orders) {
    retries outcomes;
    std::vector<event> plans;
    for (const retry_order& each : orders) {
        auto plan = plan_again(each);
        outcomes.push_back(plan ? result<sequence>() : std::unexpected(plan.error()));
        if (plan) plans.push_back(*std::move(plan));
    }
    if (plans.empty()) co_return outcomes;
    if (auto durable = co_await append_soon(std::move(plans)); !durable) {
        co_return std::unexpected(durable.error());
    }
    for (std::size_t at = 0; at < orders.size(); ++at) {
        if (!outcomes[at]) continue;
        const auto mark = state_.dead().find(orders[at].letter);
        if (!mark) co_return std::unexpected(mark.error());
        outcomes[at] = *mark ? (*mark)->retried_as : sequence{0};
    }
    co_return outcomes;
}

asio::awaitable<result<void>> relay::drop(std::vector<delivery_ref> letters) {
    std::vector<event> events;
    events.emplace_back(dead_letters_dropped{std::move(letters)});
    return append_soon(std::move(events));
}

result<event> relay::plan_again(const retry_order& order) const {
    const auto found = state_.dead().find(order.letter);
    if (!found) return std::unexpected(found.error());
    if (!*found) return fail(errc::not_found, "there is no such letter (any more)");
    if (auto may = why_not(order, **found); !may) return std::unexpected(may.error());
    deliveries_planned plan = (*found)->what;
    plan.retry_of = order.letter;
    plan.terms.expire_after = {};  // whoever asks for it wants it late
    planned_delivery& again = plan.deliveries.front();
    again.why = reject_class::none;
    if (order.sender != account_id{0}) again.sender = order.sender;
    return plan;
}

result<void> relay::why_not(const retry_order& order, const dead_letter& of) const {
    if (of.retried_as != sequence{0}) {
        const delivery_ref now{of.retried_as, 0};
        const auto owed = state_.owed().find(now);
        const bool is_pending = owed && *owed != dispatch::ledger::state::settled;
        return fail(errc::conflict, is_pending ? "it is owed again already, as " + to_text(now)
                                               : "it was retried before, as " + to_text(now));
    }
    if (of.what.variants.empty()) {
        return fail(errc::invalid_argument, why_without_content(of.why));
    }
    if (of.may_double() && !order.may_double) {
        return fail(errc::invalid_argument,
                    "nobody knows whether it was sent: look there, and retry it with --may-double");
    }
    if (of.delivery().sender == account_id{0} && order.sender == account_id{0}) {
        return fail(errc::invalid_argument, "no account is known that could deliver it");
    }
    return {};
}

}  // namespace baudot::engine
