// Waits that Telegram asks for: nothing goes into them, and they cost nobody else anything.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "simulation/scenarios.hpp"
#include "simulation/stage.hpp"

namespace baudot::simulation {
namespace {

using namespace std::chrono_literals;

telegram_sim::fault flood(duration wait) {
    return {.kind = telegram_sim::fault_kind::flood,
            .retry_after = static_cast<int>(wait / duration(1s))};
}

// Chats that take all that the account has, or all that they may themselves.
backdrop draw_chats(random_source& random, std::size_t& posts) {
    backdrop made = calm_backdrop();
    limit_account(made, static_cast<int>(random.between(4, 20)));
    const bool is_of_people = random.chance(0.5);
    const auto routes = static_cast<std::size_t>(random.between(1, 4));
    const auto traffic = static_cast<traffic_class>(random.below(5));
    for (std::size_t each = 0; each < routes; ++each) {
        add_route(made.who, {.traffic = traffic}, static_cast<std::size_t>(random.between(4, 16)),
                  is_of_people ? "private" : "channel");
    }
    posts = is_of_people ? 400 : 150;
    return made;
}

std::size_t delivered_to_others(const stage& on, chat_id held, time_point from, time_point to) {
    return static_cast<std::size_t>(std::ranges::count_if(on.sends(), [&](const wire_send& each) {
        return each.status == 200 && each.destination != held && each.answered >= from &&
               each.answered < to;
    }));
}

bool was_refused(const stage& on, chat_id where) {
    return std::ranges::any_of(on.sends(), [where](const wire_send& each) {
        return each.status == 429 && each.destination == where;
    });
}

enum class scope : std::uint8_t { chat, account, methods };

struct hold_plan {
    scope of{};
    chat_id chat{};  // of scope::chat
    duration wait{};
    bool restarts = false;

    bool covers(const wire_send& what) const {
        switch (of) {
            case scope::chat: return what.destination == chat;
            case scope::account: return true;
            case scope::methods: return !what.is_forward;
        }
        return true;
    }
    telegram_sim::fault refusal() const {
        telegram_sim::fault made = flood(wait);
        if (of == scope::chat) made.chat = chat;
        if (of == scope::methods) made.method = "copyMessage";
        return made;
    }
};

hold_plan draw_hold(random_source& random, backdrop& made) {
    hold_plan drawn{.of = static_cast<scope>(random.below(3))};
    drawn.chat = made.who.destinations[random.below(made.who.destinations.size())].id;
    drawn.wait = std::chrono::seconds(random.between(60, 200));
    drawn.restarts = random.chance(0.5);
    if (drawn.of != scope::methods) return drawn;
    // Copies and forwards, enough of either to take the whole account.
    made.who.rules.routes.front().mode = relay_mode::forward;
    add_route(made.who, {}, 10, "private");
    return drawn;
}

/// What is told of the scope. Chats that are refused in a row show that it is the account, or a
/// class of its methods (TELEGRAM.md 1.5): from the third on everybody knows.
std::optional<time_point> told_at(const stage& on, time_point from) {
    constexpr std::size_t enough = 3;
    std::optional<time_point> last;
    std::size_t seen = 0;
    for (const wire_send& each : on.sends()) {
        if (each.status != 429 || each.answered < from || seen == enough) continue;
        ++seen;
        last = each.answered;
    }
    return last;
}

double per_second(const stage& on, const hold_plan& plan, time_point from, time_point to) {
    const auto sent = std::ranges::count_if(on.sends(), [&](const wire_send& each) {
        return each.status == 200 && !plan.covers(each) && each.answered >= from &&
               each.answered < to;
    });
    return static_cast<double>(sent) / std::chrono::duration<double>(to - from).count();
}

void check_hold(stage& on, const hold_plan& plan, time_point told) {
    constexpr std::string_view names[] = {"chat", "account", "class of methods"};
    const time_point over = told + plan.wait;
    bool goes_on = false;
    for (const wire_send& each : on.sends()) {
        if (!plan.covers(each) || each.asked <= told) continue;
        goes_on = goes_on || (each.asked >= over && each.status == 200);
        if (each.asked >= over) continue;
        on.fault(fmt::format("P6: sent {:.3f} s before the wait of the {} was over{}",
                             std::chrono::duration<double>(over - each.asked).count(),
                             names[static_cast<std::size_t>(plan.of)],
                             plan.restarts ? ", there was a restart" : ""));
        return;
    }
    // A chat alone may be paced at a call in minutes after such a wait.
    if (!goes_on && plan.of != scope::chat)
        on.fault("P6: nothing was sent after the wait was over");
}

}  // namespace

void play_isolation(const run_options& options, run_report& report) {
    constexpr duration wait = 300s;
    constexpr double cost_max = 0.01;
    random_source random(options.seed);
    std::size_t posts = 0;
    const backdrop made = draw_chats(random, posts);
    const chat_id held = made.who.destinations[random.below(made.who.destinations.size())].id;
    const std::uint64_t seed = random.next();
    double others[2] = {};
    for (const bool is_held : {false, true}) {
        stage on(seed, made, options.print);
        for (std::size_t each = 0; each < made.who.sources.size(); ++each) on.post(each, posts);
        on.take_in();
        on.live(20s);
        const time_point from = on.now();
        if (is_held) {
            telegram_sim::fault refusal = flood(wait);
            refusal.times = 1;
            refusal.chat = held;
            on.around().at().rules().faults().inject(refusal);
        }
        on.live(wait);
        if (is_held && !was_refused(on, held)) on.fault("isolation: the chat was never refused");
        others[is_held] = static_cast<double>(delivered_to_others(on, held, from, on.now()));
        on.report(report);
    }
    report.measured = 1 - others[1] / others[0];
    if (report.measured <= cost_max) return;
    report.broken.push_back(
        fmt::format("isolation: while chat {} was held the others got {} instead of {}",
                    std::to_underlying(held), others[1], others[0]));
}

void play_holds(const run_options& options, run_report& report) {
    constexpr double kept_min = 0.9;
    random_source random(options.seed);
    std::size_t posts = 0;
    backdrop made = draw_chats(random, posts);
    const hold_plan plan = draw_hold(random, made);
    stage on(random.next(), made, options.print);
    for (std::size_t each = 0; each < made.who.sources.size(); ++each) on.post(each, posts);
    on.take_in();
    on.live(40s);
    const time_point from = on.now();
    telegram_sim::fault_source& faults = on.around().at().rules().faults();
    faults.inject(plan.refusal());
    on.live(10s);
    faults.clear();
    const auto told = told_at(on, from);
    if (!told) {
        on.fault("P6: nothing was refused");
        return on.report(report);
    }
    if (plan.restarts) on.restart();
    on.live(5s);
    const time_point settled = on.now();
    on.live(*told + plan.wait - settled);
    const time_point over = on.now();
    on.live(plan.wait / 10 + 30s);

    check_hold(on, plan, *told);
    report.measured = 1;
    if (plan.of != scope::account) {
        const double before = per_second(on, plan, from - 20s, from);
        report.measured = per_second(on, plan, settled, over) / before;
        if (report.measured < kept_min) {
            on.fault(fmt::format("P5: what was not held kept {:.3f} of its pace of {:.1f}",
                                 report.measured, before));
        }
    }
    on.report(report);
}

}  // namespace baudot::simulation
