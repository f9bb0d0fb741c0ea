// Who gets how much of one account: routes of a class by weight, and classes.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "simulation/scenarios.hpp"
#include "simulation/stage.hpp"

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

double jain(const std::vector<double>& shares) {
    double sum = 0;
    double squares = 0;
    for (const double each : shares) {
        sum += each;
        squares += each * each;
    }
    return squares > 0 ? sum * sum / (static_cast<double>(shares.size()) * squares) : 0;
}

// A chat of a person takes nearly one in a second: so many of them take all that the account has.
std::size_t enough_chats(double per_second) {
    return static_cast<std::size_t>(std::ceil(1.5 * per_second)) + 2;
}

struct shared_account {
    backdrop made = calm_backdrop();
    std::vector<std::uint16_t> weights;  // of the routes
};

shared_account draw_shared_account(random_source& random) {
    shared_account drawn;
    const auto routes = static_cast<std::size_t>(random.between(3, 8));
    const bool is_equal = random.chance(0.5);
    double all = 0;
    for (std::size_t each = 0; each < routes; ++each) {
        const auto weight = static_cast<std::uint16_t>(is_equal ? 1 : random.between(1, 4));
        drawn.weights.push_back(weight);
        all += weight;
    }
    const auto limit = static_cast<int>(random.between(10, 30));
    limit_account(drawn.made, limit);
    const auto traffic = static_cast<traffic_class>(random.below(5));
    for (const std::uint16_t weight : drawn.weights) {
        const std::size_t chats = enough_chats(limit * weight / all) + random.below(20);
        add_route(drawn.made.who, {.traffic = traffic, .weight = weight}, chats, "private");
    }
    return drawn;
}

std::map<chat_id, std::size_t> routes_by_destination(const cast& who) {
    std::map<chat_id, std::size_t> found;
    for (std::size_t each = 0; each < who.rules.routes.size(); ++each) {
        for (const chat_id to : who.rules.routes[each].to) found[to] = each;
    }
    return found;
}

}  // namespace

void play_shares(const run_options& options, run_report& report) {
    constexpr std::size_t posts = 120;  // for each chat more than its limit lets pass
    constexpr double fair = 0.99;
    constexpr double apart_max = 0.05;
    random_source random(options.seed);
    const shared_account drawn = draw_shared_account(random);
    const auto routes = routes_by_destination(drawn.made.who);
    stage on(random.next(), drawn.made, options.print);
    for (std::size_t each = 0; each < drawn.weights.size(); ++each) on.post(each, posts);
    on.take_in();
    on.live(20s);  // what was sent while some had no backlog yet
    const time_point from = on.now();
    on.live(100s);

    std::vector<double> got(drawn.weights.size());
    double all = 0;
    for (const wire_send& each : on.sends()) {
        if (each.status != 200 || each.answered < from) continue;
        ++got[routes.at(each.destination)];
        ++all;
    }
    double weights = 0;
    for (const std::uint16_t each : drawn.weights) weights += each;
    std::vector<double> by_weight;
    for (std::size_t each = 0; each < got.size(); ++each) {
        by_weight.push_back(got[each] / drawn.weights[each]);
        const double due = all * drawn.weights[each] / weights;
        if (std::abs(got[each] - due) <= apart_max * due + 1) continue;
        on.fault(fmt::format("fairness: route {} got {} of {}, its share is {:.1f}", each,
                             got[each], all, due));
    }
    report.measured = jain(by_weight);
    if (report.measured < fair) {
        on.fault(fmt::format("fairness: Jain's index is {:.4f}", report.measured));
    }
    on.report(report);
}

void play_classes(const run_options& options, run_report& report) {
    constexpr std::size_t posts = 160;
    constexpr duration longest_wait = 10s;  // docs/architecture.md: order comes before class
    constexpr double floor = 0.09;          // one in ten
    random_source random(options.seed);
    backdrop made = calm_backdrop();
    const auto limit = static_cast<int>(random.between(1, 10));
    limit_account(made, limit);
    std::vector<traffic_class> classes = {traffic_class::interactive, traffic_class::live,
                                          traffic_class::sync, traffic_class::backfill,
                                          traffic_class::broadcast};
    while (classes.size() > 2 && random.chance(0.3)) {
        classes.erase(classes.begin() + static_cast<std::ptrdiff_t>(random.below(classes.size())));
    }
    for (const traffic_class each : classes) {
        add_route(made.who, {.traffic = each}, enough_chats(limit), "private");
    }
    const auto routes = routes_by_destination(made.who);
    stage on(random.next(), made, options.print);
    for (std::size_t each = 0; each < classes.size(); ++each) on.post(each, posts);
    on.take_in();
    on.live(20s);
    const time_point from = on.now();
    on.live(150s);

    std::vector<wire_send> sends = on.sends();
    std::erase_if(sends, [&](const wire_send& each) { return each.asked < from; });
    std::ranges::sort(sends, {}, &wire_send::asked);
    std::vector<time_point> last(classes.size(), from);
    std::vector<std::size_t> late(classes.size(), 0);  // sends of others beyond its longest wait
    std::size_t lower = 0;
    duration longest{};
    for (const wire_send& each : sends) {
        const std::size_t of = routes.at(each.destination);
        lower += of > 0 ? 1 : 0;
        for (std::size_t other = 0; other < classes.size(); ++other) {
            if (other != of && each.asked > last[other] + longest_wait) ++late[other];
            if (late[other] != classes.size()) continue;
            ++late[other];
            on.fault(fmt::format("starvation: {} others went while class {} had waited {} s",
                                 classes.size(), name(classes[other]),
                                 std::chrono::duration<double>(longest_wait).count()));
        }
        longest = std::max(longest, each.asked - last[of]);
        last[of] = each.asked;
        late[of] = 0;
    }
    if (static_cast<double>(lower) < floor * static_cast<double>(sends.size())) {
        on.fault(fmt::format("starvation: the lower classes got {} of {}", lower, sends.size()));
    }
    report.measured = std::chrono::duration<double>(longest).count();
    on.report(report);
}

}  // namespace baudot::simulation
