#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/random.hpp"
#include "model/rule_set.hpp"
#include "telegram_sim/local_telegram.hpp"

namespace baudot::simulation {

struct cast_bot {
    account_id id{};
    std::string token;
};

struct cast_chat {
    chat_id id{};
    std::string type;      // of the control API: channel, supergroup, group; "private" for a person
    std::size_t bots = 1;  // the first so many are administrators there
};

/// A post that the script makes.
struct post_line {
    std::size_t source = 0;  // place in cast::sources
    int tag = 0;             // "#tag3" stands in its text
    bool has_photo = false;
};

/// Who is there and what is to be relayed: drawn by seed. Bot one is everywhere, the others in some
/// chats. Every destination belongs to one route, so that one copy of a post may stand there.
struct cast {
    std::vector<cast_bot> bots;
    std::vector<cast_chat> sources;
    std::vector<cast_chat> destinations;
    rule_set rules;

    static constexpr int tags = 6;
};

std::vector<cast_bot> make_bots(std::size_t count);

/// The `number`-th chat of its type.
cast_chat make_chat(const std::string& type, std::int64_t number);

cast draw_cast(random_source& random, std::size_t chats);

/// Makes it so. The world must be empty; errors are bugs (asserts).
void settle(const cast& who, telegram_sim::local_telegram& at);

/// The text of the `number`-th post: unlike any other.
std::string text_of(const post_line& what, std::uint64_t number);

/// The places in cast::destinations that must get the post: what the rules say, computed from the
/// tag and not from the text.
std::vector<std::size_t> expected(const cast& who, const post_line& what);

/// The route that serves a destination.
const route& route_of(const cast& who, chat_id destination);

}  // namespace baudot::simulation
