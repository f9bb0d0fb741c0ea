#include "telegram_sim/reply_markup.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <expected>
#include <optional>
#include <string>
#include <utility>

#include "telegram_sim/json_writer.hpp"
#include "telegram_sim/wire_fields.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

constexpr std::size_t callback_bytes_max = 64;
constexpr std::size_t copied_points_max = 256;
constexpr std::size_t buttons_max = 100;  // TELEGRAM.md has the text, the number is a guess

template <class T>
using parsed = std::expected<T, std::string>;  // a sentence with a capital letter

/// As the server gives it back, or why it is none.
parsed<std::string> checked_url(const std::string& given) {
    const auto wrong = [&](std::string_view why) {
        return std::unexpected("Inline keyboard button URL '" + given +
                               "' is invalid: " + std::string(why));
    };
    const auto mark = given.find("://");
    if (mark == std::string::npos) {
        const bool is_host = given.find('.') != std::string::npos &&
                             given.find_first_of(" \n@") == std::string::npos;
        if (!is_host) return wrong("Wrong HTTP URL");
        return "http://" + given;
    }
    constexpr std::array<std::string_view, 5> known = {"http", "https", "tg", "ton", "tonsite"};
    if (std::ranges::find(known, std::string_view(given).substr(0, mark)) == known.end()) {
        return wrong("Unsupported URL protocol");
    }
    if (given.size() == mark + 3) return wrong("URL host is empty");
    if (given.find(' ') != std::string::npos) return wrong("Wrong HTTP URL");
    return given;
}

/// What a button does: the name of its field, and that field's value as JSON.
struct action {
    std::string_view field;
    std::string value;
};

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

// Fields of which the server looks at the object only for what clients need.
parsed<action> object_action(wire_fields& button) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> fields = {
        std::pair{"switch_inline_query_chosen_chat", ""},
        {"login_url", "url"},
        {"web_app", "url"},
        {"copy_text", "text"}};
    for (const auto& [field, required] : fields) {
        if (!button.has(field)) continue;
        const json::object* value = button.object(field);
        if (value == nullptr) break;
        wire_fields inner(*value);
        const std::string text = required.empty() ? std::string() : inner.required_text(required);
        if (inner.trouble()) return std::unexpected(*inner.trouble());
        if (field == "copy_text" && (text.empty() || text.size() > 4 * copied_points_max)) {
            return std::unexpected("BUTTON_COPY_TEXT_INVALID");
        }
        return action{field, json::serialize(*value)};
    }
    if (button.trouble()) return std::unexpected(*button.trouble());
    return std::unexpected("Text buttons are unallowed in the inline keyboard");
}

parsed<action> action_of(wire_fields& button) {
    if (const std::string url = button.text("url"); !url.empty()) {
        auto link = checked_url(url);
        if (!link) return std::unexpected(std::move(link.error()));
        return action{"url", quoted(*link)};
    }
    if (const std::string data = button.text("callback_data"); !data.empty()) {
        if (data.size() > callback_bytes_max) return std::unexpected("BUTTON_DATA_INVALID");
        return action{"callback_data", quoted(data)};
    }
    // They belong to games and invoices, which no message here is.
    if (button.has("callback_game") || button.has("pay")) {
        return std::unexpected("BUTTON_TYPE_INVALID");
    }
    for (const std::string_view field : {std::string_view("switch_inline_query"),
                                         std::string_view("switch_inline_query_current_chat")}) {
        if (button.has(field)) return action{field, quoted(button.required_text(field))};
    }
    return object_action(button);
}

bool is_servers_own(std::string_view trouble) noexcept {
    return trouble.starts_with("BUTTON_") || trouble.starts_with("Inline keyboard");
}

/// Nothing for a button without text: it is left out.
api_result<std::optional<std::string>> inline_button(const json::value& given) {
    const auto wrong = [](const std::string& why) {
        if (is_servers_own(why)) return bad_request(small(why));
        return bad_request("can't parse inline keyboard button: " + why);
    };
    if (!given.is_object()) return wrong("InlineKeyboardButton must be an Object");
    wire_fields fields(given.get_object());
    const std::string text = fields.required_text("text");
    if (fields.trouble()) return wrong(*fields.trouble());
    const auto does = action_of(fields);
    if (!does) return wrong(does.error());
    if (fields.trouble()) return wrong(*fields.trouble());
    if (text.find_first_not_of(" \t\n") == std::string::npos) return std::nullopt;
    std::string out;
    json_writer json(out);
    json.begin_object().field("text", text);
    for (const std::string_view extra : {"icon_custom_emoji_id", "style"}) {
        if (const std::string value = fields.text(extra); !value.empty()) json.field(extra, value);
    }
    json.key(does->field).raw(does->value).end_object();
    if (fields.trouble()) return wrong(*fields.trouble());
    return out;
}

