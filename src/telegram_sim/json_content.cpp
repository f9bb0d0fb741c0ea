#include "telegram_sim/json_content.hpp"

#include <algorithm>
#include <utility>

#include "telegram_sim/json_objects.hpp"

namespace baudot::telegram_sim {
namespace {

void append_sticker_fields(json_writer& json, const file& what) {
    json.field("width", what.width).field("height", what.height).field("type", "regular");
    json.field("is_animated", what.mime_type == "application/x-tgsticker");
    json.field("is_video", what.mime_type == "video/webm");
    if (!what.emoji.empty()) json.field("emoji", what.emoji);
    if (!what.set_name.empty()) json.field("set_name", what.set_name);
}

void append_file_fields(json_writer& json, const file& what) {
    const media_kind kind = what.kind;
    const bool has_frame =
        kind == media_kind::photo || kind == media_kind::video || kind == media_kind::animation;
    const bool has_length = kind != media_kind::photo && kind != media_kind::document;
    if (kind == media_kind::video_note) json.field("length", what.width);
    if (has_frame) json.field("width", what.width).field("height", what.height);
    if (has_length) json.field("duration", what.duration_s);
    if (kind == media_kind::video_note) return;
    if (!what.performer.empty()) json.field("performer", what.performer);
    if (!what.title.empty()) json.field("title", what.title);
    if (!what.file_name.empty() && kind != media_kind::photo && kind != media_kind::voice) {
        json.field("file_name", what.file_name);
    }
    if (!what.mime_type.empty() && kind != media_kind::photo) {
        json.field("mime_type", what.mime_type);
    }
}

void append_file(json_writer& json, const world& in, user_id viewer, file_index index) {
    const file& what = in.files().get(index);
    json.begin_object();
    json.field("file_id", in.files().file_id(viewer, index));
    json.field("file_unique_id", in.files().unique_id(index));
    if (what.kind == media_kind::sticker)
        append_sticker_fields(json, what);
    else
        append_file_fields(json, what);
    json.field("file_size", what.size).end_object();
}

}  // namespace

void append_media(json_writer& json, const world& in, user_id viewer, const content& what) {
    json.key(name(what.media));
    if (what.media == media_kind::photo) json.begin_array();
    append_file(json, in, viewer, *what.file);
    if (what.media == media_kind::photo) json.end_array();
    // So that clients from before animations see them.
    if (what.media == media_kind::animation) {
        json.key("document");
        append_file(json, in, viewer, *what.file);
    }
    if (what.has_spoiler) json.field("has_media_spoiler", true);
    if (what.caption_above) json.field("show_caption_above_media", true);
}

namespace {

void append_location(json_writer& json, const location& at) {
    json.begin_object().field("latitude", at.latitude).field("longitude", at.longitude);
    if (at.horizontal_accuracy > 0) json.field("horizontal_accuracy", at.horizontal_accuracy);
    if (at.live_period != 0) {
        json.field("live_period", at.live_period);
        if (at.heading != 0) json.field("heading", at.heading);
        if (at.proximity_alert_radius != 0) {
            json.field("proximity_alert_radius", at.proximity_alert_radius);
        }
    }
    json.end_object();
}

void append_venue(json_writer& json, const venue& at) {
    json.begin_object().key("location");
    append_location(json, at.where);
    json.field("title", at.title).field("address", at.address);
    if (!at.foursquare_id.empty()) json.field("foursquare_id", at.foursquare_id);
    if (!at.foursquare_type.empty()) json.field("foursquare_type", at.foursquare_type);
    if (!at.google_place_id.empty()) json.field("google_place_id", at.google_place_id);
    if (!at.google_place_type.empty()) json.field("google_place_type", at.google_place_type);
    json.end_object();
}

void append_contact(json_writer& json, const contact& of) {
    json.begin_object().field("phone_number", of.phone_number);
    json.field("first_name", of.first_name);
    if (!of.last_name.empty()) json.field("last_name", of.last_name);
    if (!of.vcard.empty()) json.field("vcard", of.vcard);
    if (of.user != user_id{}) json.field("user_id", std::to_underlying(of.user));
    json.end_object();
}

void append_text(json_writer& json, const world& in, std::string_view key,
                 std::string_view entities_key, const formatted_text& text) {
    json.field(key, text.text);
    if (text.entities.empty()) return;
    json.key(entities_key);
    append_entities(json, in, text.entities);
}

}  // namespace

void append_attachment(json_writer& json, const world& in, user_id viewer, const content& what) {
    json.key(name(what.media));
    if (const auto* at = what.get<location>()) {
        append_location(json, *at);
    } else if (const auto* place = what.get<venue>()) {
        append_venue(json, *place);
        json.key("location");  // for clients from before venues
        append_location(json, place->where);
    } else if (const auto* person = what.get<contact>()) {
        append_contact(json, *person);
    } else if (const auto* thrown = what.get<dice>()) {
        json.begin_object().field("emoji", thrown->emoji);
        json.field("value", thrown->value).end_object();
    } else if (const auto* shown = what.get<poll_id>()) {
        append_poll(json, in, viewer, *in.find_poll(*shown), true);
    }
}

void append_content(json_writer& json, const world& in, user_id viewer, const content& what) {
    const bool is_media = has_file(what.media) && what.file;
    if (is_media)
        append_media(json, in, viewer, what);
    else if (what.media != media_kind::none)
        append_attachment(json, in, viewer, what);
    if (!what.body.text.empty()) json.field(is_media ? "caption" : "text", what.body.text);
    if (!what.body.entities.empty()) {
        json.key(is_media ? "caption_entities" : "entities");
        append_entities(json, in, what.body.entities);
    }
    if (const std::string& preview = what.more->link_preview; !preview.empty()) {
        json.key("link_preview_options").raw(preview);
    }
    if (what.more->markup.type == reply_markup::kind::inline_keyboard) {
        json.key("reply_markup").raw(what.more->markup.json);
    }
}

void append_poll(json_writer& json, const world& in, user_id viewer, const poll& of,
                 bool in_message) {
    const poll_terms& terms = of.terms;
    json.begin_object().field("id", std::to_string(std::to_underlying(of.id)));
    append_text(json, in, "question", "question_entities", terms.question);
    json.key("options").begin_array();
    for (std::size_t i = 0; i < terms.options.size(); ++i) {
        const auto votes = std::ranges::count_if(of.votes, [i](const auto& vote) {
            return std::ranges::find(vote.second, static_cast<int>(i)) != vote.second.end();
        });
        json.begin_object().field("persistent_id", std::to_string(i));
        append_text(json, in, "text", "text_entities", terms.options[i]);
        json.field("voter_count", votes).end_object();
    }
    json.end_array().field("total_voter_count", of.votes.size());
    if (terms.open_period != 0) json.field("open_period", terms.open_period);
    if (terms.close_date != 0) json.field("close_date", terms.close_date);
    json.field("is_closed", terms.is_closed).field("is_anonymous", terms.is_anonymous);
    json.field("type", terms.is_quiz ? "quiz" : "regular");
    json.field("allows_multiple_answers", terms.allows_multiple_answers);
    json.field("allows_revoting", terms.allows_revoting).field("members_only", terms.members_only);
    if (terms.is_quiz && of.is_known_to(viewer)) {
        json.key("correct_option_ids").begin_array();
        for (const int each : terms.correct) json.value(each);
        json.end_array();
        if (!terms.explanation.text.empty()) {
            append_text(json, in, "explanation", "explanation_entities", terms.explanation);
        }
    }
    if (in_message && !terms.description.text.empty()) {
        append_text(json, in, "description", "description_entities", terms.description);
    }
    json.end_object();
}

void append_poll_answer(json_writer& json, const world& in, const poll& of, user_id who) {
    json.begin_object().field("poll_id", std::to_string(std::to_underlying(of.id))).key("user");
    append_user_of(json, in, who);
    const auto at = of.votes.find(who);
    const std::vector<int> chosen = at == of.votes.end() ? std::vector<int>{} : at->second;
    json.key("option_ids").begin_array();
    for (const int each : chosen) json.value(each);
    json.end_array().key("option_persistent_ids").begin_array();
    for (const int each : chosen) json.value(std::to_string(each));
    json.end_array().end_object();
}

}  // namespace baudot::telegram_sim
