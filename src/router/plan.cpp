#include <boost/unordered/unordered_flat_set.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "model/delivery_id.hpp"
#include "router/planned_texts.hpp"
#include "router/router.hpp"
#include "text/own_links.hpp"

namespace baudot::router {
namespace {

// planned_delivery::variant of what has no content: behind the last, however many there will be.
constexpr std::uint32_t no_variant = UINT32_MAX;

/// How a message can be delivered by one account.
enum class way : std::uint8_t { forward, copy, text };

/// The way of one account, or why it has none. A text of our own needs no source.
std::expected<way, reject_class> way_of(account_id sender, chat_id destination, relay_mode mode,
                                        const update& what, bool is_changed,
                                        const capabilities& can) {
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
    return sees && !(is_text && is_changed) ? way::copy : way::text;
}

struct choice {
    account_id sender{};
    way how{};
};

/// The first account that can; otherwise the reason of the first that was asked.
std::expected<choice, reject_class> choose(chat_id destination, relay_mode mode, const update& what,
                                           bool is_changed, const capabilities& can) {
    if (what.content.has_protected_content) {
        return std::unexpected(reject_class::not_copyable);
    }
    auto reason = reject_class::no_sender;
    for (const account_id sender : can.posters(destination)) {
        const auto how = way_of(sender, destination, mode, what, is_changed, can);
        if (how) return choice{.sender = sender, .how = *how};
        if (reason == reject_class::no_sender) reason = how.error();
    }
    return std::unexpected(reason);
}

/// Builds one route's event; what several destinations share is one variant.
class event_builder {
public:
    /// `beside`: as own_links::routes. All arguments outlive it.
    event_builder(const plan_input& input, const route& by, std::span<const std::string> beside)
        : input_(input), by_(by), beside_(beside) {
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

    /// `texts`: what transforms made of the post; null: it goes as it is.
    void add(chat_id destination, const planned_texts* texts, const capabilities& can) {
        if (texts && texts->why != reject_class::none) {
            add_letter(destination, 0, texts->why, no_variant);
            return;
        }
        const auto chosen = choose(destination, by_.mode, input_.what.what, texts != nullptr, can);
        const std::size_t parts = texts ? texts->parts.size() : 1;
        for (std::uint32_t part = 0; part < parts; ++part) {
            if (chosen) {
                made_.deliveries.push_back({.id = id_for(destination, part),
                                            .destination = destination,
                                            .sender = chosen->sender,
                                            .variant = variant_of(chosen->how, texts, part)});
            } else {
                add_undeliverable(destination, texts, part, chosen.error());
            }
        }
    }

    bool is_empty() const { return made_.deliveries.empty(); }
    deliveries_planned take() && { return std::move(made_); }

private:
    /// What an operation is made of.
    struct origin {
        way how{};
        const planned_texts* texts = nullptr;
        std::uint32_t part = 0;
        friend bool operator==(const origin&, const origin&) = default;
    };

    // With what an account that can would send, for the day when one can; what is protected is
    // not copied, so not kept either.
    void add_undeliverable(chat_id destination, const planned_texts* texts, std::uint32_t part,
                           reject_class why) {
        const bool is_text = input_.what.what.content.content == content_kind::text;
        const way how = by_.mode == relay_mode::forward ? way::forward
                        : is_text                       ? way::text
                                                        : way::copy;
        const bool may_ever = why != reject_class::not_copyable;
        add_letter(destination, part, why, may_ever ? variant_of(how, texts, part) : no_variant);
    }

    void add_letter(chat_id destination, std::uint32_t part, reject_class why,
                    std::uint32_t variant) {
        made_.deliveries.push_back({.id = id_for(destination, part),
                                    .destination = destination,
                                    .sender = {},
                                    .variant = variant,
                                    .why = why});
    }

    std::uint32_t variant_of(way how, const planned_texts* texts, std::uint32_t part) {
        const origin wanted{.how = how, .texts = texts, .part = part};
        const auto known = std::ranges::find(origins_, wanted);
        const auto variant = static_cast<std::uint32_t>(known - origins_.begin());
        if (known == origins_.end()) {
            origins_.push_back(wanted);
            made_.variants.push_back(make_operation(wanted));
        }
        return variant;
    }

    operation make_operation(const origin& of) const {
        const message& post = input_.what.what.content;
        operation made{.what = forward_message{post.chat, post.id}, .options = by_.options};
        const formatted_text* const text = of.texts ? &of.texts->parts[of.part] : nullptr;
        if (of.how == way::text || of.part > 0) {
            made.what = send_text{text ? *text : post.text};
        } else if (of.how == way::copy) {
            copy_message copy{post.chat, post.id};
            if (text) copy.caption = *text;
            made.what = std::move(copy);
        }
        if (text && text::has_own_links(*text)) {
            made.own = of.texts->own;
            made.own->routes.assign(beside_.begin(), beside_.end());
        }
        return made;
    }

    delivery_id id_for(chat_id destination, std::uint32_t part) const {
        return make_delivery_id({.source = made_.source,
                                 .reader = input_.what.what.account,
                                 .message = made_.message,
                                 .version = input_.version,
                                 .action = delivery_action::post,
                                 .part = part,
                                 .route = by_.name,
                                 .destination = destination});
    }

    const plan_input& input_;
    const route& by_;
    std::span<const std::string> beside_;
    deliveries_planned made_;
    std::vector<origin> origins_;  // of made_.variants
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

wall_time received_at(const plan_input& input) {
    return wall_time(std::chrono::microseconds(input.received_at));
}

}  // namespace

post_plan compiled_rules::plan_for(const plan_input& input, const capabilities& can) const {
    if (input.what.what.kind != update_kind::post) return {};
    return plan_for(input, judge(input.what.what.content, input.troubles), can);
}

post_plan compiled_rules::plan_for(const plan_input& input, const std::vector<judgement>& judged,
                                   const capabilities& can) const {
    post_plan made;
    const bool asks_for_first = std::ranges::any_of(judged, [&](const judgement& each) {
        return rules_.routes[each.route].per_destination == destination_policy::first;
    });
    std::optional<destinations_seen> reached;
    if (asks_for_first) reached.emplace();
    for (const judgement& each : judged) {
        if (each.how != judgement::said::taken) continue;
        const route& by = rules_.routes[each.route];
        const compiled_route& compiled = routes_[each.route];
        const bool is_wanted = input.only.empty() || by.name == input.only;
        const bool is_behind = is_wanted && input.is_behind && input.is_behind(by.name);
        event_builder event(input, by, compiled.beside);
        std::vector<std::string> troubles;
        const text::transform_input of{.post = input.what.what.content,
                                       .route = by.name,
                                       .received_at = received_at(input),
                                       .troubles = &troubles,
                                       .world = input.world};
        route_texts texts(of, by, compiled.transform, compiled.transform_of);
        for (const chat_id destination : by.to) {
            const bool is_again = reached && !reached->add(destination);
            if (is_again && by.per_destination == destination_policy::first) continue;
            if (is_wanted && !is_behind) event.add(destination, texts.to(destination), can);
        }
        for (std::string& said : troubles) {
            if (input.troubles == nullptr) break;
            input.troubles->push_back({.route = each.route, .what = std::move(said)});
        }
        if (is_behind || texts.waits()) {
            made.waiting.push_back(by.name);
        } else if (!event.is_empty()) {
            made.plans.push_back(std::move(event).take());
        }
    }
    if (!input.only.empty()) return made;
    for (const route& by : reviews(judged)) {
        event_builder event(input, by, {});
        event.add(by.to.front(), nullptr, can);
        made.plans.push_back(std::move(event).take());
    }
    return made;
}

}  // namespace baudot::router
