// Posts whose plan waits for what an external API answers.
#include <string>
#include <utility>

#include "engine/relay.hpp"

namespace baudot::engine {
namespace asio = boost::asio;
namespace {

// Of each queue: what is behind the first is asked about ahead, so that an API is kept busy.
constexpr std::size_t looked_at_max = 16;

}  // namespace

void relay::answers_came() {
    has_answers_ = true;
    notify();
}

// Before the plans of new posts: these are older. A post leaves its queue when the turn is applied,
// so what stands in `plans` already is not seen twice.
result<void> relay::make_waited_plans(std::vector<event>& plans, planning_room& room) {
    if (!plan_ || !std::exchange(has_answers_, false)) return {};
    for (const auto& [queue, posts] : state_.waiting().all()) {
        if (auto made = plan_queue(queue, posts, plans, room); !made) return made;
        if (!room.is_full()) continue;
        has_answers_ = true;
        break;
    }
    return {};
}

result<void> relay::plan_queue(const waiting_posts::queue_key& queue,
                               const std::deque<sequence>& posts, std::vector<event>& plans,
                               planning_room& room) {
    bool is_stuck = false;
    for (std::size_t at = 0; at < posts.size() && !room.is_full(); ++at) {
        if (at == looked_at_max) {
            if (!is_stuck) answers_came();  // the next turn goes on
            return {};
        }
        const auto post = state_.waiting().read(queue, posts[at]);
        if (!post) return std::unexpected(post.error());
        post_plan made = plan_({.what = *post->what,
                                .version = post->version,
                                .position = post->cause,
                                .only = queue.first});
        is_stuck = is_stuck || !made.waiting.empty();
        if (is_stuck) continue;
        auto added = add_plans(std::move(made.plans), plans, room);
        if (!added) return std::unexpected(added.error());
        if (*added) continue;
        plans.emplace_back(post_waits{post->cause, post->version, queue.first, std::nullopt});
    }
    return {};
}

// P2: what was planned before, under whatever rules, is not planned again. Whether anything is new.
result<bool> relay::add_plans(std::vector<deliveries_planned> made, std::vector<event>& plans,
                              planning_room& room) {
    bool is_any = false;
    for (deliveries_planned& each : made) {
        if (auto fresh = state_.drop_known(each); !fresh) return std::unexpected(fresh.error());
        if (each.deliveries.empty()) continue;
        room.take(each.deliveries.size(), bytes_in_memory(each));
        plans.emplace_back(std::move(each));
        is_any = true;
        work_ = true;
    }
    return is_any;
}

}  // namespace baudot::engine
