#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <utility>
#include <variant>

#include "model/delivery_id.hpp"
#include "router/router.hpp"

namespace baudot::router {
namespace {

/// How a message can be delivered by one account.
enum class way : std::uint8_t { forward, copy, text };

/// The way of one account, or why it has none.
std::expected<way, reject_class> way_of(account_id sender, chat_id destination, relay_mode mode,
                                        const update& what, const capabilities& can) {
    const message& post = what.content;
    // Where every account numbers messages by itself, only the reader's id means this message.
    const bool sees = can.sees(sender, post.chat) &&
                      (sender == what.account || !message_ids_are_per_account(post.chat));
    const bool is_text = post.content == content_kind::text;
    if (mode == relay_mode::forward && !sees) {
        return std::unexpected(reject_class::needs_member);
    }
    if (!is_text && !sees) return std::unexpected(reject_class::needs_member);
    if (!is_text && !can.can_send_media(sender, destination)) {
        return std::unexpected(reject_class::media_not_allowed);
    }
    if (mode == relay_mode::forward) return way::forward;
    return sees ? way::copy : way::text;
}

struct choice {
    account_id sender{};
    way how{};
};

/// The first account that can; otherwise the reason of the first that was asked.
std::expected<choice, reject_class> choose(chat_id destination, relay_mode mode, const update& what,
                                           const capabilities& can) {
    if (what.content.has_protected_content) {
        return std::unexpected(reject_class::not_copyable);
    }
    auto reason = reject_class::no_sender;
    for (const account_id sender : can.posters(destination)) {
        const auto how = way_of(sender, destination, mode, what, can);
        if (how) return choice{.sender = sender, .how = *how};
        if (reason == reject_class::no_sender) reason = how.error();
    }
    return std::unexpected(reason);
}

operation make_operation(way how, const message& post, const delivery_options& options) {
    operation made{.what = forward_message{post.chat, post.id}, .options = options};
    switch (how) {
        case way::forward: break;
        case way::copy: made.what = copy_message{post.chat, post.id}; break;
        case way::text: made.what = send_text{post.text}; break;
    }
    return made;
}

/// Builds one route's event; a way that several destinations share is one variant.
class event_builder {
public:
    event_builder(const plan_input& input, const route& by) : input_(input), by_(by) {
        const message& post = input.what.what.content;
        made_.cause = input.position;
        made_.source = post.chat;
        made_.message = post.id;
        made_.version = input.version;
        made_.route = by.name;
        made_.on_uncertain = by.on_uncertain;
        made_.terms = by.terms;
        made_.received_at = input.received_at;
    }

    void add(chat_id destination, const choice& by_whom) {
        made_.deliveries.push_back({.id = id_for(destination),
                                    .destination = destination,
                                    .sender = by_whom.sender,
                                    .variant = variant_of(by_whom.how)});
    }

    // With what an account that can would send, for the day when one can; what is protected is
    // not copied, so not kept either.
    void add(chat_id destination, reject_class why) {
        const bool is_text = input_.what.what.content.content == content_kind::text;
        const way how = by_.mode == relay_mode::forward ? way::forward
                        : is_text                       ? way::text
                                                        : way::copy;
        const bool may_ever = why != reject_class::not_copyable;
        made_.deliveries.push_back({.id = id_for(destination),
                                    .destination = destination,
                                    .sender = {},
                                    .variant = may_ever ? variant_of(how) : 0,
                                    .why = why});
    }

    bool is_empty() const { return made_.deliveries.empty(); }
    deliveries_planned take() && { return std::move(made_); }

private:
    std::uint32_t variant_of(way how) {
        const auto known = std::ranges::find(ways_, how);
        const auto variant = static_cast<std::uint32_t>(known - ways_.begin());
        if (known == ways_.end()) {
            ways_.push_back(how);
            made_.variants.push_back(make_operation(how, input_.what.what.content, by_.options));
        }
        return variant;
    }

    delivery_id id_for(chat_id destination) const {
        return make_delivery_id({.source = made_.source,
                                 .reader = input_.what.what.account,
                                 .message = made_.message,
                                 .version = input_.version,
                                 .action = delivery_action::post,
                                 .part = 0,
                                 .route = by_.name,
                                 .destination = destination});
    }

    const plan_input& input_;
    const route& by_;
    deliveries_planned made_;
    std::vector<way> ways_;  // of made_.variants
};

/// Destinations that routes have taken one post into. Kept from post to post, so that nothing is
/// allocated; what a post into very many has left is not carried on, because to forget it takes as
/// long as it is large.
class destinations_seen {
public:
    destinations_seen() {
        if (all().bucket_count() > most_kept) all() = {};
        all().clear();
    }
    bool add(chat_id chat) { return all().insert(chat).second; }

private:
    using set = boost::unordered_flat_set<chat_id>;
    static constexpr std::size_t most_kept = 1U << 14;
    static set& all() {
        static thread_local set kept;
        return kept;
    }
};

}  // namespace

std::vector<deliveries_planned> compiled_rules::plan_for(const plan_input& input,
                                                         const capabilities& can) const {
    std::vector<deliveries_planned> made;
    const update& what = input.what.what;
    if (what.kind != update_kind::post) return made;
    const std::vector<judgement> judged = judge(what.content);
    const bool asks_for_first = std::ranges::any_of(judged, [&](const judgement& each) {
        return rules_.routes[each.route].per_destination == destination_policy::first;
    });
    std::optional<destinations_seen> reached;
    if (asks_for_first) reached.emplace();
    for (const judgement& each : judged) {
        if (each.how != judgement::said::taken) continue;
        const route& by = rules_.routes[each.route];
        event_builder event(input, by);
        for (const chat_id destination : by.to) {
            const bool is_again = reached && !reached->add(destination);
            if (is_again && by.per_destination == destination_policy::first) continue;
            const auto chosen = choose(destination, by.mode, what, can);
            if (chosen) {
                event.add(destination, *chosen);
            } else {
                event.add(destination, chosen.error());
            }
        }
        if (!event.is_empty()) made.push_back(std::move(event).take());
    }
    for (const route& by : reviews(judged)) {
        event_builder event(input, by);
        const auto chosen = choose(by.to.front(), by.mode, what, can);
        if (chosen) {
            event.add(by.to.front(), *chosen);
        } else {
            event.add(by.to.front(), chosen.error());
        }
        made.push_back(std::move(event).take());
    }
    return made;
}

}  // namespace baudot::router
