#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ids.hpp"
#include "base/method_class.hpp"
#include "model/operation.hpp"
#include "model/outcome.hpp"
#include "model/rule_set.hpp"
#include "model/update.hpp"

namespace baudot {

/// What must survive a crash (ARCHITECTURE.md, rule 1). The value is the record's type byte in
/// the journal: append only, never renumber.
enum class event_type : std::uint8_t {
    update_received = 1,
    deliveries_planned = 2,
    deliveries_started = 3,
    deliveries_settled = 4,
    hold_set = 5,
    rules_changed = 6,
    chat_migrated = 7,
    dead_letters_dropped = 8,
    limit_learned = 9,
    post_waits = 10,
};

struct update_received {
    update what;
    friend bool operator==(const update_received&, const update_received&) = default;
};

struct planned_delivery {
    delivery_id id;
    chat_id destination{};
    account_id sender{};
    std::uint32_t variant = 0;  // index into deliveries_planned::variants
    /// Not none: nobody can deliver it, and this is its fate. It has no sender then, and its
    /// variant is what an account that can would send; none (behind the last) where nobody ever
    /// may.
    reject_class why = reject_class::none;
    friend bool operator==(const planned_delivery&, const planned_delivery&) = default;
};

/// A delivery inside the journal: its planned event and its place in it.
struct delivery_ref {
    sequence planned{};
    std::uint32_t index = 0;
    friend auto operator<=>(const delivery_ref&, const delivery_ref&) = default;
};

/// One per (update, route): what differs in content once, then the destinations. It stands
/// alone: with it, the update that caused it is no longer needed.
struct deliveries_planned {
    sequence cause{};       // the update_received
    sequence moved_from{};  // set by copy-forward: the planned event that this repeats whole, so
                            // that its segment may go; its deliveries keep that position
    delivery_ref retry_of;  // set by an operator's retry: the dead letter that is owed again, here
                            // alone; nothing is owed when somebody was faster
    chat_id source{};
    message_id message{};
    std::uint32_t version = 0;  // of the source message: 0 is the post, edits count up
    std::string route;
    uncertain_policy on_uncertain = uncertain_policy::repeat;
    delivery_terms terms;
    std::int64_t received_at = 0;  // wall clock, microseconds: start of the time breakdown
    std::vector<operation> variants;
    std::vector<planned_delivery> deliveries;
    friend bool operator==(const deliveries_planned&, const deliveries_planned&) = default;
};

struct deliveries_started {
    std::vector<delivery_ref> deliveries;
    /// As many, or none; 0: who it was planned for. Who sends it is whose it is from here on.
    std::vector<account_id> senders{};
    friend bool operator==(const deliveries_started&, const deliveries_started&) = default;
};

/// What became of one started delivery. Delivered, rejected and uncertain (given up) are fates;
/// refused and not_sent undo the start: surely not executed, pending again. What was refused is
/// tied to the account that sent it (P7).
struct settlement {
    delivery_ref delivery;
    outcome_kind kind = outcome_kind::delivered;
    message_id message{};  // delivered: id of the copy
    bool is_tied = false;  // not_sent: it was tied to its account before, and so it stays
    reject_class why = reject_class::none;
    std::string description;
    // Of a dead letter (a fate other than delivered):
    std::int64_t at = 0;  // wall clock, microseconds; 0: written before there were letters
    std::optional<deliveries_planned> letter{};  // cut_out() of its plan: it stands alone
    friend bool operator==(const settlement&, const settlement&) = default;
};

/// The plan of one delivery alone, with what it would send.
deliveries_planned cut_out(const deliveries_planned& plan, std::uint32_t index);

/// Rejected, expired, or uncertain and given up.
constexpr bool is_dead(outcome_kind fate) {
    return fate == outcome_kind::rejected || fate == outcome_kind::uncertain;
}

struct deliveries_settled {
    std::vector<settlement> settlements;
    friend bool operator==(const deliveries_settled&, const deliveries_settled&) = default;
};

/// A server's wait: of a chat; where `chat` is 0, of the whole account or of a class of its
/// methods. `until`: wall clock, Unix microseconds.
struct hold_set {
    account_id account{};
    chat_id chat{};
    method_class methods = method_class::any;
    std::int64_t until = 0;
    friend bool operator==(const hold_set&, const hold_set&) = default;
};

struct rules_changed {
    std::string fingerprint;  // hex hash of the resolved rule set
    std::string text;         // the configuration without secrets, for explain
    friend bool operator==(const rules_changed&, const rules_changed&) = default;
};

/// A basic group became a supergroup: what was meant for `from` goes to `to`.
struct chat_migrated {
    chat_id from{};
    chat_id to{};
    friend bool operator==(const chat_migrated&, const chat_migrated&) = default;
};

/// Letters that are kept no longer. What is no letter (any more) is passed over.
struct dead_letters_dropped {
    std::vector<delivery_ref> letters;
    drop_reason why = drop_reason::asked;
    friend bool operator==(const dead_letters_dropped&, const dead_letters_dropped&) = default;
};

/// What is known of a limit that nobody publishes: of an account, of a class of its methods, or of
/// one of its chats. A rate of 0: nothing is known any more.
struct limit_learned {
    account_id account{};
    chat_id chat{};                            // 0: all of them
    method_class methods = method_class::any;  // where the limit is about a class
    std::int64_t at = 0;                       // wall clock, Unix microseconds
    double rate = 0;                           // calls per second
    double doubt = 0;          // how far below the rate one is safe, as a share of it
    double burst = 0;          // calls beyond the rate that passed
    double cost = 0;           // seconds that a refusal cost
    std::uint32_t window = 0;  // calls in window_seconds; 0: it does not count in windows
    double window_seconds = 0;
    friend bool operator==(const limit_learned&, const limit_learned&) = default;
};

/// A route takes a post, and its plan waits for what an external API answers. It stands alone: with
/// it, the update that caused it is no longer needed. A planned event of this post and this route
/// ends it, or a second event of this kind, without the post: nothing came of it.
struct post_waits {
    sequence cause{};           // the update_received
    std::uint32_t version = 0;  // of the source message
    std::string route;
    std::optional<update> what{};
    friend bool operator==(const post_waits&, const post_waits&) = default;
};

using event = std::variant<update_received, deliveries_planned, deliveries_started,
                           deliveries_settled, hold_set, rules_changed, chat_migrated,
                           dead_letters_dropped, limit_learned, post_waits>;

}  // namespace baudot
