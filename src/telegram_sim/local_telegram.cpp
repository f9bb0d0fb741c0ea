#include "telegram_sim/local_telegram.hpp"

#include <utility>

#include "telegram_sim/json_objects.hpp"

namespace baudot::telegram_sim {
namespace {

world_options world_of(const local_telegram_options& options) {
    return {.seed = options.seed,
            .file_bytes_max = options.file_bytes_max,
            .files = options.is_local ? local_file_limits : file_limits{}};
}

// Distinct streams from one seed: bots must not share their update ids.
constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;

// Messages of a chat in their order; other kinds have a lane of their own (TELEGRAM.md 2.2).
std::int64_t lane_of(const bot_event& what) noexcept {
    const auto chat = std::to_underlying(what.chat);
    switch (what.kind) {
        case update_kind::message:
        case update_kind::edited_message:
        case update_kind::channel_post:
        case update_kind::edited_channel_post: return chat;
        default: return chat ^ (std::int64_t{std::to_underlying(what.kind)} << 56);
    }
}

}  // namespace

local_telegram::local_telegram(timer_service& timers, local_telegram_options options)
    : timers_(timers),
      options_(options),
      world_(std::make_unique<world>(world_of(options))),
      gate_(std::make_unique<gate>(options.seed, options.profile)) {}

std::shared_ptr<bot_line> local_telegram::line(user_id bot) {
    std::shared_ptr<bot_line>& found = lines_[bot];
    if (!found) {
        const std::uint64_t seed =
            options_.seed + golden * static_cast<std::uint64_t>(std::to_underlying(bot));
        found = std::make_shared<bot_line>(seed, options_.queue);
    }
    return found;
}

void local_telegram::serve_webhooks(webhook_opener open, webhook_starter start) {
    open_webhook_ = std::move(open);
    start_webhook_ = std::move(start);
}

api_result<bool> local_telegram::set_webhook(user_id bot, webhook_settings with,
                                             bool drop_pending) {
    const std::shared_ptr<bot_line> to = line(bot);
    if (to->hook && to->hook->with == with) {
        if (drop_pending) to->updates.clear();
        return false;
    }
    auto opened = open_webhook_(with);
    if (!opened) return bad_request("bad webhook: " + opened.error().message);
    remove_webhook(bot);
    if (drop_pending) to->updates.clear();
    const std::uint64_t seed = options_.seed ^ next_request();
    to->hook = std::make_shared<webhook>(std::move(with), std::move(*opened), seed);
    if (to->updates.hand_over(timers_.now())) to->wake.ring();
    start_webhook_(bot, to->hook);
    return true;
}

bool local_telegram::remove_webhook(user_id bot) {
    const std::shared_ptr<bot_line> of = line(bot);
    const std::shared_ptr<webhook> hook = std::exchange(of->hook, nullptr);
    if (!hook) return false;
    hook->is_over = true;
    hook->changed.ring();
    return true;
}

void local_telegram::publish() {
    const std::vector<bot_event> events = world_->take_events();
    if (events.empty()) return;
    const time_point now = timers_.now();
    const wall_time wall = timers_.wall_now();
    rendered_update newest;
    const bot_event* shared = nullptr;  // whose rendering is `newest`, if others may have it
    for (const bot_event& event : events) {
        const bool again = shared != nullptr && shared->kind == event.kind &&
                           shared->chat == event.chat && shared->message == event.message;
        if (!again) {
            newest = render(*world_, event);
            shared = nullptr;
            const chat* where = world_->find_chat(event.bot, event.chat);
            const message* what = where ? world_->find_message(*where, event.message) : nullptr;
            const bool is_message = what != nullptr && event.actor == user_id{};
            if (is_message && looks_the_same_to_all(*where, *what)) shared = &event;
        }
        if (newest.object.empty()) continue;
        const duration age = wall - event.date;
        const duration left = lifetime(newest.kind) - age;
        const std::shared_ptr<bot_line> to = line(event.bot);
        const auto pushed = to->updates.push(newest.kind, newest.object, now, left, lane_of(event));
        if (pushed.what == update_queue::pushed::queued) ++published_;
        if (pushed.wakes) to->wake.ring();
        if (to->hook) to->hook->changed.ring();
    }
}

void local_telegram::reset() {
    ++generation_;
    for (auto& [bot, each] : lines_) {
        if (each->hook) remove_webhook(bot);
        each->gone = true;
        each->wake.ring();
    }
    lines_.clear();
    counts_.clear();
    requests_ = 0;
    published_ = 0;
    const profile kept = gate_->current();
    world_ = std::make_unique<world>(world_of(options_));
    gate_ = std::make_unique<gate>(options_.seed, options_.profile);
    gate_->configure(kept);
}

method_count& local_telegram::count(std::string_view method) {
    const auto found = counts_.find(method);
    if (found != counts_.end()) return found->second;
    return counts_.emplace(std::string(method), method_count{}).first->second;
}

}  // namespace baudot::telegram_sim
