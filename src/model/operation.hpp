#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/hash.hpp"
#include "base/ids.hpp"
#include "model/own_links.hpp"
#include "model/text.hpp"

namespace baudot {

struct delivery_options {
    bool silent = false;       // disable_notification
    bool protect = false;      // protect_content
    bool link_preview = true;  // false: link_preview_options.is_disabled (text only)

    friend bool operator==(const delivery_options&, const delivery_options&) = default;
};

/// forwardMessage: keeps the author line, follows no edits.
struct forward_message {
    chat_id from{};
    message_id message{};
    friend bool operator==(const forward_message&, const forward_message&) = default;
};

/// copyMessage: the server copies text, entities and media; the account must see the source.
struct copy_message {
    chat_id from{};
    message_id message{};
    std::optional<formatted_text> caption{};  // instead of the source's; only of media
    friend bool operator==(const copy_message&, const copy_message&) = default;
};

/// sendMessage with entities, for an account that cannot see the source.
struct send_text {
    formatted_text text;
    friend bool operator==(const send_text&, const send_text&) = default;
};

/// What is done to the destination chat. Grows with edits, deletes, albums and media.
struct operation {
    std::variant<forward_message, copy_message, send_text> what;
    delivery_options options;
    /// Of a text or caption with links to posts of its source chat; none: it has no such links, or
    /// they stay.
    std::optional<own_links> own{};

    friend bool operator==(const operation&, const operation&) = default;
};

/// Promise P2: a function of (source chat, account where message ids are per account, message,
/// version, operation, part, route id, destination). Planning again yields the same id.
using delivery_id = hash128;

}  // namespace baudot
