// The operator's own service: docs/apis.md has the JSON. Entities are those of the Bot API, with
// offsets in UTF-16 units.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "rewriting/dialogue_parts.hpp"
#include "text/markup.hpp"
#include "text/words.hpp"

namespace baudot::rewriting {
namespace {

constexpr std::size_t entities_max = 1000;

json::object object_of(const message_entity& entity) {
    json::object made{{"type", entity.type}, {"offset", entity.offset}, {"length", entity.length}};
    if (!entity.url.empty()) made["url"] = entity.url;
    if (entity.user != user_id{}) {
        made["user"] = json::object{{"id", std::to_underlying(entity.user)}};
    }
    if (!entity.language.empty()) made["language"] = entity.language;
    if (!entity.custom_emoji_id.empty()) made["custom_emoji_id"] = entity.custom_emoji_id;
    return made;
}

bool read_text(const dom::element& from, std::string_view key, std::string& to) {
    std::string_view found;
    const auto failed = from[key].get(found);
    if (failed == simdjson::NO_SUCH_FIELD) return true;
    if (failed != simdjson::SUCCESS || found.contains('\0')) return false;
    to = found;
    return true;
}

bool read_place(const dom::element& from, std::string_view key, std::int32_t& to) {
    std::int64_t found = 0;
    if (from[key].get(found) != simdjson::SUCCESS || found < 0 ||
        found > std::numeric_limits<std::int32_t>::max()) {
        return false;
    }
    to = static_cast<std::int32_t>(found);
    return true;
}

bool read_entity(const dom::element& from, message_entity& to) {
    if (!from.is_object()) return false;
    std::int64_t user = 0;
    const auto no_user = from["user"]["id"].get(user);
    to.user = user_id{user};
    return read_text(from, "type", to.type) && !to.type.empty() &&
           read_place(from, "offset", to.offset) && read_place(from, "length", to.length) &&
           read_text(from, "url", to.url) && read_text(from, "language", to.language) &&
           read_text(from, "custom_emoji_id", to.custom_emoji_id) &&
           (no_user == simdjson::SUCCESS || no_user == simdjson::NO_SUCH_FIELD);
}

class webhook final : public json_dialogue {
public:
    webhook(const text_api& api, const endpoint& where, const question& asked)
        : json_dialogue(api, where), api_(api.name), asked_(asked) {}

    bool is_needless() const override { return !text::can_be_seen(asked_.text.bytes); }

    http::request request() const override {
        const formatted_text text = text::write_formatted(asked_.text);
        const post_facts& post_of = asked_.post;
        json::object body{{"api", api_}};
        if (!post_of.route.empty()) body["route"] = post_of.route;
        json::object chat{{"id", std::to_underlying(post_of.chat)}};
        if (!post_of.chat_title.empty()) chat["title"] = post_of.chat_title;
        body["chat"] = std::move(chat);
        body["message"] = std::to_underlying(post_of.message);
        body["date"] = post_of.date;
        const rewrite_request& what = asked_.what;
        if (!what.from.empty()) body["from"] = what.from;
        if (!what.to.empty()) body["to"] = what.to;
        if (!what.prompt.empty()) body["prompt"] = what.prompt;
        body["text"] = text.text;
        json::array entities;
        for (const message_entity& each : text.entities) entities.push_back(object_of(each));
        body["entities"] = std::move(entities);
        http::request made = post(body);
        if (!key().empty()) made.headers.emplace_back("Authorization", "Bearer " + key());
        return made;
    }

private:
    std::expected<text::marked_text, failure> read_body(const dom::element& body) const override {
        if (body["text"].error() == simdjson::NO_SUCH_FIELD &&
            body["html"].error() == simdjson::SUCCESS) {
            return read_html(body);
        }
        auto text = string_in(body["text"], "text, nor at html");
        if (!text) return std::unexpected(std::move(text.error()));
        formatted_text got{.text = *std::move(text), .entities = {}};
        if (auto read = read_entities(body, got); !read) return std::unexpected(read.error());
        return made_of(text::read_marked(got));
    }

    std::expected<text::marked_text, failure> read_html(const dom::element& body) const {
        auto html = string_in(body["html"], "html");
        if (!html) return std::unexpected(std::move(html.error()));
        // What a text has not that can be sent; and reading many takes long.
        const auto tags = std::ranges::count(*html, '<');
        if (html->size() > answer_bytes_max / 4 || tags > std::ptrdiff_t{2 * entities_max}) {
            return wrong("the answer's html is too long");
        }
        auto read = text::parse_markup(*html);
        if (!read) {
            return wrong(fmt::format("the answer's html, byte {}: {}", read.error().at,
                                     read.error().message));
        }
        return made_of(*std::move(read));
    }

    static std::expected<void, failure> read_entities(const dom::element& body,
                                                      formatted_text& to) {
        dom::array all;
        const auto failed = body["entities"].get(all);
        if (failed == simdjson::NO_SUCH_FIELD) return {};
        if (failed != simdjson::SUCCESS || all.size() > entities_max) {
            return wrong(
                fmt::format("the answer's entities are no list, or above {}", entities_max));
        }
        for (const dom::element each : all) {
            if (read_entity(each, to.entities.emplace_back())) continue;
            return wrong(fmt::format("entity {} of the answer is none", to.entities.size() - 1));
        }
        return {};
    }

    text::marked_text made_of(text::marked_text got) const {
        if (text::write_formatted(got) == text::write_formatted(asked_.text)) return asked_.text;
        std::vector<placed_mark> places;
        places.reserve(got.marks.size());
        for (std::size_t number = 0; number < got.marks.size(); ++number) {
            places.push_back({number, got.marks[number].begin, got.marks[number].end});
        }
        got.marks = valid_marks(got.bytes, std::move(places), got.marks);
        got.body_begin = 0;
        got.body_end = got.bytes.size();
        got.is_changed = true;
        keep_own_links(got);
        return got;
    }

    /// Links that lead to posts of the source are known by their addresses.
    void keep_own_links(text::marked_text& got) const {
        got.own = asked_.text.own;
        for (text::mark& each : got.marks) {
            const auto before =
                std::ranges::find_if(asked_.text.marks, [&](const text::mark& known) {
                    return known.what.type == "text_link" && each.what.type == "text_link" &&
                           known.what.url == each.what.url;
                });
            if (before != asked_.text.marks.end()) each.what.own_post = before->what.own_post;
        }
    }

    std::string api_;
    question asked_;
};

}  // namespace

made_dialogue make_webhook(const text_api& api, const endpoint& where, const question& asked) {
    return std::make_unique<webhook>(api, where, asked);
}

}  // namespace baudot::rewriting
