// What an operator does about dead letters in mid-run.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "simulation/script.hpp"

namespace baudot::simulation {

void script::plan_retries() {
    constexpr int rounds = 12;
    const auto length = static_cast<std::uint64_t>(options_.length.count());
    for (int each = 0; each < rounds; ++each) {
        const duration at(static_cast<duration::rep>(random_.below(length)));
        later(at, [this, number = random_.next()] { retry_some(number); });
    }
}

// Some of the newest, those that were retried before among them, as somebody does who looks at an
// old list. A kill may follow at any moment.
void script::retry_some(std::uint64_t number) {
    if (!node_ || !node_->is_listening() || must_end_by_) return;
    random_source drawn(number);
    const std::size_t most = 1 + drawn.below(60);
    const bool may_double = drawn.chance(0.3);
    std::vector<engine::dead_letter> letters;
    std::vector<engine::retry_order> orders;
    const auto choose = [&](const engine::dead_letter& each) {
        if (!drawn.chance(0.7)) return true;
        letters.push_back(each);
        orders.push_back({.letter = each.letter, .may_double = may_double});
        if (each.delivery().sender == account_id{0}) {
            orders.back().sender = around_.who.bots.front().id;
        }
        return letters.size() < most;
    };
    if (!node_->tested().facts().dead().each_from_newest(choose) || orders.empty()) return;
    around_.log.note(around_.timers.now(), "retry", orders.size());
    auto told = [this, letters = std::move(letters),
                 orders](const engine::relay::retries& outcomes) {
        note_retries(letters, orders, outcomes);
    };
    node_->retry(std::move(orders), std::move(told));
}

void script::note_retries(const std::vector<engine::dead_letter>& letters,
                          const std::vector<engine::retry_order>& orders,
                          const engine::relay::retries& outcomes) {
    for (std::size_t at = 0; at < letters.size(); ++at) {
        const engine::dead_letter& letter = letters[at];
        const bool was_retried = letter.retried_as != sequence{0};
        const bool is_unsure = letter.may_double() && !orders[at].may_double;
        const witness::copy_key which{{letter.what.source, letter.what.message},
                                      letter.delivery().destination};
        if (outcomes[at] && (was_retried || is_unsure)) {
            around_.seen.fault(fmt::format("retry: letter {} was retried, and {}",
                                           std::to_underlying(letter.letter.planned),
                                           was_retried ? "had been before" : "may have been sent"));
        }
        if (outcomes[at]) around_.seen.retried(which, *outcomes[at]);
    }
}

}  // namespace baudot::simulation