/// Empty: no button is left.
api_result<std::string> inline_keyboard(const json::array& rows) {
    std::string out;
    json_writer json(out);
    std::size_t buttons = 0;
    json.begin_object().key("inline_keyboard").begin_array();
    for (const json::value& row : rows) {
        if (!row.is_array()) {
            return bad_request(
                "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an "
                "Array of Arrays");
        }
        std::string made;
        json_writer line(made);
        line.begin_array();
        for (const json::value& each : row.get_array()) {
            auto button = inline_button(each);
            if (!button) return std::unexpected(std::move(button.error()));
            if (!*button) continue;
            line.raw(**button);
            ++buttons;
        }
        line.end_array();
        if (made != "[]") json.raw(made);
    }
    json.end_array().end_object();
    if (buttons > buttons_max) return bad_request("reply markup is too long");
    if (buttons == 0) out.clear();
    return out;
}

api_result<void> check_keyboard(const json::array& rows) {
    for (const json::value& row : rows) {
        if (!row.is_array()) return bad_request("field \"keyboard\" must be an Array of Arrays");
        for (const json::value& each : row.get_array()) {
            if (each.is_string()) continue;
            std::string why = "KeyboardButton must be a String or an Object";
            if (each.is_object()) {
                wire_fields fields(each.get_object());
                (void)fields.required_text("text");
                for (const char* flag : {"request_contact", "request_location"}) fields.truth(flag);
                if (!fields.trouble()) continue;
                why = *fields.trouble();
            }
            return bad_request("can't parse keyboard button: " + why);
        }
    }
    return {};
}

}  // namespace

api_result<reply_markup> read_reply_markup(std::string_view text) {
    if (text.empty()) return reply_markup{};
    boost::system::error_code ec;
    const json::value whole = json::parse({text.data(), text.size()}, ec);
    if (ec) return bad_request("can't parse reply keyboard markup JSON object");
    if (!whole.is_object()) return bad_request("object expected as reply markup");
    wire_fields fields(whole.get_object());
    const json::array* keyboard = fields.array("keyboard");
    const json::array* inline_rows = fields.array("inline_keyboard");
    const bool removes = fields.truth("remove_keyboard") || fields.truth("hide_keyboard");
    const bool forces = fields.truth("force_reply");
    for (const char* flag : {"selective", "resize_keyboard", "one_time_keyboard", "is_persistent"})
        fields.truth(flag);
    (void)fields.text("input_field_placeholder");
    if (fields.trouble()) return bad_request(small(*fields.trouble()));

    using kind = reply_markup::kind;
    if (keyboard != nullptr && !keyboard->empty()) {
        if (auto fine = check_keyboard(*keyboard); !fine) return std::unexpected(fine.error());
        return reply_markup{.type = kind::keyboard, .json = json::serialize(whole)};
    }
    if (inline_rows != nullptr && !inline_rows->empty()) {
        auto made = inline_keyboard(*inline_rows);
        if (!made) return std::unexpected(std::move(made.error()));
        if (made->empty()) return reply_markup{};
        return reply_markup{.type = kind::inline_keyboard, .json = std::move(*made)};
    }
    if (removes) return reply_markup{.type = kind::remove, .json = json::serialize(whole)};
    if (forces) return reply_markup{.type = kind::force_reply, .json = json::serialize(whole)};
    return reply_markup{};
}

bool survives_forwarding(const reply_markup& markup) {
    if (markup.type != reply_markup::kind::inline_keyboard) return false;
    const json::value whole = json::parse(markup.json);
    for (const json::value& row : whole.at("inline_keyboard").as_array()) {
        for (const json::value& each : row.as_array()) {
            const json::object& button = each.as_object();
            if (!button.contains("url") && !button.contains("login_url")) return false;
        }
    }
    return true;
}

}  // namespace baudot::telegram_sim
