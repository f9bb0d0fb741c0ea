#include "telegram/bot_api/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "telegram/bot_api/errors.hpp"
#include "telegram/bot_api/json_message.hpp"
#include "telegram/bot_api/json_repair.hpp"

namespace baudot::telegram::bot_api {
namespace {

constexpr std::string_view not_telegram = "the answer is not of Telegram's Bot API";

refusal refusal_in(const dom::object& body, const http::response& answer) {
    refusal no{
        .from_telegram = true,
        .code = static_cast<int>(std::clamp<std::int64_t>(integer(body, "error_code"), 0, 9999)),
        .description = text(body, "description"),
        .retry_after = retry_after_of(answer.headers)};
    if (no.code == 0) no.code = answer.status;
    if (no.description.empty()) no.description = fmt::format("error {} without a text", no.code);
    dom::object parameters;
    if (body["parameters"].get(parameters) == simdjson::SUCCESS) {
        double seconds = 0;
        if (parameters["retry_after"].get(seconds) == simdjson::SUCCESS) {
            no.retry_after = std::max(no.retry_after, seconds_of(seconds));
        }
        no.migrate_to = chat_id{integer(parameters, "migrate_to_chat_id")};
    }
    return no;
}

// A body that is no JSON is never quoted: it is a proxy's page, and may show the request.
refusal refusal_of_proxy(const http::response& answer) {
    return {.from_telegram = false,
            .code = answer.status,
            .description = fmt::format("HTTP {}: {}", answer.status, not_telegram),
            .retry_after = retry_after_of(answer.headers)};
}

// False: not an update at all. An update without a readable message is one of kind `other`.
bool read_update(const dom::element& from, update& to) {
    dom::object fields;
    if (from.get(fields) != simdjson::SUCCESS) return false;
    std::int64_t id = 0;
    if (fields["update_id"].get(id) != simdjson::SUCCESS) return false;
    to.id = update_id{id};
    for (const auto [key, value] : fields) {
        const bool is_post = key == "message" || key == "channel_post";
        const bool is_edit = key == "edited_message" || key == "edited_channel_post";
        dom::object body;
        if ((!is_post && !is_edit) || value.get(body) != simdjson::SUCCESS) continue;
        if (read_message(body, to.content)) {
            to.kind = is_post ? update_kind::post : update_kind::edit;
        } else {
            to.content = {};
        }
        break;
    }
    return true;
}

bool is_lost_message(const dom::element& from) {
    for (const std::string_view key :
         {"message", "channel_post", "edited_message", "edited_channel_post"}) {
        if (from[key].error() == simdjson::SUCCESS) return true;
    }
    return false;
}

bool read_chat_info(const dom::object& from, chat_info& to) {
    to.id = chat_id{integer(from, "id")};
    to.kind = chat_kind_of(text(from, "type"));
    to.title = title_of(from);
    to.username = text(from, "username");
    to.has_protected_content = flag(from, "has_protected_content");
    return to.id != chat_id{};
}

void append_update(const dom::element& from, account_id account, received_updates& to) {
    update each;
    each.account = account;
    if (!read_update(from, each)) {
        ++to.unreadable;
        return;
    }
    if (each.kind == update_kind::other && is_lost_message(from)) ++to.unreadable;
    to.updates.push_back(std::move(each));
}

}  // namespace

class answer_reader::impl {
public:
    /// The result of an {"ok":true}, or why there is none. Lives until the next parse.
    std::expected<dom::element, refusal> result_in(const http::response& answer) {
        last_wait = duration::zero();
        auto found = result_or_refusal(answer);
        if (!found) last_wait = wait_of(found.error());
        return found;
    }

    template <class Value, class Read>
    result<Value> read(const http::response& answer, Read read_value) {
        const auto found = result_in(answer);
        if (!found) return std::unexpected(error_of(found.error()));
        Value value;
        dom::object fields;
        if (found->get(fields) != simdjson::SUCCESS || !read_value(fields, value)) {
            return fail(errc::bad_answer, std::string(not_telegram));
        }
        return value;
    }

    bool parse(std::string_view json, dom::element& document) {
        return parser.parse(json.data(), json.size()).get(document) == simdjson::SUCCESS;
    }

    /// The updates of an answer that is broken beyond repair as a whole.
    result<received_updates> read_piecewise(std::string_view json, account_id account) {
        const auto pieces = result_elements(json);
        if (!pieces) return fail(errc::bad_answer, std::string(not_telegram));
        received_updates received;
        received.repaired = true;
        for (const std::string_view piece : *pieces) {
            dom::element document;
            if (parse(piece, document)) {
                append_update(document, account, received);
                continue;
            }
            ++received.unreadable;
            if (const auto id = update_id_in(piece)) {
                update& unreadable = received.updates.emplace_back();
                unreadable.account = account;
                unreadable.id = update_id{*id};
            }
        }
        return received;
    }

