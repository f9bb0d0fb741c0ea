#include "telegram_sim/pins.hpp"

#include <algorithm>
#include <ranges>

namespace baudot::telegram_sim {

const message* newest_pinned(const world& in, const chat& where) noexcept {
    if (!where.details) return nullptr;
    for (const message_id each : std::views::reverse(where.details->pinned)) {
        if (const message* found = in.find_message(where, each)) return found;
    }
    return nullptr;
}

void pin(world& in, chat& where, message_id what, user_id actor, wall_time now,
         std::uint64_t request) {
    std::vector<message_id>& pinned = where.make_details().pinned;
    const auto at = std::ranges::lower_bound(pinned, what);
    if (at != pinned.end() && *at == what) return;
    pinned.insert(at, what);
    const message* found = in.find_message(where, what);
    const message_id thread =
        found && found->details && found->details->in_topic ? found->thread() : message_id{};
    in.add_service(where, {.type = service::kind::pinned_message, .message = what}, actor, now,
                   request, thread);
}

void unpin(world& in, chat& where, message_id what, user_id actor, wall_time now,
           std::uint64_t request) {
    if (!where.details || std::erase(where.details->pinned, what) == 0) return;
    in.record("unpin", where.id, what, {}, now,
              {.kind = cause_kind::service, .actor = actor, .request = request});
}

void unpin_all(world& in, chat& where, std::optional<message_id> thread, user_id actor,
               wall_time now, std::uint64_t request) {
    if (!where.details) return;
    const auto is_meant = [&](message_id id) {
        const message* found = in.find_message(where, id);
        if (!found || !thread) return true;
        const message_id topic = found->thread() == message_id{} ? general_topic : found->thread();
        return topic == *thread;
    };
    std::vector<message_id> meant;
    std::ranges::copy_if(where.details->pinned, std::back_inserter(meant), is_meant);
    for (const message_id each : meant) unpin(in, where, each, actor, now, request);
}

}  // namespace baudot::telegram_sim
