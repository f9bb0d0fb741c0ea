#include "telegram_sim/attachments.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <string>
#include <utility>

#include "telegram_sim/access.hpp"
#include "telegram_sim/json_reader.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

// The server's own numbers for live locations.
constexpr int live_seconds_min = 60, live_seconds_max = 86'400;
constexpr int heading_max = 360;
constexpr int alert_radius_max = 100'000;
constexpr double accuracy_max = 1500;

int small_integer(wire_fields& from, std::string_view key) {
    return static_cast<int>(std::clamp<std::int64_t>(from.integer(key), -1, live_for_ever));
}

api_result<location> checked(location at) {
    const bool is_on_map = std::abs(at.latitude) <= 90 && std::abs(at.longitude) <= 180;
    const bool is_live = at.live_period != 0;
    if (!is_on_map) {
        return bad_request(is_live ? "invalid live location specified"
                                   : "invalid location specified");
    }
    const bool is_period = at.live_period >= live_seconds_min && at.live_period <= live_seconds_max;
    if (is_live && !is_period && at.live_period != live_for_ever) {
        return bad_request("wrong live location period specified");
    }
    if (at.heading < 0 || at.heading > heading_max) {
        return bad_request("wrong live location heading specified");
    }
    if (at.proximity_alert_radius < 0 || at.proximity_alert_radius > alert_radius_max) {
        return bad_request("wrong live location proximity alert radius specified");
    }
    return at;
}

api_result<venue> read_venue(wire_fields& from) {
    const json::object* inside = from.object("location");  // as it is in a Message
    std::optional<wire_fields> nested;
    if (inside != nullptr) nested.emplace(*inside);
    auto where = read_location(nested ? *nested : from);
    if (!where) return std::unexpected(std::move(where.error()));
    venue out{.where = *where};
    out.where.live_period = out.where.heading = out.where.proximity_alert_radius = 0;
    out.title = from.text("title");
    out.address = from.text("address");
    out.foursquare_id = from.text("foursquare_id");
    out.foursquare_type = from.text("foursquare_type");
    // One provider only: the later one in the server's code wins.
    if (out.foursquare_id.empty() && out.foursquare_type.empty()) {
        out.google_place_id = from.text("google_place_id");
        out.google_place_type = from.text("google_place_type");
    }
    return out;
}

api_result<contact> read_contact(wire_fields& from) {
    contact out;
    out.phone_number = from.text("phone_number");
    if (out.phone_number.empty()) return bad_request("parameter \"phone_number\" is required");
    out.first_name = from.text("first_name");
    if (out.first_name.empty()) return bad_request("parameter \"first_name\" is required");
    out.last_name = from.text("last_name");
    out.vcard = from.text("vcard");
    out.user = user_id{from.integer("user_id")};
    return out;
}

api_result<dice> read_dice(wire_fields& from) {
    dice out{.emoji = plain_emoji(from.text("emoji")),
             .value = static_cast<int>(std::clamp<std::int64_t>(from.integer("value"), 0, 64))};
    if (out.value < 1 || out.value > sides_of(out.emoji)) {
        return bad_request("EMOTICON_INVALID");
    }
    return out;
}

/// "question" with "question_parse_mode" and "question_entities", or the like.
api_result<formatted_text> formatted(wire_fields& from, const std::string& key) {
    text_input input;
    input.text = from.text(key);
    auto mode = parse_mode_of(from.text(key + "_parse_mode"));
    if (!mode) return std::unexpected(std::move(mode.error()));
    input.mode = *mode;
    if (const json::value* entities = from.find(key + "_entities")) {
        auto read = read_entities(json::serialize(*entities));
        if (!read) return std::unexpected(std::move(read.error()));
        if (!read->empty()) input.entities = std::move(*read);
    }
    return access::body_of(input);
}

// Questions and options keep their custom emoji and nothing else.
formatted_text with_emoji_only(formatted_text text) {
    std::erase_if(text.entities,
                  [](const entity& each) { return each.kind != entity_kind::custom_emoji; });
    return text;
}

