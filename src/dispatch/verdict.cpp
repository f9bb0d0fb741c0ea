#include "dispatch/verdict.hpp"

#include <algorithm>
#include <utility>

namespace baudot::dispatch {
namespace {

using namespace std::chrono_literals;

settlement settle(const delivery_ref& delivery, const outcome& what, outcome_kind kind) {
    return {.delivery = delivery,
            .kind = kind,
            .message = what.message,
            .why = what.why,
            .description = what.description};
}

verdict again(const delivery_ref& delivery, const outcome& what, outcome_kind undone) {
    return {.settled = settle(delivery, what, undone), .again = true};
}

verdict judge_rejected(const delivery_ref& delivery, const outcome& what) {
    if (what.why == reject_class::unauthorized) {
        // It never began: another account may send it, or a mended token.
        verdict lost = again(delivery, what, outcome_kind::not_sent);
        lost.account_lost = true;
        return lost;
    }
    if (what.why == reject_class::chat_migrated && what.migrate_to != chat_id{0}) {
        verdict moved = again(delivery, what, outcome_kind::not_sent);
        moved.migrate_to = what.migrate_to;
        return moved;
    }
    return {.settled = settle(delivery, what, outcome_kind::rejected)};
}

}  // namespace

duration backoff(std::uint32_t attempts) noexcept {
    return std::min<duration>(60s, 1s * (1U << std::min(attempts, 6U)));
}

verdict judge(const delivery_ref& delivery, const outcome& what, uncertain_policy policy,
              std::uint32_t attempts) {
    switch (what.kind) {
        case outcome_kind::delivered: return {.settled = settle(delivery, what, what.kind)};
        case outcome_kind::rejected: return judge_rejected(delivery, what);
        case outcome_kind::refused: {
            verdict wait = again(delivery, what, outcome_kind::refused);
            if (what.server_trouble) wait.rest = std::max(what.retry_after, backoff(attempts));
            return wait;
        }
        case outcome_kind::not_sent: {
            verdict wait = again(delivery, what, outcome_kind::not_sent);
            wait.delay = backoff(attempts);
            return wait;
        }
        case outcome_kind::uncertain: break;
    }
    if (policy == uncertain_policy::repeat) return {.again = true, .delay = backoff(attempts)};
    verdict skipped{.settled = settle(delivery, what, outcome_kind::uncertain)};
    skipped.settled->why = reject_class::copy_unknown;
    return skipped;
}

}  // namespace baudot::dispatch
