#include "model/event.hpp"

namespace baudot {

deliveries_planned cut_out(const deliveries_planned& plan, std::uint32_t index) {
    deliveries_planned one{.cause = plan.cause,
                           .moved_from = {},
                           .retry_of = {},
                           .source = plan.source,
                           .message = plan.message,
                           .version = plan.version,
                           .route = plan.route,
                           .on_uncertain = plan.on_uncertain,
                           .terms = plan.terms,
                           .received_at = plan.received_at,
                           .variants = {},
                           .deliveries = {plan.deliveries.at(index)}};
    planned_delivery& alone = one.deliveries.front();
    if (alone.variant < plan.variants.size()) one.variants.push_back(plan.variants[alone.variant]);
    alone.variant = 0;
    return one;
}

}  // namespace baudot