api_result<std::vector<formatted_text>> read_options(wire_fields& from) {
    std::vector<formatted_text> out;
    const json::value* given = from.find("options");
    if (given == nullptr || given->is_null()) return out;
    if (!given->is_array()) return bad_request("expected an Array of InputPollOption as options");
    const auto wrong = [](const std::string& why) {
        return bad_request("can't parse InputPollOption: " + why);
    };
    for (const json::value& each : given->get_array()) {
        json::object option;
        if (const auto* text = each.if_string())
            option["text"] = *text;
        else if (const auto* fields = each.if_object())
            option = *fields;
        else
            return wrong("Expected InputPollOption to be an Object");
        wire_fields fields(option);
        (void)fields.required_text("text");
        if (fields.trouble()) return wrong(*fields.trouble());
        auto text = formatted(fields, "text");
        if (!text) return std::unexpected(std::move(text.error()));
        out.push_back(with_emoji_only(std::move(*text)));
    }
    return out;
}

std::vector<int> read_correct(wire_fields& from) {
    std::vector<int> out;
    if (const json::value* list = from.find("correct_option_ids"); list && list->is_array()) {
        for (const json::value& each : list->get_array()) {
            out.push_back(each.is_int64() ? static_cast<int>(each.get_int64()) : -1);
        }
    } else if (from.has("correct_option_id")) {  // until 9.6
        out.push_back(static_cast<int>(from.integer("correct_option_id", -1)));
    }
    return out;
}

bool flag(wire_fields& from, std::string_view key, bool otherwise) {
    if (!from.has(key)) return otherwise;
    const json::value* given = from.find(key);
    if (const bool* yes = given->if_bool()) return *yes;
    std::string word = from.text(key);
    std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return word == "true" || word == "yes" || word == "1";
}

constexpr std::string_view picture_selector = "\xEF\xB8\x8F";  // U+FE0F

}  // namespace

api_result<json::object> as_object(const params& from) {
    constexpr std::array<std::string_view, 6> nested = {
        "options",       "question_entities",  "explanation_entities",
        "country_codes", "correct_option_ids", "description_entities"};
    json::object out;
    for (const params::argument& each : from.arguments()) {
        const std::string_view name = each.name;
        if (out.contains({name.data(), name.size()})) continue;
        json::value value = json::string(each.value.data(), each.value.size());
        if (std::ranges::find(nested, name) != nested.end()) {
            boost::system::error_code ec;
            value = json::parse({each.value.data(), each.value.size()}, ec);
            if (ec && name == "options") return bad_request("can't parse options JSON object");
            if (ec) continue;
        }
        out.emplace(json::string_view(name.data(), name.size()), std::move(value));
    }
    return out;
}

api_result<location> read_location(wire_fields& from) {
    const auto latitude = from.number("latitude");
    if (!latitude) return bad_request("latitude is empty");
    const auto longitude = from.number("longitude");
    if (!longitude) return bad_request("longitude is empty");
    location at{.latitude = *latitude, .longitude = *longitude};
    at.horizontal_accuracy =
        std::clamp(from.number("horizontal_accuracy").value_or(0), 0.0, accuracy_max);
    at.live_period = small_integer(from, "live_period");
    at.heading = small_integer(from, "heading");
    at.proximity_alert_radius = small_integer(from, "proximity_alert_radius");
    return checked(at);
}

api_result<attachment> read_attachment(media_kind kind, const json::object& from) {
    wire_fields fields(from);
    const auto whole = [&](auto made) -> api_result<attachment> {
        if (!made) return std::unexpected(std::move(made.error()));
        if (fields.trouble()) return bad_request(small(*fields.trouble()));
        return attachment(std::move(*made));
    };
    switch (kind) {
        case media_kind::location: return whole(read_location(fields));
        case media_kind::venue: return whole(read_venue(fields));
        case media_kind::contact: return whole(read_contact(fields));
        case media_kind::dice: return whole(read_dice(fields));
        default: return bad_request("unsupported content");
    }
}

