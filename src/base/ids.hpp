#pragma once

#include <cstdint>

namespace baudot {

// Strong integers: two plain integers in one signature are a bug waiting to happen.
// Convert with std::to_underlying(id) and chat_id{value}.

enum class chat_id : std::int64_t {};     // Bot API form, "-100..." for channels (TELEGRAM.md 3.7)
enum class message_id : std::int64_t {};  // Bot API form; unique per chat
enum class user_id : std::int64_t {};
enum class account_id : std::int64_t {};  // Telegram's own user id of the account, not its name
enum class update_id : std::int64_t {};   // int32 on the wire; wide, because it may restart lower

/// Position of a record in the journal: 1 is the first ever written, 0 means "none". Never
/// reused, not even after copy-forward.
enum class sequence : std::uint64_t {};

}  // namespace baudot
