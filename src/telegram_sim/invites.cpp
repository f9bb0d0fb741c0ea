#include "telegram_sim/invites.hpp"

#include <algorithm>
#include <utility>

#include "telegram_sim/access.hpp"
#include "telegram_sim/json_objects.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr std::size_t hash_length = 16;

invite_link* find(chat& where, std::string_view link) {
    if (!where.details) return nullptr;
    const auto at = std::ranges::find(where.details->links, link, &invite_link::link);
    return at == where.details->links.end() ? nullptr : &*at;
}

invite_link& make(world& in, chat& where, link_terms terms, bool primary, const act_of& by) {
    std::vector<invite_link>& links = where.make_details().links;
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    const hash128 drawn = xxh3_128("invite " + std::to_string(std::to_underlying(where.id)) + '/' +
                                   std::to_string(links.size()));
    std::string link = "https://t.me/+";
    for (std::size_t i = 0; i < hash_length; ++i) {
        const std::uint64_t half = i < hash_length / 2 ? drawn.low : drawn.high;
        link.push_back(alphabet[half >> i % 8 * 6 & 63]);
    }
    links.push_back({.link = std::move(link),
                     .name = std::move(terms.name),
                     .creator = by.actor,
                     .is_primary = primary,
                     .creates_join_request = terms.creates_join_request,
                     .expire_date = terms.expire_date,
                     .member_limit = terms.member_limit});
    in.record("invite link", where.id, {}, links.back().link, by.now, {.actor = by.actor});
    return links.back();
}

api_result<void> check(const link_terms& terms) {
    if (terms.creates_join_request && terms.member_limit != 0) {
        return bad_request(
            "member limit can't be specified for links requiring administrator approval");
    }
    return {};
}

api_result<invite_link*> own(chat& where, std::string_view link, const act_of& by) {
    if (link.empty()) return bad_request("invite link must be non-empty");
    invite_link* found = find(where, link);
    if (found == nullptr) return bad_request("INVITE_HASH_INVALID");
    if (found->creator != by.actor) return bad_request("CHAT_ADMIN_REQUIRED");
    return found;
}

}  // namespace

api_result<invite_link> add_link(world& in, chat& where, link_terms terms, const act_of& by) {
    if (auto fine = check(terms); !fine) return std::unexpected(fine.error());
    return make(in, where, std::move(terms), false, by);
}

invite_link replace_primary_link(world& in, chat& where, const act_of& by) {
    for (invite_link& each : where.make_details().links) {
        if (each.creator == by.actor && each.is_primary) each.is_revoked = true;
    }
    return make(in, where, {}, true, by);
}

api_result<invite_link> edit_link(world& in, chat& where, std::string_view link, link_terms terms,
                                  const act_of& by) {
    const auto found = own(where, link, by);
    if (!found) return std::unexpected(found.error());
    if (auto fine = check(terms); !fine) return std::unexpected(fine.error());
    if ((*found)->is_primary) return bad_request("CHAT_INVITE_PERMANENT");
    if ((*found)->is_revoked) return bad_request("INVITE_HASH_EXPIRED");
    (*found)->name = std::move(terms.name);
    (*found)->expire_date = terms.expire_date;
    (*found)->member_limit = terms.member_limit;
    (*found)->creates_join_request = terms.creates_join_request;
    in.record("edit link", where.id, {}, link, by.now, {.actor = by.actor});
    return **found;
}

api_result<invite_link> revoke_link(world& in, chat& where, std::string_view link,
                                    const act_of& by) {
    const auto found = own(where, link, by);
    if (!found) return std::unexpected(found.error());
    if ((*found)->is_revoked) return bad_request("INVITE_HASH_EXPIRED");
    (*found)->is_revoked = true;
    in.record("revoke link", where.id, {}, link, by.now, {.actor = by.actor});
    invite_link revoked = **found;
    if (revoked.is_primary) make(in, where, {}, true, by);
    return revoked;
}

api_result<void> join(world& in, chat& where, user_id who, std::string_view link,
                      const act_of& by) {
    const member* as = where.find_member(who);
    const bool is_banned = as && access::as_of(*as, by.now).status == member_status::kicked;
    if (is_banned) return bad_request("USER_BANNED_IN_CHANNEL");
    if (as && is_inside(*as)) return bad_request("USER_ALREADY_PARTICIPANT");
    invite_link* way = find(where, link);
    if (way == nullptr && (!link.empty() || where.username.empty())) {
        return bad_request("INVITE_HASH_INVALID");
    }
    if (way) {
        const bool late = way->expire_date != 0 && way->expire_date <= unix_seconds(by.now);
        const bool full = way->member_limit != 0 && way->joined >= way->member_limit;
        if (way->is_revoked || late || full) return bad_request("INVITE_HASH_EXPIRED");
    }
    if (way && way->creates_join_request) {
        const auto& waiting = where.details->requests;
        const bool asks_again =
            std::ranges::find(waiting, who, &join_request::user) != waiting.end();
        if (asks_again) return {};
        in.ask_to_join(where, {.user = who, .link = way->link}, by.now);
        return {};
    }
    if (way) ++way->joined;
    member made = as ? *as : member{.user = who};
    made.is_outside = false;
    if (made.status != member_status::restricted) made.status = member_status::member;
    in.set_member(where, made, who, by.now, by.request, {.link = way ? way->link : std::string{}});
    return {};
}

api_result<void> answer_request(world& in, chat& where, user_id who, bool approve,
                                const act_of& by) {
    const member* as = where.find_member(who);
    if (as && is_inside(*as)) return bad_request("USER_ALREADY_PARTICIPANT");
    auto& waiting = where.make_details().requests;
    const auto at = std::ranges::find(waiting, who, &join_request::user);
    if (at == waiting.end()) return bad_request("HIDE_REQUESTER_MISSING");
    const std::string link = at->link;
    waiting.erase(at);
    if (!approve) {
        in.record("declined", where.id, {}, link, by.now, {.actor = by.actor});
        return {};
    }
    if (invite_link* way = find(where, link)) ++way->joined;
    in.set_member(where, {.user = who, .status = member_status::member}, by.actor, by.now,
                  by.request, {.link = link, .by_request = true});
    return {};
}

}  // namespace baudot::telegram_sim
