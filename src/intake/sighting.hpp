#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "model/update.hpp"

namespace baudot::intake {

/// What is remembered of a source message: a value of the store's `seen` family.
struct sighting {
    std::uint32_t version = 0;   // newest: 0 is the post, edits count up
    std::int64_t edit_date = 0;  // of the newest version, Unix seconds; 0: never edited
    std::uint64_t digest = 0;    // of its content

    friend bool operator==(const sighting&, const sighting&) = default;
};

std::string encode(const sighting& what);

/// errc::corrupt when `value` is not one of encode().
result<sighting> decode_sighting(std::string_view value);

/// Key of the message in `seen`. Message ids are per account in private chats and basic groups
/// (TELEGRAM.md 3.7), so there the account is part of it; in channels and supergroups two
/// accounts that see one post have one key.
std::string source_key(const update& of);

enum class news : std::uint8_t {
    post,   // a message never seen
    edit,   // a new version of a message, or the first sight of one that was edited before
    twice,  // already known: another account, a redelivery, an edit that changed nothing
    none,   // nothing that a route could act on
};

struct verdict {
    news what = news::none;
    std::uint32_t version = 0;
};

/// Judges an update in the order of the journal, and updates `known`, which is what `seen` holds
/// for source_key(of). Order is what assigns versions, so every replay assigns the same ones.
///
/// Telegram sends edits that change nothing a reader sees (TELEGRAM.md 3.3): they are `twice`.
/// A late edit of another account, older than the newest known, is `twice` as well.
verdict judge(const update& of, std::optional<sighting>& known);

}  // namespace baudot::intake