api_result<poll_terms> read_poll(const json::object& from) {
    wire_fields fields(from);
    poll_terms out;
    auto question = formatted(fields, "question");
    if (!question) return std::unexpected(std::move(question.error()));
    out.question = with_emoji_only(std::move(*question));
    auto options = read_options(fields);
    if (!options) return std::unexpected(std::move(options.error()));
    out.options = std::move(*options);
    const std::string type = fields.text("type");
    out.is_quiz = type == "quiz";
    if (!out.is_quiz && !type.empty() && type != "regular") {
        return bad_request("unsupported poll type specified");
    }
    out.is_anonymous = flag(fields, "is_anonymous", true);
    out.allows_multiple_answers = flag(fields, "allows_multiple_answers", false);
    out.allows_revoting = flag(fields, "allows_revoting", !out.is_quiz);
    out.members_only = flag(fields, "members_only", false);
    out.is_closed = flag(fields, "is_closed", false);
    if (out.is_quiz) {
        out.correct = read_correct(fields);
        auto explanation = formatted(fields, "explanation");
        if (!explanation) return std::unexpected(std::move(explanation.error()));
        out.explanation = std::move(*explanation);
    }
    auto description = formatted(fields, "description");
    if (!description) return std::unexpected(std::move(description.error()));
    out.description = std::move(*description);
    out.open_period = static_cast<int>(
        std::clamp<std::int64_t>(fields.integer("open_period"), 0, poll_seconds_max));
    out.close_date = std::max<std::int64_t>(fields.integer("close_date"), 0);
    if (fields.trouble()) return bad_request(small(*fields.trouble()));
    return out;
}

void settle_end(poll_terms& terms, wall_time now) {
    if (terms.is_closed) terms.open_period = 0;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    if (terms.open_period != 0) {
        terms.open_period = std::max(terms.open_period, poll_seconds_min);
        terms.close_date = seconds + terms.open_period;
    } else if (terms.close_date - seconds < poll_seconds_min ||
               terms.close_date - seconds > poll_seconds_max) {
        terms.close_date = 0;
    }
    if (terms.is_closed) terms.close_date = 0;
}

std::span<const std::string_view> fields_of(media_kind kind) noexcept {
    static constexpr std::array<std::string_view, 6> location_fields = {
        "latitude",    "longitude", "horizontal_accuracy",
        "live_period", "heading",   "proximity_alert_radius"};
    static constexpr std::array<std::string_view, 10> venue_fields = {
        "location", "latitude",      "longitude",       "horizontal_accuracy", "title",
        "address",  "foursquare_id", "foursquare_type", "google_place_id",     "google_place_type"};
    static constexpr std::array<std::string_view, 5> contact_fields = {
        "phone_number", "first_name", "last_name", "vcard", "user_id"};
    static constexpr std::array<std::string_view, 2> dice_fields = {"emoji", "value"};
    static constexpr std::array<std::string_view, 19> poll_fields = {"question",
                                                                     "question_parse_mode",
                                                                     "question_entities",
                                                                     "options",
                                                                     "quiz",
                                                                     "is_anonymous",
                                                                     "allows_multiple_answers",
                                                                     "allows_revoting",
                                                                     "members_only",
                                                                     "is_closed",
                                                                     "correct_option_id",
                                                                     "correct_option_ids",
                                                                     "explanation",
                                                                     "explanation_parse_mode",
                                                                     "explanation_entities",
                                                                     "description",
                                                                     "description_entities",
                                                                     "open_period",
                                                                     "close_date"};
    switch (kind) {
        case media_kind::location: return location_fields;
        case media_kind::venue: return venue_fields;
        case media_kind::contact: return contact_fields;
        case media_kind::dice: return dice_fields;
        case media_kind::poll: return poll_fields;
        default: return {};
    }
}

int sides_of(std::string_view emoji) noexcept {
    if (emoji == "🎲" || emoji == "🎯" || emoji == "🎳") return 6;
    if (emoji == "🏀" || emoji == "⚽") return 5;
    return emoji == "🎰" ? 64 : 0;
}

std::string plain_emoji(std::string_view emoji) {
    std::string out(emoji);
    if (const auto at = out.find(picture_selector); at != std::string::npos) {
        out.erase(at, picture_selector.size());
    }
    return out;
}

}  // namespace baudot::telegram_sim
