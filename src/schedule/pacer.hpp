#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/method_class.hpp"
#include "base/time.hpp"
#include "schedule/admission.hpp"
#include "schedule/limit_learner.hpp"
#include "schedule/limit_scope.hpp"
#include "schedule/scope_judge.hpp"

namespace baudot {

/// What is believed of limits before anything is learned (TELEGRAM.md 1.1). Each account learns its
/// own; each chat begins to when its calls have to wait, or one is refused. Empty: no pace at all,
/// for a local server or a test; what is refused is obeyed all the same.
struct pace {
    std::optional<learned_limit> account;       // all chats of an account together
    std::optional<learned_limit> private_chat;  // one user
    std::optional<learned_limit> group;         // one group, supergroup or channel
    std::uint8_t refusals_per_hour = refusals_of_bots;
};

/// 30 per second for an account, 1 per second for a user, 20 per minute for a group or channel:
/// Telegram's advice. It is kept to for ten minutes of always something to send; then more is
/// tried.
pace documented_pace();

/// What was learned, to be kept over a restart. A rate of 0: nothing is known after all.
struct lesson {
    limit_scope scope;
    learned_limit what;
    friend bool operator==(const lesson&, const lesson&) = default;
};

/// A call that went.
struct paced_call {
    account_id account{};
    chat_id chat{};
    method_class methods = method_class::send;
    double cost = 1;  // long texts and albums count for several calls (TELEGRAM.md 1.1)
    time_point sent_at{};
};

/// How a limit is doing, for people.
struct limit_view {
    limit_scope scope;
    learned_limit what;
    double pace = 0;  // calls per second, now
    duration held{};  // nothing goes for so long
    double refusals_left = 0;
    bool is_pressed = false;
};

/// A wait that Telegram declared, to be journaled before its scope is used again (P6).
struct hold {
    limit_scope of;
    time_point until{};
    friend bool operator==(const hold&, const hold&) = default;
};

/// Decides when an account may send to a chat: what was learned of the limits of the account, of
/// its classes of methods and of the chat, and what Telegram refused.
///
/// Guarantee (P6): no admission for a scope before its hold is over. An admission spends a permit
/// of each limit, or of none; an ordinary one leaves one of each for an urgent one, where several
/// may go at once. A hold of one chat blocks no other; which limit a refusal is about is judged by
/// scope_judge, and that one learns from it, or nobody where the refusal was about something else
/// (refusal_cause).
///
/// Pure; about 64 bytes per chat in use, 140 more where its limit is being learned, forgotten by
/// sweep() when idle. Owned by one shard.
class pacer {
public:
    /// `known`: what was learned of a limit before. Asked when an account or a chat comes into use.
    using memory = std::function<std::optional<learned_limit>(const limit_scope&)>;

    explicit pacer(const pace& rates, memory known = {})
        : rates_(rates), known_(std::move(known)) {}

    admission ask(time_point now, account_id account, chat_id chat, urgency how = urgency::urgent);

    /// After ask(), when it is known what goes: spends its cost, and asks its class of methods.
    /// Refused: the permit has been given back.
    admission spend(time_point now, const paced_call& what);

    /// An answer that is no refusal. How late it comes is learned from.
    void accepted(time_point now, const paced_call& what);

    /// 429 with a wait known: what to hold. `jitter`: 0..1, drawn by the caller; up to 5 % is
    /// added, so that accounts refused together do not come back together.
    std::vector<hold> refused(time_point now, const paced_call& what, duration wait, double jitter);

    /// What was learned since it was last asked for.
    std::vector<lesson> take_lessons(time_point now);

    /// Every limit that is being learned, in no order.
    std::vector<limit_view> view(time_point now) const;

    /// Restores or adds a hold; a shorter one changes nothing.
    void apply(const hold& what);

    /// Trouble of the connection or the server, not a limit: the account rests, nothing is
    /// journaled.
    void rest(account_id account, time_point until);

    /// After an unclean stop with uncertain sends: one request at a time until answered() (P6).
    void probe(account_id account);

    /// An answer of Telegram other than a refusal. True: a probe is over and lanes may be asked
    /// again.
    bool answered(account_id account);

    /// No answer came, or a refusal: a probe may be tried again, where no hold forbids it.
    void unanswered(account_id account);

    /// Whether what was admitted before must wait after all: its account, its chat or its class of
    /// methods has been held since.
    bool is_held(time_point now, const paced_call& what) const;

    /// Whether the hold of just this scope goes on.
    bool is_held(time_point now, const limit_scope& scope) const;

    /// Forgets chats that are as good as new, and looks for lessons of what was not refused.
    void sweep(time_point now);

    std::size_t chats() const { return chats_.size(); }

private:
    struct paced_limit {
        limit_learner learner;
        double recorded = 0;  // the rate of the last lesson
    };
    using limit = std::unique_ptr<paced_limit>;
    static constexpr std::size_t methods_count = std::to_underlying(method_class_last) + 1;

    struct chat_state {
        time_point due{};   // when a burst would be allowed again
        time_point told{};  // when it may be asked again
        time_point held_until = time_point::min();
        limit learned;                   // null: as the advice says, by `due`
        bool was_refused_alone = false;  // since a call last passed
    };
    struct account_state {
        limit whole;  // null: not paced
        std::array<limit, methods_count> methods;
        std::array<time_point, methods_count> methods_held_until = never_held();
        /// When what was answered at once went last; any: of all classes.
        std::array<time_point, methods_count> prompt{};
        scope_judge judge;
        /// What the chats knew that refused in a row: it may have been the account.
        std::vector<std::pair<chat_id, std::optional<limit_learner>>> before;
        time_point held_until = time_point::min();
        bool probing = false;
        bool probe_in_flight = false;
    };
    using key = std::pair<account_id, chat_id>;

    static constexpr std::array<time_point, methods_count> never_held() {
        std::array<time_point, methods_count> all;
        all.fill(time_point::min());
        return all;
    }
    account_state& of(account_id account);
    chat_state& of(account_id account, chat_id chat);
    const std::optional<learned_limit>& advice(chat_id chat) const;
    bool is_paced() const { return rates_.account || rates_.private_chat || rates_.group; }

    limit remembered(const limit_scope& scope) const;
    limit made(const learned_limit& known) const;
    time_point allowed(const chat_state& one, chat_id chat, urgency how) const;
    duration wait(time_point now, const chat_state& one, chat_id chat, urgency how) const;
    bool is_waited_for(time_point now, const chat_state& one, chat_id chat) const;
    void learn(time_point now, chat_state& one, chat_id chat);
    void spend(time_point now, chat_state& one, chat_id chat, double calls) const;
    scope_judge::verdict judge(time_point now, account_state& whole, const chat_state& one,
                               const paced_call& what, duration wait) const;
    void teach(time_point now, account_state& whole, const paced_call& what, duration wait,
               const scope_judge::verdict& about);
    void take_back(time_point now, account_state& whole, account_id account);
    bool look_for_lesson(time_point now, const limit_scope& scope, const limit& of);
    limit* find(const limit_scope& scope);

    pace rates_;
    memory known_;
    boost::unordered_flat_map<account_id, account_state> accounts_;
    boost::unordered_flat_map<key, chat_state> chats_;
    std::vector<limit_scope> taught_;
};

}  // namespace baudot
