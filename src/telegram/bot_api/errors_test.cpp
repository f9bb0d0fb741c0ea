#include "telegram/bot_api/errors.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "telegram/bot_api/answers.hpp"

namespace baudot::telegram::bot_api {
namespace {

using namespace std::chrono_literals;
using enum outcome_kind;

std::string said(int code, std::string_view description, std::string_view parameters = "") {
    std::string body =
        R"({"ok":false,"error_code":)" + std::to_string(code) + R"(,"description":")";
    body.append(description).append("\"");
    if (!parameters.empty()) body.append(",\"parameters\":{").append(parameters).append("}");
    return body + "}";
}

outcome judged(int status, std::string body, http::fields headers = {}) {
    answer_reader reader;
    return reader.outcome_of_send(
        {.status = status, .headers = std::move(headers), .body = std::move(body)});
}

struct table_row {
    int code;
    const char* description;
    outcome_kind kind;
    reject_class why = reject_class::none;
};

// TELEGRAM.md 2.4, row by row, each text that it names.
constexpr table_row table[] = {
    {429, "Too Many Requests: retry after 5", refused},
    {400, "Bad Request: too Many Requests: retry after 5", refused},
    {400,
     "Bad Request: failed to send message #1 with the error message \\\"Too Many Requests: "
     "retry after 8\\\"",
     refused},
    {500, "Internal Server Error: restart", uncertain},
    {500, "Request aborted", uncertain},
    {500, "Internal Server Error: sent message was immediately deleted and can't be returned",
     rejected, reject_class::bad_request},
    {502, "Bad Gateway", uncertain},
    {503, "Service Unavailable", uncertain},
    {504, "Gateway Timeout", uncertain},
    {409,
     "Conflict: terminated by other getUpdates request; make sure that only one bot instance "
     "is running",
     rejected, reject_class::conflict},
    {409,
     "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to "
     "delete the webhook first",
     rejected, reject_class::conflict},
    {401, "Unauthorized", rejected, reject_class::unauthorized},
    {401, "Unauthorized: invalid token specified", rejected, reject_class::unauthorized},
    {401, "Unauthorized: invalid api-id/api-hash", rejected, reject_class::unauthorized},
    {404, "Not Found", rejected, reject_class::unauthorized},
    {404, "Not Found: method not found", rejected, reject_class::bad_request},
    {421, "Misdirected Request: unallowed token specified", rejected, reject_class::unauthorized},
    {413, "Request Entity Too Large", rejected, reject_class::bad_request},
    {403, "Forbidden: bot was blocked by the user", rejected, reject_class::forbidden},
    {403, "Forbidden: user is deactivated", rejected, reject_class::forbidden},
    {403, "Forbidden: bot can't initiate conversation with a user", rejected,
     reject_class::forbidden},
    {403, "Forbidden: the bot can't send messages to the bot", rejected, reject_class::forbidden},
    {403, "Forbidden: bot was kicked from the channel chat", rejected, reject_class::forbidden},
    {403, "Forbidden: bot is not a member of the supergroup chat", rejected,
     reject_class::forbidden},
    {403, "Forbidden: the group chat was deleted", rejected, reject_class::forbidden},
    {400, "Bad Request: chat not found", rejected, reject_class::chat_not_found},
    {400, "Bad Request: private chat not found", rejected, reject_class::chat_not_found},
    {400, "Bad Request: PEER_ID_INVALID", rejected, reject_class::chat_not_found},
    {403, "Forbidden: PEER_ID_INVALID", rejected, reject_class::chat_not_found},
    {400, "Bad Request: CHANNEL_PRIVATE", rejected, reject_class::chat_not_found},
    {400, "Bad Request: CHANNEL_INVALID", rejected, reject_class::chat_not_found},
    {400, "Bad Request: group chat was upgraded to a supergroup chat", rejected,
     reject_class::chat_migrated},
    {400, "Bad Request: not enough rights to send text messages to the chat", rejected,
     reject_class::forbidden},
    {400, "Bad Request: not enough rights to send photos to the chat", rejected,
     reject_class::forbidden},
    {400, "Bad Request: have no write access to the chat", rejected, reject_class::forbidden},
    {400, "Bad Request: need administrator rights in the channel chat", rejected,
     reject_class::forbidden},
    {400, "Bad Request: CHAT_WRITE_FORBIDDEN", rejected, reject_class::forbidden},
    {400, "Bad Request: CHAT_SEND_MEDIA_FORBIDDEN", rejected, reject_class::forbidden},
    {400, "Bad Request: CHAT_RESTRICTED", rejected, reject_class::forbidden},
    {400, "Bad Request: USER_RESTRICTED", rejected, reject_class::forbidden},
    {400, "Bad Request: CHAT_ADMIN_REQUIRED", rejected, reject_class::forbidden},
    {400, "Bad Request: message thread not found", rejected, reject_class::forbidden},
    {400, "Bad Request: TOPIC_CLOSED", rejected, reject_class::forbidden},
    {400, "Bad Request: TOPIC_DELETED", rejected, reject_class::forbidden},
    {400,
     "Bad Request: message is not modified: specified new message content and reply markup "
     "are exactly the same",
     delivered},
    {400, "Bad Request: message to edit not found", rejected, reject_class::bad_request},
    {400, "Bad Request: message can't be edited", rejected, reject_class::bad_request},
    {400, "Bad Request: MESSAGE_EDIT_TIME_EXPIRED", rejected, reject_class::bad_request},
    {400, "Bad Request: message to delete not found", delivered},
    {400, "Bad Request: message can't be deleted for everyone", rejected,
     reject_class::bad_request},
    {400, "Bad Request: message to forward not found", rejected, reject_class::source_gone},
    {400, "Bad Request: message to copy not found", rejected, reject_class::source_gone},
    {400, "Bad Request: message to be replied not found", rejected, reject_class::bad_request},
    {400, "Bad Request: message can't be copied", rejected, reject_class::not_copyable},
    {400, "Bad Request: message can't be forwarded", rejected, reject_class::not_copyable},
    {400, "Bad Request: messages can't be forwarded", rejected, reject_class::not_copyable},
    {400, "Bad Request: message was not forwarded", rejected, reject_class::not_copyable},
    {400, "Bad Request: message has protected content and can't be forwarded", rejected,
     reject_class::not_copyable},
    {400, "Bad Request: CHAT_FORWARDS_RESTRICTED", rejected, reject_class::not_copyable},
    {406, "CHAT_FORWARDS_RESTRICTED", rejected, reject_class::not_copyable},
    {400, "Bad Request: message is too long", rejected, reject_class::bad_request},
    {400, "Bad Request: message caption is too long", rejected, reject_class::bad_request},
    {400, "Bad Request: text must be non-empty", rejected, reject_class::bad_request},
    {400, "Bad Request: MEDIA_CAPTION_TOO_LONG", rejected, reject_class::bad_request},
    {400, "Bad Request: can't parse entities: unexpected end", rejected, reject_class::bad_request},
    {400, "Bad Request: ENTITY_BOUNDS_INVALID", rejected, reject_class::bad_request},
    {400, "Bad Request: strings must be encoded in UTF-8", rejected, reject_class::bad_request},
    {400, "Bad Request: file is too big", rejected, reject_class::bad_request},
    {400, "Bad Request: wrong file_id or the file is temporarily unavailable", rejected,
     reject_class::bad_request},
    {400, "Bad Request: FILE_REFERENCE_EXPIRED", rejected, reject_class::bad_request},
    {400, "Bad Request: group send failed", rejected, reject_class::bad_request},
    {400, "Bad Request: reply markup is too long", rejected, reject_class::bad_request},
    {400, "Bad Request: QUOTE_TEXT_INVALID", rejected, reject_class::bad_request},
    {400, "Bad Request: REPLY_MESSAGE_ID_INVALID", rejected, reject_class::bad_request},
    {403, "Forbidden: ALLOW_PAYMENT_REQUIRED_5", rejected, reject_class::forbidden},
    {400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", rejected, reject_class::forbidden},
    {400, "Bad Request: user restricted receiving of video note messages", rejected,
     reject_class::forbidden},
    {406, "FROZEN_METHOD_INVALID", rejected, reject_class::bad_request},
    {400, "Bad Request: something of next year", rejected, reject_class::bad_request},
};

TEST(errors_test, every_row_of_the_table_is_judged_as_it_says) {
    for (const table_row& row : table) {
        const outcome settled = judged(row.code, said(row.code, row.description));
        EXPECT_EQ(settled.kind, row.kind) << row.code << " " << row.description;
        EXPECT_EQ(settled.why, row.why) << row.code << " " << row.description;
        EXPECT_FALSE(settled.description.empty());
        EXPECT_EQ(settled.retry_after > 0s, row.kind == refused);
    }
}

TEST(errors_test, the_case_of_the_text_does_not_matter) {
    EXPECT_EQ(judged(400, said(400, "BAD REQUEST: CHAT NOT FOUND")).why,
              reject_class::chat_not_found);
    EXPECT_EQ(judged(400, said(400, "TOO MANY REQUESTS: RETRY AFTER 7")).retry_after, 7s);
}

TEST(errors_test, the_longest_wait_that_is_named_anywhere_counts) {
    const auto wait = [](int code, std::string_view text, std::string_view parameters,
                         http::fields headers) {
        const outcome settled = judged(code, said(code, text, parameters), std::move(headers));
        EXPECT_EQ(settled.kind, refused) << text;
        return settled.retry_after;
    };
    EXPECT_EQ(wait(429, "Too Many Requests: retry after 5", "\"retry_after\":5", {}), 5s);
    EXPECT_EQ(wait(429, "Too Many Requests: retry after 5", "\"retry_after\":9", {}), 9s);
    EXPECT_EQ(wait(429, "Too Many Requests", "", {{"retry-after", "12"}}), 12s);
    EXPECT_EQ(wait(429, "Too Many Requests", "\"retry_after\":1.2", {}), 2s);
    EXPECT_EQ(wait(429, "Too Many Requests: retry after 1.5", "", {}), 2s);
    EXPECT_EQ(wait(429, "Too Many Requests", "", {}), 1s);
    EXPECT_EQ(wait(429, "Too Many Requests", "\"retry_after\":-5", {}), 1s);
    EXPECT_EQ(wait(500, "Internal Server Error: retry after 3", "", {}), 3s);
    EXPECT_EQ(wait(400, "Bad Request: SLOWMODE_WAIT_30", "", {}), 30s);
    EXPECT_EQ(wait(400, "Bad Request: FLOOD_WAIT_2282", "", {}), 2282s);
    EXPECT_EQ(wait(429, "retry after 99999999999999999999", "", {}), retry_after_max);
    EXPECT_EQ(wait(429, "x", "\"retry_after\":1e300", {}), retry_after_max);
}

TEST(errors_test, a_migrated_chat_says_where_it_went) {
    const outcome settled =
        judged(400, said(400, "Bad Request: group chat was upgraded to a supergroup chat",
                         "\"migrate_to_chat_id\":-1001234567890"));
    EXPECT_EQ(settled.why, reject_class::chat_migrated);
    EXPECT_EQ(settled.migrate_to, chat_id{-1001234567890});
}

TEST(errors_test, a_proxy_is_not_telegram) {
    const std::string page = "<html><head><title>oops</title></head></html>";
    for (const int status : {301, 400, 401, 403, 404, 407, 408}) {
        const outcome settled = judged(status, page);
        EXPECT_EQ(settled.kind, not_sent) << status;
        EXPECT_TRUE(settled.server_trouble);
        EXPECT_EQ(settled.description.find("oops"), std::string::npos);
    }
    for (const int status : {200, 204, 500, 502, 503, 504, 520}) {
        EXPECT_EQ(judged(status, page).kind, uncertain) << status;
    }
    EXPECT_EQ(judged(503, page, {{"Retry-After", "30"}}).kind, uncertain);
    const outcome limited = judged(429, page, {{"Retry-After", "30"}});
    EXPECT_EQ(limited.kind, refused);
    EXPECT_EQ(limited.retry_after, 30s);
    EXPECT_EQ(judged(429, page).retry_after, 1s);
    EXPECT_EQ(judged(200, "").kind, uncertain);
}

TEST(errors_test, a_transport_that_failed_is_uncertain_unless_nothing_was_sent) {
    const auto settled = [](errc code) { return outcome_of(error{code, "why"}); };
    EXPECT_EQ(settled(errc::connection_failed).kind, not_sent);
    EXPECT_TRUE(settled(errc::connection_failed).server_trouble);
    EXPECT_EQ(settled(errc::connection_lost).kind, uncertain);
    EXPECT_EQ(settled(errc::timed_out).kind, uncertain);
    EXPECT_EQ(settled(errc::bad_answer).kind, uncertain);
    EXPECT_EQ(settled(errc::invalid_argument).why, reject_class::bad_request);
    EXPECT_EQ(settled(errc::timed_out).description, "why");
}

TEST(errors_test, queries_fail_with_what_the_caller_must_tell_apart) {
    const auto code_of = [](int status, std::string body) {
        answer_reader reader;
        const auto answered = reader.identity_of({.status = status, .body = std::move(body)});
        return answered ? errc::in_use : answered.error().code;
    };
    EXPECT_EQ(code_of(401, said(401, "Unauthorized")), errc::unauthorized);
    EXPECT_EQ(code_of(404, said(404, "Not Found")), errc::unauthorized);
    EXPECT_EQ(code_of(409, said(409, "Conflict: terminated")), errc::conflict);
    EXPECT_EQ(code_of(429, said(429, "Too Many Requests: retry after 5")), errc::refused);
    EXPECT_EQ(code_of(400, said(400, "Bad Request: chat not found")), errc::rejected);
    EXPECT_EQ(code_of(404, said(404, "Not Found: method not found")), errc::rejected);
    EXPECT_EQ(code_of(500, said(500, "Internal Server Error: restart")), errc::connection_lost);
    EXPECT_EQ(code_of(502, "<html>"), errc::bad_answer);
    EXPECT_EQ(code_of(200, "<html>"), errc::bad_answer);
    EXPECT_EQ(code_of(200, "{}"), errc::bad_answer);
    EXPECT_EQ(code_of(200, R"({"ok":true,"result":[]})"), errc::bad_answer);
    EXPECT_EQ(code_of(200, R"({"ok":true,"result":{"id":0}})"), errc::bad_answer);
}

TEST(errors_test, a_refused_query_says_how_long) {
    answer_reader reader;
    const auto answered =
        reader.identity_of({.status = 429, .body = said(429, "Too Many Requests: retry after 17")});
    EXPECT_NE(answered.error().message.find("17 s"), std::string::npos);
    EXPECT_EQ(reader.last_wait(), 17s);
}

}  // namespace
}  // namespace baudot::telegram::bot_api
