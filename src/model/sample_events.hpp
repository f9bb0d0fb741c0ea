#pragma once

#include <array>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "model/call.hpp"
#include "model/event.hpp"

// Events for tests: one with every field set, and any number of random ones.

namespace baudot::testing {

inline std::string random_bytes(random_source& random, std::size_t longest) {
    std::string bytes(random.below(longest + 1), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.below(256));
    return bytes;
}

/// Any 64 bits, small and extreme values more often than chance would.
inline std::int64_t random_int(random_source& random) {
    static constexpr std::array<std::int64_t, 6> edges{0,         1,        -1, -1'001'234'567'890,
                                                       INT64_MAX, INT64_MIN};
    if (random.chance(0.5)) return edges[random.below(edges.size())];
    return static_cast<std::int64_t>(random.next()) >> random.below(64);
}

template <class Id>
Id random_id(random_source& random) {
    return Id{random_int(random)};
}

template <class Enum>
Enum random_enum(random_source& random, Enum last) {
    return static_cast<Enum>(random.below(std::uint64_t{std::to_underlying(last)} + 1));
}

inline formatted_text random_text(random_source& random) {
    formatted_text text{.text = random_bytes(random, 400), .entities = {}};
    for (std::uint64_t left = random.below(5); left > 0; --left) {
        text.entities.push_back({.type = random_bytes(random, 12),
                                 .offset = static_cast<std::int32_t>(random_int(random)),
                                 .length = static_cast<std::int32_t>(random_int(random)),
                                 .url = random_bytes(random, 40),
                                 .user = random_id<user_id>(random),
                                 .language = random_bytes(random, 5),
                                 .custom_emoji_id = random_bytes(random, 20),
                                 .own_post = random_id<message_id>(random)});
    }
    return text;
}

inline message random_message(random_source& random) {
    message m;
    m.chat = random_id<chat_id>(random);
    m.kind = random_enum(random, chat_kind::channel);
    m.chat_title = random_bytes(random, 40);
    m.chat_username = random_bytes(random, 40);
    m.id = random_id<message_id>(random);
    m.date = random_int(random);
    m.edit_date = random_int(random);
    m.sender = random_id<user_id>(random);
    m.sender_chat = random_id<chat_id>(random);
    m.sender_name = random_bytes(random, 20);
    m.sender_username = random_bytes(random, 20);
    m.sender_is_bot = random.chance(0.5);
    m.author_signature = random_bytes(random, 20);
    m.via_bot = random_id<user_id>(random);
    m.via_bot_username = random_bytes(random, 20);
    m.media_group_id = random_bytes(random, 20);
    m.content = random_enum(random, content_kind::service);
    m.text = random_text(random);
    if (random.chance(0.5)) {
        m.media = medium{.file_id = random_bytes(random, 80),
                         .file_unique_id = random_bytes(random, 20),
                         .file_name = random_bytes(random, 20),
                         .mime_type = random_bytes(random, 20),
                         .size = random_int(random)};
    }
    m.reply_to = random_id<message_id>(random);
    m.topic = random_id<message_id>(random);
    if (random.chance(0.3)) {
        m.origin = forward_origin{.type = random_enum(random, forward_origin::kind::channel),
                                  .user = random_id<user_id>(random),
                                  .chat = random_id<chat_id>(random),
                                  .message = random_id<message_id>(random),
                                  .name = random_bytes(random, 20),
                                  .username = random_bytes(random, 20),
                                  .author_signature = random_bytes(random, 20)};
    }
    m.is_forward = random.chance(0.5);
    m.has_protected_content = random.chance(0.5);
    m.migrate_to_chat = random_id<chat_id>(random);
    return m;
}

inline own_links random_own_links(random_source& random) {
    own_links made{.without_copy = random_enum(random, own_links_action_last),
                   .with = random_bytes(random, 9),
                   .routes = {}};
    while (random.chance(0.4)) made.routes.push_back(random_bytes(random, 9));
    return made;
}

inline operation random_operation(random_source& random) {
    operation made;
    switch (random.below(4)) {
        case 0:
            made.what = forward_message{random_id<chat_id>(random), random_id<message_id>(random)};
            break;
        case 1:
            made.what = copy_message{random_id<chat_id>(random), random_id<message_id>(random)};
            break;
        case 2:
            made.what = copy_message{random_id<chat_id>(random), random_id<message_id>(random),
                                     random_text(random)};
            break;
        default: made.what = send_text{random_text(random)};
    }
    made.options = {.silent = random.chance(0.5),
                    .protect = random.chance(0.5),
                    .link_preview = random.chance(0.5)};
    if (text_of(made) && random.chance(0.3)) made.own = random_own_links(random);
    return made;
}

inline delivery_ref random_ref(random_source& random) {
    return {.planned = sequence{random.next()}, .index = static_cast<std::uint32_t>(random.next())};
}

inline deliveries_planned random_planned(random_source& random) {
    deliveries_planned planned;
    planned.cause = sequence{random.next()};
    planned.moved_from = sequence{random.next()};
    if (random.chance(0.3)) planned.retry_of = random_ref(random);
    planned.source = random_id<chat_id>(random);
    planned.message = random_id<message_id>(random);
    planned.version = static_cast<std::uint32_t>(random.next());
    planned.route = random_bytes(random, 30);
    planned.on_uncertain = random_enum(random, uncertain_policy::skip);
    planned.terms = {.traffic = random_enum(random, traffic_class_last),
                     .weight = static_cast<std::uint16_t>(random.between(1, 0xFFFF)),
                     .expire_after = std::chrono::microseconds(random_int(random))};
    planned.received_at = random_int(random);
    for (std::uint64_t left = random.below(3); left > 0; --left) {
        planned.variants.push_back(random_operation(random));
    }
    for (std::uint64_t left = random.below(6); left > 0; --left) {
        planned.deliveries.push_back({.id = {.high = random.next(), .low = random.next()},
                                      .destination = random_id<chat_id>(random),
                                      .sender = random_id<account_id>(random),
                                      .variant = static_cast<std::uint32_t>(random.next()),
                                      .why = random_enum(random, reject_class_last)});
    }
    return planned;
}

inline deliveries_settled random_settled(random_source& random) {
    deliveries_settled settled;
    for (std::uint64_t left = random.below(6); left > 0; --left) {
        settled.settlements.push_back({.delivery = random_ref(random),
                                       .kind = random_enum(random, outcome_kind::not_sent),
                                       .message = random_id<message_id>(random),
                                       .is_tied = random.chance(0.2),
                                       .why = random_enum(random, reject_class_last),
                                       .description = random_bytes(random, 60),
                                       .at = random_int(random)});
        if (random.chance(0.3)) settled.settlements.back().letter = random_planned(random);
    }
    return settled;
}

inline post_waits random_waits(random_source& random) {
    post_waits waits{.cause = sequence{random.next()},
                     .version = static_cast<std::uint32_t>(random.below(9)),
                     .route = random_bytes(random, 20)};
    if (random.chance(0.5)) {
        waits.what = update{.account = random_id<account_id>(random),
                            .id = random_id<update_id>(random),
                            .kind = random_enum(random, update_kind::other),
                            .content = random_message(random),
                            .received_at = random_int(random)};
    }
    return waits;
}

inline event random_event(random_source& random) {
    switch (random.below(10)) {
        case 0:
            return update_received{{.account = random_id<account_id>(random),
                                    .id = random_id<update_id>(random),
                                    .kind = random_enum(random, update_kind::other),
                                    .content = random_message(random),
                                    .received_at = random_int(random)}};
        case 1: return random_planned(random);
        case 2: {
            deliveries_started started;
            for (std::uint64_t left = random.below(6); left > 0; --left) {
                started.deliveries.push_back(random_ref(random));
            }
            if (random.chance(0.3)) {
                for (std::size_t left = started.deliveries.size(); left > 0; --left) {
                    started.senders.push_back(random_id<account_id>(random));
                }
            }
            return started;
        }
        case 3: return random_settled(random);
        case 4:
            return hold_set{.account = random_id<account_id>(random),
                            .chat = random_id<chat_id>(random),
                            .methods = random_enum(random, method_class_last),
                            .until = random_int(random)};
        case 5:
            return rules_changed{.fingerprint = random_bytes(random, 32),
                                 .text = random_bytes(random, 400)};
        case 6: {
            dead_letters_dropped dropped{.letters = {},
                                         .why = random_enum(random, drop_reason::count)};
            for (std::uint64_t left = random.below(6); left > 0; --left) {
                dropped.letters.push_back(random_ref(random));
            }
            return dropped;
        }
        case 7:
            return limit_learned{.account = random_id<account_id>(random),
                                 .chat = random_id<chat_id>(random),
                                 .methods = random_enum(random, method_class_last),
                                 .at = random_int(random),
                                 .rate = random.unit(),
                                 .doubt = random.unit(),
                                 .burst = random.unit() * 100,
                                 .cost = random.unit() * 1e4,
                                 .window = static_cast<std::uint32_t>(random.below(3000)),
                                 .window_seconds = random.unit() * 1e4};
        case 8: return random_waits(random);
        default:
            return chat_migrated{.from = random_id<chat_id>(random),
                                 .to = random_id<chat_id>(random)};
    }
}

/// A post of a channel with every field of every part set to something.
inline update_received sample_update() {
    message m;
    m.chat = chat_id{-1'001'465'826'763};
    m.kind = chat_kind::channel;
    m.chat_title = "Новости";
    m.chat_username = "news";
    m.id = message_id{3881};
    m.date = 1'691'690'045;
    m.edit_date = 1'691'690'100;
    m.sender = user_id{42};
    m.sender_chat = chat_id{-1'001'465'826'763};
    m.media_group_id = "13500000001";
    m.content = content_kind::photo;
    m.text = {.text = "🚀 Go и Kafka",
              .entities = {{.type = "text_link",
                            .offset = 3,
                            .length = 2,
                            .url = "https://example.org/",
                            .user = user_id{7},
                            .language = "go",
                            .custom_emoji_id = "5368"}}};
    m.media = medium{.file_id = "AgAC",
                     .file_unique_id = "AQAD",
                     .file_name = "a.jpg",
                     .mime_type = "image/jpeg",
                     .size = 12'345};
    m.reply_to = message_id{3880};
    m.is_forward = true;
    m.has_protected_content = true;
    m.migrate_to_chat = chat_id{-1'002'000'000'000};
    return {{.account = account_id{600'100'200},
             .id = update_id{700'000'000},
             .kind = update_kind::edit,
             .content = m}};
}

/// Every type of event once, every field set; what the golden bytes are of.
inline std::array<event, 10> sample_events() {
    deliveries_planned planned;
    planned.cause = sequence{77};
    planned.moved_from = sequence{12};
    planned.source = chat_id{-1'001'465'826'763};
    planned.message = message_id{3881};
    planned.version = 2;
    planned.route = "news";
    planned.on_uncertain = uncertain_policy::skip;
    planned.received_at = 1'691'690'045'123'456;
    planned.variants = {
        {.what = forward_message{chat_id{-1'001'465'826'763}, message_id{3881}},
         .options = {.silent = true, .protect = true, .link_preview = false}},
        {.what = copy_message{chat_id{-1'001'465'826'763}, message_id{3881}}, .options = {}},
        {.what = send_text{{.text = "привет", .entities = {{"bold", 0, 6, {}, {}, {}, {}}}}},
         .options = {}}};
    planned.deliveries = {{.id = {.high = 0x0123456789abcdef, .low = 0xfedcba9876543210},
                           .destination = chat_id{-1'001'000'000'001},
                           .sender = account_id{600'100'200},
                           .variant = 1}};
    return {
        sample_update(),
        planned,
        deliveries_started{{{sequence{77}, 0}, {sequence{78}, 3}}},
        deliveries_settled{{{.delivery = {sequence{77}, 1},
                             .kind = outcome_kind::rejected,
                             .message = message_id{99},
                             .why = reject_class::forbidden,
                             .description = "Forbidden: bot was kicked"}}},
        hold_set{.account = account_id{600'100'200},
                 .chat = chat_id{-1'001'000'000'001},
                 .until = 1'691'690'045'000'000},
        rules_changed{"00ff", "routes: []"},
        chat_migrated{chat_id{-4'001}, chat_id{-1'001'000'000'002}},
        dead_letters_dropped{{{sequence{77}, 1}, {sequence{78}, 3}}, drop_reason::count},
        limit_learned{.account = account_id{600'100'200},
                      .chat = chat_id{-1'001'000'000'001},
                      .methods = method_class::forward,
                      .at = 1'691'690'045'000'000,
                      .rate = 0.3125,
                      .doubt = 0.0625,
                      .burst = 3.5,
                      .cost = 28,
                      .window = 20,
                      .window_seconds = 60.5},
        post_waits{
            .cause = sequence{77}, .version = 2, .route = "news", .what = sample_update().what}};
}

/// Fields that joined later, of types whose first golden bytes are without them.
inline std::array<event, 8> later_events() {
    deliveries_planned letter;
    letter.route = "news";
    letter.variants = {{.what = copy_message{chat_id{-1'001}, message_id{5}}, .options = {}}};
    letter.deliveries = {{.id = {.high = 1, .low = 2},
                          .destination = chat_id{-1'002},
                          .sender = account_id{600'100'200},
                          .variant = 0}};
    deliveries_planned retry = letter;
    retry.retry_of = {sequence{77}, 1};
    deliveries_planned captioned;
    captioned.route = "news";
    captioned.variants = {
        {.what = copy_message{chat_id{-1'001}, message_id{5},
                              formatted_text{.text = "hi",
                                             .entities = {{.type = "bold", .length = 2}}}},
         .options = {.silent = true}},
        {.what = copy_message{chat_id{-1'001}, message_id{5}, formatted_text{}}, .options = {}}};
    deliveries_planned linking;
    linking.route = "news";
    const formatted_text words{
        .text = "hi",
        .entities = {
            {.type = "text_link", .length = 2, .url = "t.me/n/4", .own_post = message_id{4}}}};
    linking.variants = {{.what = send_text{words},
                         .options = {},
                         .own = own_links{.without_copy = own_links::action::replace,
                                          .with = "gone",
                                          .routes = {"more"}}},
                        {.what = copy_message{chat_id{-1'001}, message_id{5}, words},
                         .options = {},
                         .own = own_links{.without_copy = own_links::action::strike}}};
    message post;
    post.chat = chat_id{-1'001};
    post.sender_name = "Ann Lee";
    post.sender_username = "ann";
    post.sender_is_bot = true;
    post.author_signature = "A. L.";
    post.via_bot = user_id{43};
    post.via_bot_username = "gif";
    post.topic = message_id{7};
    post.origin = forward_origin{.type = forward_origin::kind::channel,
                                 .user = user_id{44},
                                 .chat = chat_id{-1'003},
                                 .message = message_id{8},
                                 .name = "News",
                                 .username = "news",
                                 .author_signature = "Ed"};
    return {
        retry,
        deliveries_settled{{{.delivery = {sequence{77}, 1},
                             .kind = outcome_kind::rejected,
                             .message = {},
                             .why = reject_class::expired,
                             .description = {},
                             .at = 1'691'690'045'000'000,
                             .letter = letter}}},
        update_received{{.account = {}, .id = {}, .kind = {}, .content = post, .received_at = 9}},
        hold_set{
            .account = account_id{1}, .chat = {}, .methods = method_class::forward, .until = 5},
        deliveries_started{{{sequence{77}, 0}, {sequence{77}, 1}},
                           {account_id{0}, account_id{600'100'200}}},
        deliveries_settled{{{.delivery = {sequence{77}, 1},
                             .kind = outcome_kind::not_sent,
                             .message = {},
                             .is_tied = true,
                             .description = {}}}},
        captioned,
        linking};
}

}  // namespace baudot::testing
