#include "telegram_sim/reactions.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

#include "telegram_sim/wire_fields.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

// Documentation of ReactionTypeEmoji.
constexpr std::array<std::string_view, 73> offered = {
    "❤",  "👍",         "👎", "🔥", "🥰",          "👏", "😁", "🤔", "🤯", "😱",
    "🤬", "😢",         "🎉", "🤩", "🤮",          "💩", "🙏", "👌", "🕊", "🤡",
    "🥱", "🥴",         "😍", "🐳", "❤‍🔥",  "🌚", "🌭", "💯", "🤣", "⚡",
    "🍌", "🏆",         "💔", "🤨", "😐",          "🍓", "🍾", "💋", "🖕", "😈",
    "😴", "😭",         "🤓", "👻", "👨‍💻", "👀", "🎃", "🙈", "😇", "😨",
    "🤝", "✍",          "🤗", "🫡", "🎅",          "🎄", "☃",  "💅", "🤪", "🗿",
    "🆒", "💘",         "🙉", "🦄", "😘",          "💊", "🙊", "😎", "👾", "🤷‍♂",
    "🤷", "🤷‍♀", "😡"};

// Some clients ask for the coloured form of an emoji; Telegram knows it without.
std::string plain(std::string emoji) {
    constexpr std::string_view selector = "\xEF\xB8\x8F";
    for (auto at = emoji.find(selector); at != std::string::npos; at = emoji.find(selector)) {
        emoji.erase(at, selector.size());
    }
    return emoji;
}

api_result<reaction> read_one(const json::value& given) {
    if (!given.is_object()) return bad_request("can't parse reaction types: expected an Object");
    wire_fields fields(given.get_object());
    const std::string type = fields.required_text("type");
    reaction out;
    if (type == "emoji") {
        out.value = plain(fields.required_text("emoji"));
    } else if (type == "custom_emoji") {
        out = {.type = reaction::kind::custom_emoji,
               .value = fields.required_text("custom_emoji_id")};
    } else if (type == "paid") {
        out.type = reaction::kind::paid;
    } else if (!fields.trouble()) {
        fields.note("invalid reaction type specified");
    }
    if (fields.trouble()) return bad_request("can't parse reaction types: " + *fields.trouble());
    return out;
}

}  // namespace

api_result<std::vector<reaction>> read_reactions(std::string_view text) {
    std::vector<reaction> out;
    if (text.empty()) return out;
    boost::system::error_code ec;
    const json::value whole = json::parse({text.data(), text.size()}, ec);
    if (ec) return bad_request("can't parse reaction types JSON object");
    if (!whole.is_array()) return bad_request("expected an Array of ReactionType");
    for (const json::value& each : whole.get_array()) {
        auto one = read_one(each);
        if (!one) return std::unexpected(std::move(one.error()));
        out.push_back(std::move(*one));
    }
    return out;
}

bool is_offered(const reaction& what) noexcept {
    if (what.type == reaction::kind::custom_emoji) return !what.value.empty();
    const bool is_known = std::ranges::find(offered, what.value) != offered.end();
    return what.type == reaction::kind::emoji && is_known;
}

}  // namespace baudot::telegram_sim
