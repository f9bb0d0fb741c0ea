#include "model/wire.hpp"

#include <algorithm>
#include <cmath>
#include <events.pb.h>
#include <utility>

namespace baudot {
namespace {

/// False when `number` is past the last enumerator this program knows.
template <class Enum>
bool known(std::uint32_t number, Enum last, Enum& value) {
    if (number > std::to_underlying(last)) return false;
    value = static_cast<Enum>(number);
    return true;
}

/// What is no number says nothing; and it would not even be equal to itself.
double finite(double number) {
    return std::isfinite(number) ? number : 0;
}

void to_wire(const formatted_text& value, pb::FormattedText& wire) {
    wire.set_text(value.text);
    for (const message_entity& entity : value.entities) {
        pb::Entity& to = *wire.add_entities();
        to.set_type(entity.type);
        to.set_offset(entity.offset);
        to.set_length(entity.length);
        if (!entity.url.empty()) to.set_url(entity.url);
        to.set_user(std::to_underlying(entity.user));
        if (!entity.language.empty()) to.set_language(entity.language);
        if (!entity.custom_emoji_id.empty()) to.set_custom_emoji_id(entity.custom_emoji_id);
        to.set_own_post(std::to_underlying(entity.own_post));
    }
}

void from_wire(const pb::FormattedText& wire, formatted_text& value) {
    value.text = wire.text();
    value.entities.reserve(static_cast<std::size_t>(wire.entities_size()));
    for (const pb::Entity& entity : wire.entities()) {
        value.entities.push_back({.type = entity.type(),
                                  .offset = entity.offset(),
                                  .length = entity.length(),
                                  .url = entity.url(),
                                  .user = user_id{entity.user()},
                                  .language = entity.language(),
                                  .custom_emoji_id = entity.custom_emoji_id(),
                                  .own_post = message_id{entity.own_post()}});
    }
}

void to_wire(const forward_origin& value, pb::ForwardOrigin& wire) {
    wire.set_kind(std::to_underlying(value.type));
    wire.set_user(std::to_underlying(value.user));
    wire.set_chat(std::to_underlying(value.chat));
    wire.set_message(std::to_underlying(value.message));
    wire.set_name(value.name);
    wire.set_username(value.username);
    wire.set_author_signature(value.author_signature);
}

bool from_wire(const pb::ForwardOrigin& wire, forward_origin& value) {
    if (!known(wire.kind(), forward_origin::kind::channel, value.type)) return false;
    value.user = user_id{wire.user()};
    value.chat = chat_id{wire.chat()};
    value.message = message_id{wire.message()};
    value.name = wire.name();
    value.username = wire.username();
    value.author_signature = wire.author_signature();
    return true;
}

void sender_to_wire(const message& value, pb::Message& wire) {
    wire.set_sender(std::to_underlying(value.sender));
    wire.set_sender_chat(std::to_underlying(value.sender_chat));
    wire.set_sender_name(value.sender_name);
    wire.set_sender_username(value.sender_username);
    wire.set_sender_is_bot(value.sender_is_bot);
    wire.set_author_signature(value.author_signature);
    wire.set_via_bot(std::to_underlying(value.via_bot));
    wire.set_via_bot_username(value.via_bot_username);
}

void sender_from_wire(const pb::Message& wire, message& value) {
    value.sender = user_id{wire.sender()};
    value.sender_chat = chat_id{wire.sender_chat()};
    value.sender_name = wire.sender_name();
    value.sender_username = wire.sender_username();
    value.sender_is_bot = wire.sender_is_bot();
    value.author_signature = wire.author_signature();
    value.via_bot = user_id{wire.via_bot()};
    value.via_bot_username = wire.via_bot_username();
}

void to_wire(const message& value, pb::Message& wire) {
    wire.set_chat(std::to_underlying(value.chat));
    wire.set_chat_kind(std::to_underlying(value.kind));
    wire.set_chat_title(value.chat_title);
    wire.set_chat_username(value.chat_username);
    wire.set_id(std::to_underlying(value.id));
    wire.set_date(value.date);
    wire.set_edit_date(value.edit_date);
    sender_to_wire(value, wire);
    wire.set_media_group_id(value.media_group_id);
    wire.set_content_kind(std::to_underlying(value.content));
    if (value.text != formatted_text{}) to_wire(value.text, *wire.mutable_text());
    if (value.media) {
        pb::Medium& to = *wire.mutable_media();
        to.set_file_id(value.media->file_id);
        to.set_file_unique_id(value.media->file_unique_id);
        to.set_file_name(value.media->file_name);
        to.set_mime_type(value.media->mime_type);
        to.set_size(value.media->size);
    }
    wire.set_reply_to(std::to_underlying(value.reply_to));
    wire.set_topic(std::to_underlying(value.topic));
    wire.set_is_forward(value.is_forward);
    if (value.origin) to_wire(*value.origin, *wire.mutable_origin());
    wire.set_has_protected_content(value.has_protected_content);
    wire.set_migrate_to_chat(std::to_underlying(value.migrate_to_chat));
}

bool from_wire(const pb::Message& wire, message& value) {
    if (!known(wire.chat_kind(), chat_kind::channel, value.kind)) return false;
    if (!known(wire.content_kind(), content_kind::service, value.content)) return false;
    value.chat = chat_id{wire.chat()};
    value.chat_title = wire.chat_title();
    value.chat_username = wire.chat_username();
    value.id = message_id{wire.id()};
    value.date = wire.date();
    value.edit_date = wire.edit_date();
    sender_from_wire(wire, value);
    value.media_group_id = wire.media_group_id();
    from_wire(wire.text(), value.text);
    if (wire.has_media()) {
        const pb::Medium& media = wire.media();
        value.media = medium{.file_id = media.file_id(),
                             .file_unique_id = media.file_unique_id(),
                             .file_name = media.file_name(),
                             .mime_type = media.mime_type(),
                             .size = media.size()};
    }
    value.reply_to = message_id{wire.reply_to()};
    value.topic = message_id{wire.topic()};
    value.is_forward = wire.is_forward();
    if (wire.has_origin() && !from_wire(wire.origin(), value.origin.emplace())) return false;
    value.has_protected_content = wire.has_protected_content();
    value.migrate_to_chat = chat_id{wire.migrate_to_chat()};
    return true;
}

void to_wire(const own_links& value, pb::OwnLinks& wire) {
    wire.set_without_copy(std::to_underlying(value.without_copy));
    wire.set_with(value.with);
    for (const std::string& each : value.routes) wire.add_routes(each);
}

bool from_wire(const pb::OwnLinks& wire, own_links& value) {
    value.with = wire.with();
    value.routes.assign(wire.routes().begin(), wire.routes().end());
    return known(wire.without_copy(), own_links_action_last, value.without_copy);
}

struct operation_writer {
    pb::Operation& wire;
    const own_links* own;  // null: none; of what has a text

