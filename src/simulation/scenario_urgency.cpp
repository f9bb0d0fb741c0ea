// What the highest class waits for under a backlog, from the post to the answer of its copy.
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "simulation/scenarios.hpp"
#include "simulation/stage.hpp"

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

struct backlog {
    std::size_t chats = 1;
    std::size_t posts = 0;  // to each
};

struct urgent_play {
    backdrop made = calm_backdrop();
    std::size_t bulk = 0;     // the source of the backlog
    std::size_t answers = 0;  // of the highest class; its chat is one of the backlog's
};

urgent_play draw_play(random_source& random, const backlog& behind) {
    urgent_play drawn;
    limit_account(drawn.made, static_cast<int>(random.between(25, 30)));
    drawn.made.telegram.latency =
        telegram_sim::make_profile(telegram_sim::profile_name::realistic).latency;
    cast& who = drawn.made.who;
    const std::string type = random.chance(0.5) ? "private" : "channel";
    drawn.bulk = add_route(who, {.traffic = traffic_class::broadcast}, behind.chats, type);
    drawn.answers = add_route(who, {.traffic = traffic_class::interactive}, 0, type);
    who.rules.routes[drawn.answers].to = {who.destinations.front().id};
    return drawn;
}

duration p99_delay(const run_options& options, std::uint64_t seed, const urgent_play& play,
                   std::size_t backlog_posts, run_report& report) {
    // Over before more than what is known of the limits is tried: calls that are held in Telegram
    // are the price of that.
    constexpr std::size_t count = 80;
    random_source random(seed);
    stage on(random.next(), play.made, options.print);
    on.post(play.bulk, backlog_posts);
    on.take_in();
    on.live(30s);
    const chat_id source = on.around().who.sources[play.answers].id;
    std::vector<time_point> posted;
    for (std::size_t each = 0; each < count; ++each) {
        on.live(1ms * random.between(4'000, 6'000));
        posted.push_back(on.now());
        on.post(play.answers);
    }
    on.live(60s);
    std::vector<duration> delays;
    for (const wire_send& each : on.sends()) {
        if (each.status != 200 || each.source != source || delays.size() == count) continue;
        delays.push_back(each.answered - posted[delays.size()]);
    }
    if (delays.size() < count) {
        on.fault(fmt::format("urgency: {} of {} were delivered", delays.size(), count));
        delays.push_back(1h);
    }
    if (backlog_posts > 0 && on.relay().facts().owed().pending() == 0) {
        on.fault("urgency: the backlog did not last");
    }
    std::ranges::sort(delays);
    on.report(report);
    return delays[delays.size() * 99 / 100];
}

}  // namespace

void play_urgency(const run_options& options, run_report& report) {
    constexpr backlog in_its_lane{.chats = 1, .posts = 20'000};
    constexpr backlog across_lanes{.chats = 1'000, .posts = 100};
    constexpr double most = 2;
    random_source random(options.seed);
    const backlog behind = random.chance(0.5) ? in_its_lane : across_lanes;
    const urgent_play play = draw_play(random, behind);
    const std::uint64_t seed = random.next();
    const duration alone = p99_delay(options, seed, play, 0, report);
    const duration beside = p99_delay(options, seed, play, behind.posts, report);
    report.measured = std::chrono::duration<double>(beside) / std::chrono::duration<double>(alone);
    if (report.measured <= most) return;
    report.broken.push_back(fmt::format(
        "urgency: p99 is {:.0f} ms beside {} deliveries to {} chats, {:.0f} ms alone",
        std::chrono::duration<double, std::milli>(beside).count(), behind.chats * behind.posts,
        behind.chats, std::chrono::duration<double, std::milli>(alone).count()));
}

}  // namespace baudot::simulation
