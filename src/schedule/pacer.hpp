#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "schedule/admission.hpp"
#include "schedule/gcra.hpp"

namespace baudot {

/// The rates to begin with. Telegram publishes guidance, not limits (TELEGRAM.md 1.1); what it
/// refuses is obeyed by holds. Empty: unlimited, for a local server or a test.
struct pace {
    std::optional<gcra_limits> account;       // all chats of an account together
    std::optional<gcra_limits> private_chat;  // one user
    std::optional<gcra_limits> group;         // one group, supergroup or channel
};

/// 30 per second for an account, 1 per second for a user, 20 per minute for a group or channel.
/// As bursts of 3 and one per 1/27 s and 60/17 s: no window of a second then holds more than 30
/// and none of a minute more than 20, where a burst of 20 would let 40 through in the first one.
pace documented_pace();

/// A wait that Telegram declared, to be journaled before its scope is used again (P6).
struct hold {
    account_id account{};
    chat_id chat{};  // 0: the whole account
    time_point until{};
    friend bool operator==(const hold&, const hold&) = default;
};

/// Decides when an account may send to a chat: its own rates, and what Telegram refused.
///
/// Guarantee (P6): no admission for a scope before its hold is over. An admission spends a permit
/// of the account and of the chat, both or none; an ordinary one leaves one of each for an urgent
/// one, where its burst is more than one. A hold of one chat blocks no other; the account
/// is held when a second chat of it is refused within 10 s, because a 429 does not say its scope
/// (TELEGRAM.md 1.5).
///
/// Pure; 64 bytes per chat in use, forgotten by sweep() when idle. Owned by one shard.
class pacer {
public:
    explicit pacer(const pace& rates) : rates_(rates) {}

    admission ask(time_point now, account_id account, chat_id chat, urgency how = urgency::urgent);

    /// 429 with a wait known: what to hold. `jitter`: 0..1, drawn by the caller; up to 5 % is
    /// added, so that accounts refused together do not come back together.
    std::vector<hold> refused(time_point now, account_id account, chat_id chat, duration wait,
                              double jitter);

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

    /// 401: nothing until mended() or a restart.
    void stop(account_id account);

    /// Whether what was admitted before must wait after all: the account or the chat has been held,
    /// or the account stopped, since.
    bool is_held(time_point now, account_id account, chat_id chat) const;

    /// Forgets chats that are as good as new.
    void sweep(time_point now);

    std::size_t chats() const { return chats_.size(); }

private:
    struct account_state {
        std::optional<gcra> rate;
        time_point held_until = time_point::min();
        time_point refused_at = time_point::min();
        chat_id refused_chat{};
        bool stopped = false;
        bool probing = false;
        bool probe_in_flight = false;
    };
    struct chat_state {
        std::optional<gcra> rate;
        time_point held_until = time_point::min();
    };
    using key = std::pair<account_id, chat_id>;

    account_state& of(account_id account);
    chat_state& of(account_id account, chat_id chat);

    pace rates_;
    boost::unordered_flat_map<account_id, account_state> accounts_;
    boost::unordered_flat_map<key, chat_state> chats_;
};

}  // namespace baudot
