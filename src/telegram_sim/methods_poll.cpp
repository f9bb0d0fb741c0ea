#include <algorithm>

#include "base/utf16.hpp"
#include "telegram_sim/access.hpp"
#include "telegram_sim/attachments.hpp"
#include "telegram_sim/methods.hpp"

namespace baudot::telegram_sim {
namespace {

constexpr int explanation_lines_max = 3;

api_result<void> check_quiz(const poll_terms& terms) {
    if (terms.correct.empty()) return bad_request("QUIZ_CORRECT_ANSWERS_EMPTY");
    const auto end = static_cast<int>(terms.options.size());
    const bool grows =
        std::ranges::adjacent_find(terms.correct, std::greater_equal{}) == terms.correct.end();
    if (!grows || terms.correct.front() < 0 || terms.correct.back() >= end) {
        return bad_request("wrong correct option ID specified");
    }
    if (terms.correct.size() > 1 && !terms.allows_multiple_answers) {
        return bad_request("QUIZ_CORRECT_ANSWERS_TOO_MUCH");
    }
    if (code_points(terms.explanation.text) > poll_explanation_points_max ||
        std::ranges::count(terms.explanation.text, '\n') >= explanation_lines_max) {
        return bad_request("poll explanation is too long");
    }
    return {};
}

api_result<void> check(const poll_terms& terms) {
    if (terms.question.text.empty()) return bad_request("text must be non-empty");
    if (code_points(terms.question.text) > poll_question_points_max) {
        return bad_request("poll question length must not exceed 300");
    }
    if (terms.options.empty()) return bad_request("poll must have at least one answer option");
    if (terms.options.size() > poll_options_max) {
        return bad_request("poll can't have more than 12 options");
    }
    for (const formatted_text& option : terms.options) {
        if (option.text.empty()) return bad_request("text must be non-empty");
        if (code_points(option.text) > poll_option_points_max) {
            return bad_request("poll options length must not exceed 100");
        }
    }
    if (code_points(terms.description.text) > caption_points_max) {
        return bad_request("message caption is too long");
    }
    return terms.is_quiz ? check_quiz(terms) : api_result<void>{};
}

}  // namespace

api_result<sent> send_poll(world& in, const call& by, chat_text to, poll_terms terms,
                           const send_options& options) {
    const auto where = access::open(in, by, to, access::right::write);
    if (!where) return std::unexpected(where.error());
    if (auto may = access::may_send(by, **where, media_kind::poll); !may) {
        return std::unexpected(may.error());
    }
    if (auto fine = check(terms); !fine) return std::unexpected(fine.error());
    if ((*where)->kind == chat_kind::channel && !terms.is_anonymous) {
        return bad_request("non-anonymous polls can't be sent to channel chats");
    }
    settle_end(terms, by.now);
    auto made = access::outgoing(in, by, **where, options, cause_kind::bot_method);
    if (!made) return std::unexpected(made.error());
    access::add_details(made->what, options);
    made->what.attach(media_kind::poll, in.add_poll(std::move(terms), by.bot));
    return sent{.chat = (*where)->id, .own = access::append(in, **where, std::move(*made))};
}

}  // namespace baudot::telegram_sim
