#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/post_name.hpp"
#include "base/ids.hpp"
#include "intake/sighting.hpp"
#include "model/event.hpp"

namespace baudot::app {

/// When a record was made, Unix microseconds: only some say so, and what others lie between. 0: not
/// known. Both the same: exactly then.
struct record_time {
    std::int64_t not_before = 0;
    std::int64_t not_after = 0;
};

/// An update with the post, as it was received.
struct arrival {
    sequence at{};
    update what;
    intake::verdict is;
};

/// One thing that happened to a delivery.
struct delivery_step {
    enum class kind : std::uint8_t {
        started,
        held,  // its account, or its chat at that account, was told to wait
        delivered,
        refused,
        rejected,
        uncertain,
        not_sent,
        retried,
        dropped,  // the dead letter
    };

    kind what = kind::started;
    sequence at{};
    account_id account{};  // started, held
    message_id message{};  // delivered: of the copy
    reject_class why = reject_class::none;
    std::string description;       // what Telegram said
    std::int64_t until = 0;        // held: Unix microseconds
    delivery_ref retry;            // retried: as
    drop_reason dropped_for = {};  // dropped
};

/// A delivery of the post, and all that happened to it, in order.
struct delivery_history {
    delivery_ref ref;
    sequence cause{};
    std::uint32_t version = 0;
    std::string route;
    delivery_id id;
    chat_id destination{};
    account_id account{};  // that it was planned for
    reject_class why = reject_class::none;
    std::optional<operation> what;
    delivery_ref retry_of;
    std::vector<delivery_step> steps;
};

struct rules_record {
    sequence at{};
    rules_changed what;
};

/// A route that waits for the answer of an external API.
struct api_wait {
    std::string route;
    sequence at{};
    sequence over{};  // 0: it still waits
};

/// What a journal says about one post. It is given every event in order, or all but what it cannot
/// read; then it is asked. One thread.
class post_history {
public:
    explicit post_history(post_name of) : of_(std::move(of)) {}

    void add(sequence position, const event& what);

    /// Deliveries whose plan stands behind what happened to them, because the journal has moved
    /// it: a second reading of the same events is needed, by what this returns. None: it is whole.
    std::optional<post_history> second_reading() const;

    bool is_found() const { return !arrivals_.empty() || !deliveries_.empty(); }

    /// 0: it is not known, as the post is named by a username that no record has.
    chat_id chat() const { return chat_; }
    message_id number() const { return of_.message; }

    const std::vector<arrival>& arrivals() const { return arrivals_; }
    const std::vector<delivery_history>& deliveries() const { return deliveries_; }
    const std::vector<api_wait>& waits() const { return waits_; }

    /// The rules that decided, the newest, and how often they changed in between.
    const std::optional<rules_record>& rules_then() const { return rules_then_; }
    const std::optional<rules_record>& rules_last() const { return rules_last_; }
    std::size_t rules_changes() const { return rules_changes_; }

    /// Where a group is now that became a supergroup; the chat itself otherwise.
    chat_id moved(chat_id chat) const;

    sequence first() const { return first_; }
    sequence last() const { return last_; }
    std::int64_t begins_at() const { return begins_at_; }  // Unix microseconds; 0: not known

    /// Of a record that is in this history.
    record_time time_of(sequence at) const;

    /// Deliveries that ended with a message of this number: copies that may be what was asked for.
    const std::vector<delivery_ref>& possible_copies() const { return possible_copies_; }

private:
    void visit(sequence position, const update_received& what);
    void visit(sequence position, const deliveries_planned& what);
    void visit(sequence position, const deliveries_started& what);
    void visit(sequence position, const deliveries_settled& what);
    void visit(sequence position, const hold_set& what);
    void visit(sequence position, const rules_changed& what);
    void visit(sequence position, const chat_migrated& what);
    void visit(sequence position, const dead_letters_dropped& what);
    void visit(sequence position, const limit_learned& what);
    void visit(sequence position, const post_waits& what);

    bool is_of(chat_id chat, const std::string& username) const;
    void note_time(sequence position, std::int64_t at);
    void remember(sequence position);
    void decide_rules();
    void end_wait(const std::string& route, sequence position);
    void add_steps(const settlement& what, sequence position);
    delivery_history* find(const delivery_ref& ref);

    post_name of_;
    chat_id chat_{};
    std::vector<arrival> arrivals_;
    std::map<std::string, std::optional<intake::sighting>> seen_;
    std::vector<delivery_history> deliveries_;
    boost::unordered_flat_map<std::uint64_t, std::size_t> first_of_plan_;  // in deliveries_
    std::vector<api_wait> waits_;
    std::optional<rules_record> rules_then_;
    std::optional<rules_record> rules_last_;
    std::size_t rules_changes_ = 0;
    std::map<chat_id, chat_id> migrated_;
    std::vector<delivery_ref> possible_copies_;
    bool is_torn_ = false;
    sequence first_{};
    sequence last_{};
    std::int64_t begins_at_ = 0;
    std::int64_t newest_ = 0;                // of the times so far
    std::map<sequence, record_time> times_;  // of records of the post
    std::vector<sequence> without_end_;      // of times_
};

/// The post that one of these deliveries copied into `chat`: it is given every event in order.
class copy_search {
public:
    copy_search(const std::vector<delivery_ref>& possible, chat_id chat);
    void add(sequence position, const event& what);
    const std::optional<post_name>& found() const { return found_; }

private:
    std::map<std::uint64_t, std::vector<std::uint32_t>> possible_;  // by plan
    chat_id chat_;
    std::optional<post_name> found_;
};

}  // namespace baudot::app
