#include <algorithm>
#include <array>

#include "telegram_sim/bot_method_parts.hpp"
#include "telegram_sim/invites.hpp"
#include "telegram_sim/json_objects.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr std::int64_t member_limit_max = 100'000;
constexpr std::size_t name_points_max = 32;

api_result<chat*> chat_of_links(method_call& what) {
    const auto where = chat_to_change(what);
    if (!where) return where;
    if ((*where)->kind == chat_kind::private_chat) {
        return bad_request("can't invite members to a private chat");
    }
    if (!access::is_admin_with(what.by, **where, can_invite_users)) {
        return bad_request("not enough rights to manage chat invite link");
    }
    return where;
}

link_terms terms_of(const params& args) {
    constexpr std::int64_t int32_max = 0x7FFFFFFF;
    return {.name = clean_name(args.text("name"), name_points_max),
            .expire_date = args.integer("expire_date", 0, 0, int32_max),
            .member_limit = static_cast<int>(args.integer("member_limit", 0, 0, member_limit_max)),
            .creates_join_request = args.boolean("creates_join_request")};
}

answer link_answer(const method_call& what, const api_result<invite_link>& done, std::string& out) {
    if (!done) return std::unexpected(done.error());
    json_writer json(out);
    append_invite_link(json, what.at.in(), *done);
    return {};
}

answer export_link(method_call& what, std::string& out) {
    const auto where = chat_of_links(what);
    if (!where) return std::unexpected(where.error());
    append_quoted(out, replace_primary_link(what.at.in(), **where, act(what)).link);
    return {};
}

answer create_link(method_call& what, std::string& out) {
    const auto where = chat_of_links(what);
    if (!where) return std::unexpected(where.error());
    return link_answer(what, add_link(what.at.in(), **where, terms_of(what.args), act(what)), out);
}

answer change_link(method_call& what, std::string& out) {
    const auto where = chat_of_links(what);
    if (!where) return std::unexpected(where.error());
    return link_answer(what,
                       edit_link(what.at.in(), **where, what.args.text("invite_link"),
                                 terms_of(what.args), act(what)),
                       out);
}

answer revoke(method_call& what, std::string& out) {
    const auto where = chat_of_links(what);
    if (!where) return std::unexpected(where.error());
    return link_answer(
        what, revoke_link(what.at.in(), **where, what.args.text("invite_link"), act(what)), out);
}

template <bool Approves>
answer answer_join(method_call& what, std::string& out) {
    const auto who = user_named(what);
    if (!who) return std::unexpected(who.error());
    const auto where = chat_of_links(what);
    if (!where) return std::unexpected(where.error());
    return done_answer(answer_request(what.at.in(), **where, *who, Approves, act(what)), out);
}

constexpr std::array methods{
    method_entry{"exportChatInviteLink", export_link},
    method_entry{"createChatInviteLink", create_link},
    method_entry{"editChatInviteLink", change_link},
    method_entry{"revokeChatInviteLink", revoke},
    method_entry{"approveChatJoinRequest", answer_join<true>},
    method_entry{"declineChatJoinRequest", answer_join<false>},
};

}  // namespace

std::span<const method_entry> invite_methods() noexcept {
    return methods;
}

}  // namespace baudot::telegram_sim
