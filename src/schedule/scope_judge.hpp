#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "base/ids.hpp"
#include "base/method_class.hpp"
#include "base/time.hpp"

namespace baudot {

/// What refused a call.
enum class refusal_cause : std::uint8_t {
    limit,
    bot_api_server,  // its own bounds on requests under way: 429 with 60 after 3 s
                     // (TELEGRAM.md 1.2)
    server_trouble,  // TDLib gave up after 1, 2 and 4 s with the text of a limit (TELEGRAM.md 1.3)
};

/// By the wait that was asked for and the time that the answer took.
refusal_cause cause_of(duration wait, duration latency);

/// Whose limit refused? A 429 does not say (TELEGRAM.md 1.5). One for each account.
///
/// A refused chat is alone as long as calls to others still pass. When chats are refused in a row,
/// with nothing that went later passing between them, it is the account; or one class of its
/// methods, when others are in use and none of theirs has been refused. A chat that refuses where
/// its own limit was expected says nothing of the account.
///
/// Pure. Owned by the pacer.
class scope_judge {
public:
    /// What the limits themselves make of a refusal.
    struct clues {
        bool chat_is_due = false;      // the chat refused at this pace before
        bool chat_is_pressed = false;  // as many calls as its limit allows, as far as is known
        bool account_is_due = false;   // the account refused at this pace before
        bool account_is_pressed = false;
    };
    struct verdict {
        bool is_chat = true;                       // else the account,
        method_class methods = method_class::any;  // or this class of its methods
        bool is_in_a_row = false;  // it may turn out to have been the account after all
        bool is_new = false;       // the row begins with this one
    };

    void accepted(method_class methods, time_point sent_at);
    verdict refused(time_point now, chat_id chat, method_class methods, const clues& of);

private:
    bool is_in_a_row(time_point now) const;
    bool others_are_in_use(time_point now) const;

    time_point began_at_ = time_point::max();  // the first answer of refusals in a row
    time_point newest_ = time_point::min();
    chat_id last_chat_{};
    method_class methods_ = method_class::any;  // of all of them; any: of several
    int chats_ = 0;
    std::array<time_point, std::to_underlying(method_class_last) + 1> passed_{};
};

}  // namespace baudot
