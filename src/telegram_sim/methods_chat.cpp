#include <algorithm>

#include "telegram_sim/access.hpp"
#include "telegram_sim/methods.hpp"

namespace baudot::telegram_sim {
api_result<file_answer> get_file(const world& in, const call& by, std::string_view file_id) {
    if (file_id.empty()) return bad_request("file_id not specified");
    const auto found = in.files().find(by.bot, file_id);
    if (!found) return bad_request("invalid file_id");
    const file& what = in.files().get(*found);
    if (what.size > in.files().limits().download_max) return bad_request("file is too big");
    if (!in.files().bytes(*found)) {
        return bad_request("wrong file_id or the file is temporarily unavailable");
    }
    return file_answer{.index = *found,
                       .file_id = std::string(file_id),
                       .unique_id = in.files().unique_id(*found),
                       .path = in.files().path(*found),
                       .size = what.size};
}

std::shared_ptr<const std::string> download(const world& in, const call& by,
                                            std::string_view path) {
    (void)by;  // the path is the secret, as on the real server: any token opens it
    const auto found = in.files().find_path(path);
    return found ? in.files().bytes(*found) : nullptr;
}

api_result<const chat*> get_chat(const world& in, const call& by, chat_text which) {
    return access::open(in, by, which);
}

api_result<member> get_chat_member(const world& in, const call& by, chat_text which, user_id who) {
    const auto where = access::open(
        in, by, which, who == by.bot ? access::right::read : access::right::read_members);
    if (!where) return std::unexpected(where.error());
    if (!in.find_user(who)) return bad_request("user not found");
    const chat& at = **where;
    if (at.kind == chat_kind::private_chat) {
        const bool takes_part =
            who == at.bot || std::to_underlying(who) == std::to_underlying(at.id);
        return member{.user = who,
                      .status = takes_part ? member_status::member : member_status::left};
    }
    if (at.kind == chat_kind::channel && who != by.bot && !access::is_admin_with(by, at, 0)) {
        return bad_request("member list is inaccessible");
    }
    const member* found = at.find_member(who);
    return found ? access::as_of(*found, by.now)
                 : member{.user = who, .status = member_status::left};
}

api_result<std::vector<member>> get_chat_administrators(const world& in, const call& by,
                                                        chat_text which) {
    const auto where = access::open(in, by, which, access::right::read_members);
    if (!where) return std::unexpected(where.error());
    const chat& at = **where;
    if (at.kind == chat_kind::private_chat) {
        return bad_request("there are no administrators in the private chat");
    }
    if (at.kind == chat_kind::channel && !access::is_admin_with(by, at, 0)) {
        return bad_request("member list is inaccessible");
    }
    std::vector<member> found;
    for (const member& one : at.members) {
        const user* who = in.find_user(one.user);
        const bool is_other_bot = who && who->is_bot && one.user != by.bot;
        if (one.status <= member_status::administrator && !is_other_bot) found.push_back(one);
    }
    return found;
}

api_result<int> get_chat_member_count(const world& in, const call& by, chat_text which) {
    const auto where = access::open(in, by, which, access::right::read_members);
    if (!where) return std::unexpected(where.error());
    if ((*where)->kind == chat_kind::private_chat) return 2;
    return static_cast<int>(
        std::ranges::count_if((*where)->members, [](const member& one) { return is_inside(one); }));
}

api_result<void> leave_chat(world& in, const call& by, chat_text which) {
    const auto where = access::open(in, by, which, access::right::read);
    if (!where) return std::unexpected(where.error());
    if ((*where)->kind == chat_kind::private_chat) {
        return bad_request("chat member status can't be changed in private chats");
    }
    if ((*where)->migrated_to != chat_id{}) return bad_request("chat is deactivated");
    const member* as = access::membership(by, **where);
    if (!as || !is_inside(*as)) {
        return forbidden("bot is not a member of the " + std::string(name((*where)->kind)) +
                         " chat");
    }
    in.set_member(**where, {.user = by.bot, .status = member_status::left}, by.bot, by.now);
    return {};
}

std::optional<chat_id> resolve(const world& in, user_id bot, chat_text which) {
    const auto where = access::open(in, {.bot = bot}, which);
    if (!where) return std::nullopt;
    return (*where)->id;
}

}  // namespace baudot::telegram_sim
