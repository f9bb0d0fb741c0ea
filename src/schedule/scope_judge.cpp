#include "schedule/scope_judge.hpp"

#include <algorithm>
#include <chrono>

namespace baudot {
namespace {

using namespace std::chrono_literals;

// TELEGRAM.md 1.5 [G]: a second chat refused so soon after the first means the account.
constexpr duration row_window = 10s;
constexpr int chats_of_a_row = 2;
constexpr int chats_of_a_weak_row = 3;  // each of them may be at its own limit

}  // namespace

refusal_cause cause_of(duration wait, duration latency) {
    if (wait == 60s && latency >= 3s) return refusal_cause::bot_api_server;
    if (wait == 8s && latency >= 7s && latency < 8s) return refusal_cause::server_trouble;
    return refusal_cause::limit;
}

bool scope_judge::is_in_a_row(time_point now) const {
    return chats_ > 0 && now - newest_ <= row_window;
}

void scope_judge::accepted(method_class methods, time_point sent_at) {
    time_point& passed = passed_[std::to_underlying(methods)];
    passed = std::max(passed, sent_at);
    const bool is_of_the_row = methods_ == method_class::any || methods == methods_;
    if (is_of_the_row && sent_at >= began_at_) chats_ = 0;
}

bool scope_judge::others_are_in_use(time_point now) const {
    for (std::size_t at = 0; at < passed_.size(); ++at) {
        if (at == std::to_underlying(methods_)) continue;
        if (passed_[at] != time_point{} && now - passed_[at] <= row_window) return true;
    }
    return false;
}

scope_judge::verdict scope_judge::refused(time_point now, chat_id chat, method_class methods,
                                          const clues& of) {
    if (of.chat_is_due) return {};
    verdict found{.is_in_a_row = true};
    if (!is_in_a_row(now)) {
        began_at_ = now;
        chats_ = 1;
        methods_ = methods;
        found.is_new = true;
    } else {
        if (chat != last_chat_) ++chats_;
        if (methods != methods_) methods_ = method_class::any;
    }
    newest_ = now;
    last_chat_ = chat;
    const bool is_weak = of.chat_is_pressed && !of.account_is_pressed;
    const bool is_known = of.account_is_due && !of.chat_is_pressed;
    if (!is_known && chats_ < (is_weak ? chats_of_a_weak_row : chats_of_a_row)) return found;
    found.is_chat = false;
    if (others_are_in_use(now)) found.methods = methods_;
    return found;
}

}  // namespace baudot