    void operator()(const forward_message& what) const { origin(what, *wire.mutable_forward()); }
    void operator()(const copy_message& what) const {
        if (!what.caption) {
            origin(what, *wire.mutable_copy());
            return;
        }
        if (own) {
            pb::LinkingCopy& copy = *wire.mutable_linking_copy();
            origin(what, *copy.mutable_origin());
            to_wire(*what.caption, *copy.mutable_caption());
            to_wire(*own, *copy.mutable_links());
            return;
        }
        pb::CaptionedCopy& copy = *wire.mutable_captioned_copy();
        origin(what, *copy.mutable_origin());
        to_wire(*what.caption, *copy.mutable_caption());
    }
    void operator()(const send_text& what) const {
        if (!own) {
            to_wire(what.text, *wire.mutable_text());
            return;
        }
        to_wire(what.text, *wire.mutable_linking_text()->mutable_text());
        to_wire(*own, *wire.mutable_linking_text()->mutable_links());
    }

    template <class What>
    static void origin(const What& what, pb::Origin& to) {
        to.set_from(std::to_underlying(what.from));
        to.set_message(std::to_underlying(what.message));
    }
};

void to_wire(const operation& value, pb::Operation& wire) {
    std::visit(operation_writer{wire, value.own ? &*value.own : nullptr}, value.what);
    wire.set_silent(value.options.silent);
    wire.set_protect(value.options.protect);
    wire.set_no_link_preview(!value.options.link_preview);
}

template <class What>
What origin_of(const pb::Origin& wire) {
    What what;
    what.from = chat_id{wire.from()};
    what.message = message_id{wire.message()};
    return what;
}

bool from_wire(const pb::Operation& wire, operation& value) {
    switch (wire.what_case()) {
        case pb::Operation::kForward:
            value.what = origin_of<forward_message>(wire.forward());
            break;
        case pb::Operation::kCopy: value.what = origin_of<copy_message>(wire.copy()); break;
        case pb::Operation::kText: {
            send_text what;
            from_wire(wire.text(), what.text);
            value.what = std::move(what);
            break;
        }
        case pb::Operation::kCaptionedCopy: {
            auto what = origin_of<copy_message>(wire.captioned_copy().origin());
            from_wire(wire.captioned_copy().caption(), what.caption.emplace());
            value.what = std::move(what);
            break;
        }
        case pb::Operation::kLinkingText: {
            send_text what;
            from_wire(wire.linking_text().text(), what.text);
            value.what = std::move(what);
            if (!from_wire(wire.linking_text().links(), value.own.emplace())) return false;
            break;
        }
        case pb::Operation::kLinkingCopy: {
            auto what = origin_of<copy_message>(wire.linking_copy().origin());
            from_wire(wire.linking_copy().caption(), what.caption.emplace());
            value.what = std::move(what);
            if (!from_wire(wire.linking_copy().links(), value.own.emplace())) return false;
            break;
        }
        case pb::Operation::WHAT_NOT_SET: return false;
    }
    value.options = {.silent = wire.silent(),
                     .protect = wire.protect(),
                     .link_preview = !wire.no_link_preview()};
    return true;
}

void to_wire(const delivery_ref& value, pb::DeliveryRef& wire) {
    wire.set_planned(std::to_underlying(value.planned));
    wire.set_index(value.index);
}

delivery_ref ref_of(const pb::DeliveryRef& wire) {
    return {.planned = sequence{wire.planned()}, .index = wire.index()};
}

}  // namespace

void to_wire(const update_received& value, pb::UpdateReceived& wire) {
    wire.set_account(std::to_underlying(value.what.account));
    wire.set_update_id(std::to_underlying(value.what.id));
    wire.set_kind(std::to_underlying(value.what.kind));
    if (value.what.kind != update_kind::other || value.what.content != message{}) {
        to_wire(value.what.content, *wire.mutable_content());
    }
    wire.set_received_at(value.what.received_at);
}

bool from_wire(const pb::UpdateReceived& wire, update_received& value) {
    value.what.account = account_id{wire.account()};
    value.what.id = update_id{wire.update_id()};
    value.what.received_at = wire.received_at();
    return known(wire.kind(), update_kind::other, value.what.kind) &&
           from_wire(wire.content(), value.what.content);
}

void to_wire(const deliveries_planned& value, pb::DeliveriesPlanned& wire) {
    wire.set_cause(std::to_underlying(value.cause));
    wire.set_moved_from(std::to_underlying(value.moved_from));
    wire.set_source(std::to_underlying(value.source));
    wire.set_message(std::to_underlying(value.message));
    wire.set_version(value.version);
    wire.set_route(value.route);
    wire.set_on_uncertain(std::to_underlying(value.on_uncertain));
    wire.set_received_at(value.received_at);
    if (value.retry_of != delivery_ref{}) to_wire(value.retry_of, *wire.mutable_retry_of());
    wire.set_traffic(std::to_underlying(value.terms.traffic));
    if (value.terms.weight != 1) wire.set_weight(value.terms.weight);
    wire.set_expire_after(value.terms.expire_after.count());
    for (const operation& variant : value.variants) to_wire(variant, *wire.add_variants());
    for (const planned_delivery& delivery : value.deliveries) {
        pb::PlannedDelivery& to = *wire.add_deliveries();
        to.set_id_high(delivery.id.high);
        to.set_id_low(delivery.id.low);
        to.set_destination(std::to_underlying(delivery.destination));
        to.set_sender(std::to_underlying(delivery.sender));
        to.set_variant(delivery.variant);
        to.set_why(std::to_underlying(delivery.why));
    }
}

bool from_wire(const pb::DeliveriesPlanned& wire, deliveries_planned& value) {
    if (!known(wire.on_uncertain(), uncertain_policy::skip, value.on_uncertain)) return false;
    if (!known(wire.traffic(), traffic_class_last, value.terms.traffic)) return false;
    value.terms.weight = static_cast<std::uint16_t>(std::clamp(wire.weight(), 1U, 0xFFFFU));
    value.terms.expire_after = std::chrono::microseconds(wire.expire_after());
    value.cause = sequence{wire.cause()};
    value.moved_from = sequence{wire.moved_from()};
    value.retry_of = ref_of(wire.retry_of());
    value.source = chat_id{wire.source()};
    value.message = message_id{wire.message()};
    value.version = wire.version();
    value.route = wire.route();
    value.received_at = wire.received_at();
    for (const pb::Operation& variant : wire.variants()) {
        if (!from_wire(variant, value.variants.emplace_back())) return false;
    }
    value.deliveries.reserve(static_cast<std::size_t>(wire.deliveries_size()));
    for (const pb::PlannedDelivery& delivery : wire.deliveries()) {
        planned_delivery& to = value.deliveries.emplace_back();
        to = {.id = {.high = delivery.id_high(), .low = delivery.id_low()},
              .destination = chat_id{delivery.destination()},
              .sender = account_id{delivery.sender()},
              .variant = delivery.variant()};
        if (!known(delivery.why(), reject_class_last, to.why)) return false;
    }
    return true;
}

void to_wire(const deliveries_started& value, pb::DeliveriesStarted& wire) {
    for (const delivery_ref& delivery : value.deliveries) {
        to_wire(delivery, *wire.add_deliveries());
    }
    for (const account_id sender : value.senders) wire.add_senders(std::to_underlying(sender));
}

bool from_wire(const pb::DeliveriesStarted& wire, deliveries_started& value) {
    value.deliveries.reserve(static_cast<std::size_t>(wire.deliveries_size()));
    for (const pb::DeliveryRef& delivery : wire.deliveries()) {
        value.deliveries.push_back(ref_of(delivery));
    }
    for (const std::int64_t sender : wire.senders()) value.senders.push_back(account_id{sender});
    return value.senders.empty() || value.senders.size() == value.deliveries.size();
}

void to_wire(const deliveries_settled& value, pb::DeliveriesSettled& wire) {
    for (const settlement& one : value.settlements) {
        pb::Settlement& to = *wire.add_settlements();
        to_wire(one.delivery, *to.mutable_delivery());
        to.set_kind(std::to_underlying(one.kind));
        to.set_message(std::to_underlying(one.message));
        to.set_why(std::to_underlying(one.why));
        to.set_description(one.description);
        to.set_at(one.at);
        to.set_tied(one.is_tied);
        if (one.letter) to_wire(*one.letter, *to.mutable_letter());
    }
}

bool from_wire(const pb::DeliveriesSettled& wire, deliveries_settled& value) {
    value.settlements.reserve(static_cast<std::size_t>(wire.settlements_size()));
    for (const pb::Settlement& one : wire.settlements()) {
        settlement& to = value.settlements.emplace_back();
        if (!known(one.kind(), outcome_kind::not_sent, to.kind)) return false;
        if (!known(one.why(), reject_class_last, to.why)) return false;
        to.delivery = ref_of(one.delivery());
        to.message = message_id{one.message()};
        to.description = one.description();
        to.at = one.at();
        to.is_tied = one.tied();
        if (one.has_letter() && !from_wire(one.letter(), to.letter.emplace())) return false;
    }
    return true;
}

void to_wire(const hold_set& value, pb::HoldSet& wire) {
    wire.set_account(std::to_underlying(value.account));
    wire.set_chat(std::to_underlying(value.chat));
    wire.set_until(value.until);
    wire.set_methods(std::to_underlying(value.methods));
}

bool from_wire(const pb::HoldSet& wire, hold_set& value) {
    value = {
        .account = account_id{wire.account()}, .chat = chat_id{wire.chat()}, .until = wire.until()};
    return known(wire.methods(), method_class_last, value.methods);
}

void to_wire(const rules_changed& value, pb::RulesChanged& wire) {
    wire.set_fingerprint(value.fingerprint);
    wire.set_text(value.text);
}

bool from_wire(const pb::RulesChanged& wire, rules_changed& value) {
    value = {.fingerprint = wire.fingerprint(), .text = wire.text()};
    return true;
}

void to_wire(const chat_migrated& value, pb::ChatMigrated& wire) {
    wire.set_from(std::to_underlying(value.from));
    wire.set_to(std::to_underlying(value.to));
}

bool from_wire(const pb::ChatMigrated& wire, chat_migrated& value) {
    value = {.from = chat_id{wire.from()}, .to = chat_id{wire.to()}};
    return true;
}

void to_wire(const dead_letters_dropped& value, pb::DeadLettersDropped& wire) {
    for (const delivery_ref& letter : value.letters) to_wire(letter, *wire.add_letters());
    wire.set_why(std::to_underlying(value.why));
}

bool from_wire(const pb::DeadLettersDropped& wire, dead_letters_dropped& value) {
    for (const pb::DeliveryRef& letter : wire.letters()) value.letters.push_back(ref_of(letter));
    return known(wire.why(), drop_reason::count, value.why);
}

void to_wire(const limit_learned& value, pb::LimitLearned& wire) {
    wire.set_account(std::to_underlying(value.account));
    wire.set_chat(std::to_underlying(value.chat));
    wire.set_methods(std::to_underlying(value.methods));
    wire.set_at(value.at);
    wire.set_rate(value.rate);
    wire.set_doubt(value.doubt);
    wire.set_burst(value.burst);
    wire.set_cost(value.cost);
    wire.set_window(value.window);
    wire.set_window_seconds(value.window_seconds);
}

bool from_wire(const pb::LimitLearned& wire, limit_learned& value) {
    value = {.account = account_id{wire.account()},
             .chat = chat_id{wire.chat()},
             .at = wire.at(),
             .rate = finite(wire.rate()),
             .doubt = finite(wire.doubt()),
             .burst = finite(wire.burst()),
             .cost = finite(wire.cost()),
             .window = wire.window(),
             .window_seconds = finite(wire.window_seconds())};
    return known(wire.methods(), method_class_last, value.methods);
}

void to_wire(const post_waits& value, pb::PostWaits& wire) {
    wire.set_cause(std::to_underlying(value.cause));
    wire.set_version(value.version);
    wire.set_route(value.route);
    if (value.what) to_wire(update_received{*value.what}, *wire.mutable_what());
}

bool from_wire(const pb::PostWaits& wire, post_waits& value) {
    value = {.cause = sequence{wire.cause()}, .version = wire.version(), .route = wire.route()};
    if (!wire.has_what()) return true;
    update_received read;
    if (!from_wire(wire.what(), read)) return false;
    value.what = std::move(read.what);
    return true;
}

}  // namespace baudot
