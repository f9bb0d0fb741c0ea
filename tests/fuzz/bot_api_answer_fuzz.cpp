// Any bytes as the body of an answer: nothing throws, every answer is one outcome, and the
// repair of JSON leaves valid JSON alone.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/assert.hpp"
#include "telegram/bot_api/answers.hpp"
#include "telegram/bot_api/json_repair.hpp"

namespace {

using baudot::telegram::bot_api::answer_reader;

// The first byte chooses the status, so that a body meets all of them.
constexpr int statuses[] = {200, 400, 401, 403, 404, 409, 429, 500, 502, 301};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static answer_reader reader;
    if (size == 0) return 0;
    const baudot::http::response answer{
        .status = statuses[bytes[0] % std::size(statuses)],
        .body = std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1)};

    const baudot::outcome settled = reader.outcome_of_send(answer);
    BAUDOT_ASSERT((settled.kind == baudot::outcome_kind::refused) ==
                      (settled.retry_after > baudot::duration::zero()),
                  "a wait belongs to a refusal");
    BAUDOT_ASSERT((settled.kind == baudot::outcome_kind::rejected) ==
                      (settled.why != baudot::reject_class::none),
                  "a reason belongs to a rejection");

    const auto received = reader.updates_of(answer, baudot::account_id{1});
    if (received && !received->repaired) {
        BAUDOT_ASSERT(baudot::telegram::bot_api::repaired(answer.body) == answer.body,
                      "valid JSON was changed");
    }
    (void)reader.identity_of(answer);
    (void)reader.chat_of(answer);
    (void)reader.membership_of(answer);
    (void)baudot::telegram::bot_api::update_id_in(answer.body);
    return 0;
}
