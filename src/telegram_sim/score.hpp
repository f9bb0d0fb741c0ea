#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "telegram_sim/limits.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

enum class copy_mode : unsigned char {
    copy,     // by copyMessage(s), or anew by sendMessage
    forward,  // by forwardMessage(s)
};

/// One copy that must exist. In a file: a JSON object a line,
///   {"from":-1001,"message":5,"to":-1002,"mode":"copy","text":"...","entities":[...]}
/// where text (of the caption, for media) and entities are optional: absent means those of the
/// source as it was when it was copied. Order of the lines of one (from, to): the order in
/// which the copies must stand.
struct expected_copy {
    chat_id from{};
    message_id message{};
    chat_id to{};
    copy_mode mode = copy_mode::copy;
    std::optional<formatted_text> body{};
};

struct expectation {
    std::vector<expected_copy> copies{};
    /// More destinations than `copies` names. In all of them a bot's message that matches nothing
    /// is unexpected.
    std::vector<chat_id> destinations{};
};

/// Names one copy in a report.
struct scored_copy {
    chat_id from{};
    message_id message{};
    chat_id to{};
    message_id at{};  // in the destination; 0: none
    friend bool operator==(const scored_copy&, const scored_copy&) = default;
};

struct chat_score {
    chat_id chat{};
    std::uint64_t expected = 0;
    std::uint64_t matched = 0;  // right ones, each once
    std::vector<scored_copy> lost;
    std::vector<scored_copy> doubled;        // every one beyond the first
    std::vector<scored_copy> out_of_order;   // stands after one that it should precede
    std::vector<scored_copy> wrong_content;  // right origin, other text or entities, or mode
    std::vector<message_id> unexpected;      // a bot's message of no expected origin
    std::uint64_t before_wait_over = 0;      // requests, of all bots
};

struct score {
    std::vector<chat_score> chats;  // in order of id
    std::uint64_t expected = 0, matched = 0, lost = 0, doubled = 0, out_of_order = 0;
    std::uint64_t wrong_content = 0, unexpected = 0, before_wait_over = 0;

    bool is_perfect() const noexcept {
        return matched == expected &&
               lost + doubled + out_of_order + wrong_content + unexpected + before_wait_over == 0;
    }
};

/// Pure. A copy or forward is matched by the origin that the world recorded. A message that a
/// bot wrote anew has no origin: it is matched by its exact text and entities (without those
/// that Telegram finds by itself) with the first expected copy to that chat, in order of the
/// list, that has this body and no match yet; when all of them have one it doubles the first.
/// Deleted messages count: they were sent.
score compare(const world& in, const expectation& wanted,
              const std::vector<limiter::early_count>& early);

}  // namespace baudot::telegram_sim