    dom::parser parser;
    duration last_wait = duration::zero();
    bool was_repaired = false;

private:
    std::expected<dom::element, refusal> result_or_refusal(const http::response& answer) {
        was_repaired = false;
        dom::element document;
        if (!parse(answer.body, document)) {
            // A page of HTML is not worth a second look.
            const auto first = answer.body.find_first_not_of(" \t\r\n");
            if (first == answer.body.npos || answer.body[first] != '{') {
                return std::unexpected(refusal_of_proxy(answer));
            }
            was_repaired = true;
            if (!parse(repaired(answer.body), document)) {
                return std::unexpected(refusal_of_proxy(answer));
            }
        }
        dom::object body;
        bool ok = false;
        if (document.get(body) != simdjson::SUCCESS || body["ok"].get(ok) != simdjson::SUCCESS) {
            return std::unexpected(refusal_of_proxy(answer));
        }
        dom::element found;
        if (ok && body["result"].get(found) == simdjson::SUCCESS) return found;
        if (ok) return std::unexpected(refusal_of_proxy(answer));
        return std::unexpected(refusal_in(body, answer));
    }
};

answer_reader::answer_reader() : impl_(std::make_unique<impl>()) {}
answer_reader::~answer_reader() = default;

duration answer_reader::last_wait() const {
    return impl_->last_wait;
}

outcome answer_reader::outcome_of_send(const http::response& answer) {
    const auto found = impl_->result_in(answer);
    if (!found) return outcome_of(found.error());
    outcome settled;
    settled.kind = outcome_kind::delivered;
    // 0 when Telegram processes a video first (TELEGRAM.md 3.6), and for "true" of a deletion.
    dom::object message;
    if (found->get(message) == simdjson::SUCCESS) {
        settled.message = message_id{integer(message, "message_id")};
    }
    return settled;
}

result<identity> answer_reader::identity_of(const http::response& answer) {
    return impl_->read<identity>(answer, [](const dom::object& from, identity& to) {
        to.id = account_id{integer(from, "id")};
        to.username = text(from, "username");
        to.can_read_all_group_messages = flag(from, "can_read_all_group_messages");
        return to.id != account_id{};
    });
}

result<chat_info> answer_reader::chat_of(const http::response& answer) {
    return impl_->read<chat_info>(answer, read_chat_info);
}

std::string host_of(std::string_view url) {
    if (const auto scheme = url.find("://"); scheme != url.npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto user = url.rfind('@'); user != url.npos) url.remove_prefix(user + 1);
    return std::string(url);
}

result<webhook_info> answer_reader::webhook_of(const http::response& answer) {
    return impl_->read<webhook_info>(answer, [](const dom::object& from, webhook_info& to) {
        to.url = text(from, "url");
        to.pending = integer(from, "pending_update_count");
        to.last_error_date = integer(from, "last_error_date");
        to.last_error_message = text(from, "last_error_message");
        return has(from, "url");
    });
}

result<void> answer_reader::done_of(const http::response& answer) {
    const auto found = impl_->result_in(answer);
    if (!found) return std::unexpected(error_of(found.error()));
    return {};
}

result<received_updates> answer_reader::update_posted(std::string_view body, account_id account) {
    received_updates received;
    dom::element document;
    bool is_readable = impl_->parse(body, document);
    if (!is_readable) {
        received.repaired = true;
        is_readable = impl_->parse(repaired(body), document);
    }
    if (is_readable) {
        append_update(document, account, received);
    } else if (const auto id = update_id_in(body)) {
        ++received.unreadable;
        received.updates.push_back({.account = account, .id = update_id{*id}});
    }
    if (received.updates.empty()) return fail(errc::bad_answer, "it is no update");
    return received;
}

result<chat_id> answer_reader::migration_of(const http::response& answer) {
    const auto found = impl_->result_in(answer);
    if (found) return chat_id{};
    if (found.error().migrate_to != chat_id{}) return found.error().migrate_to;
    return std::unexpected(error_of(found.error()));
}

result<std::vector<chat_info>> answer_reader::chats_of_updates(const http::response& answer) {
    const auto found = impl_->result_in(answer);
    if (!found) return std::unexpected(error_of(found.error()));
    dom::array list;
    if (found->get(list) != simdjson::SUCCESS) {
        return fail(errc::bad_answer, std::string(not_telegram));
    }
    std::vector<chat_info> chats;
    for (const dom::element each : list) {
        dom::object fields;
        if (each.get(fields) != simdjson::SUCCESS) continue;
        for (const auto [key, value] : fields) {
            // {"message": {"chat": ..}}, {"my_chat_member": {"chat": ..}} and their like.
            dom::object chat;
            chat_info made;
            if (value["chat"].get(chat) != simdjson::SUCCESS || !read_chat_info(chat, made) ||
                std::ranges::find(chats, made.id, &chat_info::id) != chats.end()) {
                continue;
            }
            chats.push_back(std::move(made));
        }
    }
    return chats;
}

result<membership> answer_reader::membership_of(const http::response& answer) {
    return impl_->read<membership>(answer, [](const dom::object& from, membership& to) {
        to.status = text(from, "status");
        if (to.status == "creator" || to.status == "member") {
            to.is_member = to.can_post = to.can_send_media = true;
        } else if (to.status == "administrator") {
            // The field is there in channels only; an administrator of a group may always write.
            to.is_member = true;
            to.can_post = to.can_send_media = flag(from, "can_post_messages", true);
        } else if (to.status == "restricted") {
            to.is_member = flag(from, "is_member");
            to.can_post = to.is_member && flag(from, "can_send_messages");
            to.can_send_media = to.is_member && flag(from, "can_send_photos") &&
                                flag(from, "can_send_videos") && flag(from, "can_send_documents");
        }
        return !to.status.empty();
    });
}

result<received_updates> answer_reader::updates_of(const http::response& answer,
                                                   account_id account) {
    const auto found = impl_->result_in(answer);
    if (!found && found.error().from_telegram) return std::unexpected(error_of(found.error()));
    if (!found && answer.status == 200) {
        return impl_->read_piecewise(repaired(answer.body), account);
    }
    if (!found) return std::unexpected(error_of(found.error()));

    received_updates received;
    received.repaired = impl_->was_repaired;
    dom::array list;
    if (found->get(list) != simdjson::SUCCESS) {
        return fail(errc::bad_answer, std::string(not_telegram));
    }
    received.updates.reserve(list.size());
    for (const dom::element each : list) append_update(each, account, received);
    return received;
}

}  // namespace baudot::telegram::bot_api
