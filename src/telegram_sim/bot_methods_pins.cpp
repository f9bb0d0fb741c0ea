#include <array>

#include "telegram_sim/bot_method_parts.hpp"
#include "telegram_sim/method_arguments.hpp"
#include "telegram_sim/pins.hpp"

namespace baudot::telegram_sim {
namespace {

/// The message is looked for before the right.
api_result<message_id> message_named(method_call& what, const chat& where, message_id shown,
                                     std::string_view purpose) {
    const auto found = access::find_message(what.at.in(), what.by, where, shown, purpose);
    if (!found) return std::unexpected(found.error());
    if (auto may = access::may_pin(what.by, where); !may) return std::unexpected(may.error());
    return (*found)->id;
}

answer pin_one(method_call& what, std::string& out) {
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    const auto id = message_named(what, **where, read_message_id(what.args, "message_id"), "pin");
    if (!id) return std::unexpected(id.error());
    if ((*where)->find(*id)->is_service()) {
        return bad_request("message can't be pinned");
    }
    pin(what.at.in(), **where, *id, what.by.bot, what.by.now, what.by.request);
    return truth(out);
}

answer unpin_one(method_call& what, std::string& out) {
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    message_id shown = read_message_id(what.args, "message_id");
    if (shown == message_id{}) {
        const message* newest = newest_pinned(what.at.in(), **where);
        if (newest == nullptr) return bad_request("message to unpin not found");
        shown = what.at.in().shown_id(what.by.bot, **where, newest->id);
    }
    const auto id = message_named(what, **where, shown, "unpin");
    if (!id) return std::unexpected(id.error());
    unpin(what.at.in(), **where, *id, what.by.bot, what.by.now, what.by.request);
    return truth(out);
}

answer unpin_every(method_call& what, std::string& out) {
    const auto where = chat_to_change(what);
    if (!where) return std::unexpected(where.error());
    if (auto may = access::may_pin(what.by, **where); !may) return may;
    unpin_all(what.at.in(), **where, std::nullopt, what.by.bot, what.by.now, what.by.request);
    return truth(out);
}

constexpr std::array methods{
    method_entry{"pinChatMessage", pin_one},
    method_entry{"unpinChatMessage", unpin_one},
    method_entry{"unpinAllChatMessages", unpin_every},
};

}  // namespace

std::span<const method_entry> pin_methods() noexcept {
    return methods;
}

}  // namespace baudot::telegram_sim
