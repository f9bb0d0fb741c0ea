#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "model/event.hpp"
#include "model/post_plan.hpp"
#include "model/rule_set.hpp"
#include "router/filter_program.hpp"
#include "router/pattern_index.hpp"
#include "text/transform.hpp"

namespace baudot::router {

struct explained_clause;  // router/explain.hpp
struct explained_route;

/// `include` and `exclude` as a filter.
post_filter found_in_text(const std::vector<std::string>& patterns);

/// Where in a rule set something is wrong, so that the configuration can name line and column.
struct rule_error {
    enum class field : std::uint8_t {
        name,
        from,
        to,
        include,
        exclude,
        filter,
        refuse,
        check,
        other,
        transform
    };

    std::size_t route = 0;  // its place in the rule set
    field where = field::name;
    std::size_t item = 0;  // place in the list of that field, or among the values of a filter
                           // or of transforms
    std::optional<std::size_t> offset;  // bytes into the pattern
    std::string message;                // a sentence that names route and pattern
};

std::string_view name(rule_error::field where) noexcept;

/// What accounts can do in chats, as known now. The planner asks; it never remembers.
class capabilities {
public:
    virtual ~capabilities() = default;

    /// Accounts that can post to `destination`, in the order of the configuration.
    virtual std::span<const account_id> posters(chat_id destination) const = 0;

    /// Whether the account sees the messages of `source`.
    virtual bool sees(account_id account, chat_id source) const = 0;

    /// Whether the account may send media to `destination`, beyond text.
    virtual bool can_send_media(account_id account, chat_id destination) const = 0;
};

/// A script of a route that failed, or was stopped.
struct script_trouble {
    std::uint32_t route = 0;
    std::string what;  // a sentence; it may have words of the post in it, but is short
};

/// What the journal knows about the update beyond its content.
struct plan_input {
    const update_received& what;
    sequence position{};           // of the update_received
    std::uint32_t version = 0;     // assigned by the journal's order
    std::int64_t received_at = 0;  // wall clock, microseconds
    std::string_view only{};       // this route alone is planned; empty: all of them, and reviews
    /// Whether earlier posts of the chat wait for this route: so does this one. Empty: none does.
    std::function<bool(std::string_view route)> is_behind{};
    text::outside* world = nullptr;  // outlives the call; null: transforms ask nobody
    std::vector<script_trouble>* troubles = nullptr;  // gets those of this post; may be null
};

/// The rules of one rule set, compiled once: patterns into few sets, routes by source chat.
///
/// A route refuses a post of one of its sources when the text (or caption; empty when there is
/// none) matches one of `exclude`, or `refuse` holds. It takes it when it surely does not refuse
/// it, the text matches one of `include` or `include` is empty, and `filter` holds. What is
/// neither, also because something is not known, it passes over. Service messages concern no route,
/// and edits none yet.
///
/// What a route refuses goes to its `check`, forwarded as it stands there, and what it passes over
/// to its `other`, copied as it is, unless a route with the same `other` takes it. Each such chat
/// gets it once, for the first route of the file, and only where no route takes it there anyway. A
/// review is planned behind all that is taken, under the name of its route.
///
/// Text and captions of what a route takes go through its transforms, then through those of the
/// destination. What they changed is part of the plan: a text is sent anew, media are copied with
/// another caption, and what is too long for one message is several deliveries, whose ids differ by
/// their part. What they left as it was costs nothing. Links to posts of the source that are to
/// lead to their copies are in the plan as such (own_links): where the copies are is known when it
/// is sent. Reviews show the post as it was.
///
/// A route may have no destinations: those that only a lost account can see are left out. What it
/// takes is no less taken.
///
/// Copy is copyMessage when the sender sees the source, otherwise the text with its entities.
/// Forward needs a sender that sees the source. The sender is the first account, in the order
/// of the configuration, that can post to the destination and deliver this message.
///
/// Immutable; plan_for() is a function of its arguments and may run on any threads at once.
class compiled_rules {
public:
    /// Every error, not only the first.
    static std::expected<compiled_rules, std::vector<rule_error>> compile(
        rule_set rules, const pattern_limits& limits = {});

    /// What each route of the post's chat says to it, in file order.
    struct judgement {
        std::uint32_t route = 0;
        enum class said : std::uint8_t { taken, refused, passed_over } how = said::taken;
        friend bool operator==(const judgement&, const judgement&) = default;
    };
    std::vector<judgement> judge(const message& post,
                                 std::vector<script_trouble>* troubles = nullptr) const;

    /// In the order of the routes; none is empty. A destination that nobody can deliver to is in
    /// it, with the reason: no_sender, needs_member, media_not_allowed, or not_copyable where the
    /// source protects its content; nothing_left, too_long or transform_failed where transforms
    /// made what nobody can send. Of a route that waits for an answer nothing is planned.
    post_plan plan_for(const plan_input& input, const capabilities& can) const;

    /// The same of what judge() has said to this post.
    post_plan plan_for(const plan_input& input, const std::vector<judgement>& judged,
                       const capabilities& can) const;

    /// What each route of the post's chat says to it, and why: every part of its filters, whatever
    /// the others say; what its transforms make of it; where the plan brings it. Service messages
    /// are none of them.
    std::vector<explained_route> explain(const plan_input& input, const capabilities& can) const;

    const rule_set& rules() const { return rules_; }
    const pattern_index& patterns() const { return patterns_; }

private:
    /// Roots in filters_ of what must hold, and of what must not.
    struct compiled_route {
        std::vector<std::uint32_t> takes;
        std::vector<std::uint32_t> refuses;
        text::transform transform;
        std::map<chat_id, text::transform> transform_of;  // of single destinations
        std::vector<std::string> beside;  // own_links::routes; where it has such links
    };
    /// What a post of one chat needs: its routes, and the sets that hold their patterns.
    struct source_routes {
        std::vector<std::uint32_t> routes;
        std::vector<std::uint32_t> sets;
        std::vector<std::uint32_t> file_name_sets;
    };

    compiled_rules() = default;
    void index_sources();
    void find_routes_beside();
    judgement::said say(const compiled_route& by, post_facts& facts) const;
    std::vector<route> reviews(const std::vector<judgement>& judged) const;
    std::vector<explained_clause> explain_clauses(std::uint32_t number, post_facts& facts) const;
    void explain_texts(const message& post, explained_route& made) const;

    rule_set rules_;
    pattern_index patterns_;
    pattern_index file_name_patterns_;
    filter_program filters_;
    std::vector<compiled_route> routes_;  // as rules_.routes
    boost::unordered_flat_map<chat_id, source_routes> sources_;
};

}  // namespace baudot::router
