#include "router/conditions.hpp"

#include <algorithm>

namespace baudot::router {
namespace {

using trait = trait_condition::trait;

truth said(bool holds) {
    return holds ? truth::yes : truth::no;
}

truth is_of_admin(const message& post) {
    if (post.kind == chat_kind::channel) return truth::yes;
    if (post.sender_chat != chat_id{}) return said(post.sender_chat == post.chat);
    return post.kind == chat_kind::private_chat ? truth::no : truth::unknown;
}

truth holds_one(trait what, post_facts& facts) {
    const message& post = facts.post();
    switch (what) {
        case trait::text: return said(!post.text.text.empty());
        case trait::link: return said(facts.has_entity({"url", "text_link"}));
        case trait::hashtag: return said(facts.has_entity({"hashtag", "cashtag"}));
        case trait::mention: return said(facts.has_entity({"mention", "text_mention"}));
        case trait::forward: return said(post.is_forward);
        case trait::reply: return said(post.reply_to != message_id{});
        case trait::via_bot: return said(post.via_bot != user_id{});
        case trait::bot_sender: return said(post.sender_is_bot);
        case trait::admin_sender: return is_of_admin(post);
    }
    return truth::unknown;
}

}  // namespace

truth holds(const range_condition& what, post_facts& facts) {
    std::int64_t number = 0;
    if (what.of == range_condition::number::size) {
        const auto& media = facts.post().media;
        if (!media) return truth::no;
        if (media->size <= 0) return truth::unknown;
        number = media->size;
    } else {
        number = facts.length();
    }
    return said((!what.least || number >= *what.least) && (!what.most || number <= *what.most));
}

truth holds(const media_condition& what, const message& post) {
    return said(std::ranges::find(what.kinds, post.content) != what.kinds.end());
}

truth holds(const trait_condition& what, post_facts& facts) {
    truth found = truth::no;
    for (const trait each : what.traits) found = std::max(found, holds_one(each, facts));
    return found;
}

bool holds(const time_condition& what, std::int64_t unix_seconds) {
    constexpr std::int64_t day = 86'400;
    constexpr std::int64_t far = std::int64_t{1} << 40;  // of no real post, and sums stay in bounds
    unix_seconds = std::clamp(unix_seconds, -far, far);
    const std::int64_t here = unix_seconds + what.zone.offset_at(unix_seconds);
    const std::int64_t second = (here % day + day) % day;
    const auto minute = static_cast<std::int32_t>(second / 60);
    const std::int64_t days = (here - second) / day;  // since 1970, a Thursday
    const auto today = static_cast<unsigned>(((days + 3) % 7 + 7) % 7);
    const unsigned yesterday = (today + 6) % 7;
    const bool begins_today = (what.days >> today & 1U) != 0;
    if (what.from < what.to) return begins_today && minute >= what.from && minute < what.to;
    const bool began_yesterday = (what.days >> yesterday & 1U) != 0;
    return (begins_today && minute >= what.from) || (began_yesterday && minute < what.to);
}

}  // namespace baudot::router
