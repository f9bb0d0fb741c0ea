#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "telegram_sim/methods.hpp"
#include "telegram_sim/params.hpp"
#include "telegram_sim/update_queue.hpp"

namespace baudot::telegram_sim {

// From the arguments of a call to the values that methods take, with every older spelling that
// the real server still accepts. Errors are 400 in its words.

/// `field` is "text" or "caption"; its entities are "entities" or "caption_entities".
api_result<text_input> read_text(const params& from, std::string_view field);

/// Silence, protection, link preview, keyboard, effect and reply: also reply_to_message_id and
/// disable_web_page_preview.
api_result<send_options> read_send_options(const params& from);

/// A positive number; 0 when absent or nonsense, which no message has.
message_id read_message_id(const params& from, std::string_view field);

/// The file of sendPhoto and its kin: the part of the body called `field` or named by
/// attach://, else a file_id or URL. `from` keeps its bytes: they are copied here.
api_result<media_options> read_media(const params& from, media_kind kind);

/// The InputMedia of editMessageMedia, and those of sendMediaGroup. A file comes as attach://PART.
api_result<media_options> read_input_media(const params& from);
api_result<std::vector<media_options>> read_media_group(const params& from);

update_queue::request read_get_updates(const params& from);
/// allowed_updates. Absent: what was chosen before stays.
std::optional<update_mask> read_allowed_updates(const params& from);

/// Bytes of all files of the body.
std::uint64_t upload_bytes(const params& from) noexcept;

}  // namespace baudot::telegram_sim
