// Of several accounts that may all post to the same chats, one dies in the middle of a broadcast.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "simulation/scenarios.hpp"
#include "simulation/stage.hpp"

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;
using telegram_sim::fault_kind;

enum class death : std::uint8_t { revoked, kicked, unreachable, flood };
constexpr std::string_view names[] = {"its token was revoked", "it was kicked",
                                      "it could not be reached", "it was told to wait"};

struct death_plan {
    backdrop made = calm_backdrop();
    death how{};
    account_id victim{};
    std::set<chat_id> from;  // of kicked
    bool restarts = false;

    /// What is left when a whole account is gone.
    double share_left() const {
        const auto all = static_cast<double>(made.who.bots.size());
        return (all - 1) / all;
    }
};

death_plan draw_death(random_source& random) {
    death_plan drawn{.how = static_cast<death>(random.below(4))};
    const auto accounts = static_cast<std::size_t>(random.between(2, 4));
    const auto limit = static_cast<int>(random.between(4, 10));
    cast& who = drawn.made.who;
    who.bots = make_bots(accounts);
    limit_account(drawn.made, limit);
    drawn.victim = who.bots[random.below(accounts)].id;
    // A channel takes 20 in a minute (TELEGRAM.md 1.1): so many of them take all that all accounts
    // have, also when some wait for the one that died.
    const std::size_t chats = 5 * accounts * static_cast<std::size_t>(limit) + random.below(20);
    const std::size_t source = add_route(who, {}, chats, "channel");
    route& by = who.rules.routes[source];
    if (random.chance(0.3)) by.mode = relay_mode::forward;
    if (random.chance(0.5)) by.on_uncertain = uncertain_policy::skip;
    for (cast_chat& each : who.sources) each.bots = accounts;
    const bool is_everywhere = random.chance(0.5);
    for (cast_chat& each : who.destinations) {
        each.bots = accounts;
        if (is_everywhere || random.chance(0.5)) drawn.from.insert(each.id);
    }
    // A start waits for an account that does not answer.
    drawn.restarts = drawn.how <= death::kicked && random.chance(0.4);
    return drawn;
}

void strike(stage& on, const death_plan& plan) {
    surroundings& around = on.around();
    const user_id victim{std::to_underlying(plan.victim)};
    telegram_sim::fault_source& faults = around.at().rules().faults();
    switch (plan.how) {
        case death::revoked:
            around.at().in().deactivate(victim);
            around.at().line(victim)->wake.ring();
            return;
        case death::kicked:
            for (const chat_id each : plan.from) around.let_in(plan.victim, each, false);
            return;
        case death::unreachable:
            faults.inject({.kind = fault_kind::reset_before, .bot = victim});
            return;
        case death::flood:
            for (const char* method : {"copyMessage", "forwardMessage"}) {
                faults.inject({.kind = fault_kind::flood,
                               .bot = victim,
                               .method = method,
                               .retry_after = 70});
            }
            return;
    }
}

double per_second(const stage& on, time_point from, time_point to) {
    const auto sent = std::ranges::count_if(on.sends(), [&](const wire_send& each) {
        return each.status == 200 && each.answered >= from && each.answered < to;
    });
    return static_cast<double>(sent) / std::chrono::duration<double>(to - from).count();
}

witness::copy_key key_of(const wire_send& what) {
    return {{what.source, what.message}, what.destination};
}

/// P7, also for what may have been sent: nobody else sends it. What its account had been refused,
/// or may have sent.
std::set<witness::copy_key> check_ties(stage& on) {
    std::map<witness::copy_key, account_id> tried_by;
    std::set<witness::copy_key> tied;
    for (const wire_send& each : on.sends()) {
        const auto tried = tried_by.find(key_of(each));
        if (tried != tried_by.end() && tried->second != each.by) {
            on.fault(fmt::format(
                "P7: account {} sent message {} to chat {}, which account {} was "
                "refused or may have sent",
                std::to_underlying(each.by), std::to_underlying(each.message),
                std::to_underlying(each.destination), std::to_underlying(tried->second)));
        }
        if (each.status == 429 || each.status == 0) tried_by.emplace(key_of(each), each.by);
        if (each.status != 200 && each.status != 401) tied.insert(key_of(each));
    }
    return tied;
}

/// It costs what was in flight: nothing is asked of an account that is known to be gone, nor of a
/// chat that is known to be closed to it.
void check_cost(stage& on, const death_plan& plan) {
    time_point lost = time_point::max();
    std::map<chat_id, std::size_t> refusals;
    for (const wire_send& each : on.sends()) {
        if (each.status == 401) lost = std::min(lost, each.answered);
        if (each.status != 403 && each.status != 400) continue;
        if (++refusals[each.destination] != 2) continue;
        on.fault(fmt::format("P7: chat {} was asked again after it was closed to account {}",
                             std::to_underlying(each.destination), std::to_underlying(each.by)));
    }
    const bool goes_on = std::ranges::any_of(on.sends(), [&](const wire_send& each) {
        return each.by == plan.victim && each.asked > lost;
    });
    if (goes_on) on.fault("P7: an account was used after its token had been refused");
}

}  // namespace

void play_deaths(const run_options& options, run_report& report) {
    constexpr std::size_t posts = 50;
    constexpr double kept_min = 0.9;
    constexpr duration drained_by = 1h;
    random_source random(options.seed);
    const death_plan plan = draw_death(random);
    stage on(random.next(), plan.made, options.print);
    on.post(0, posts);
    on.take_in();
    on.live(40s);
    const time_point from = on.now();
    const double before = per_second(on, from - 20s, from);
    strike(on, plan);
    on.live(15s);  // what is in flight ends, and is known
    if (plan.restarts) {
        on.restart();
        on.live(10s);
    }
    const time_point settled = on.now();
    on.live(40s);
    report.measured = per_second(on, settled, on.now()) / (plan.share_left() * before);
    if (report.measured < kept_min) {
        on.fault(fmt::format("P5: after {} the others kept {:.3f} of their pace of {:.1f}",
                             names[std::to_underlying(plan.how)], report.measured,
                             plan.share_left() * before));
    }
    on.around().at().rules().faults().clear();
    if (!on.drain(drained_by)) {
        on.fault(fmt::format("P2: after {} something was owed for ever",
                             names[std::to_underlying(plan.how)]));
    }
    check_cost(on, plan);
    on.judge(check_ties(on), report);
    on.report(report);
}

}  // namespace baudot::simulation
