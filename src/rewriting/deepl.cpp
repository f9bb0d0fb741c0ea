// DeepL: POST /v2/translate with `Authorization: DeepL-Auth-Key KEY`; at most 50 texts and 128 KiB
// in a request; `context` is free of charge, and without it the texts of one request know nothing
// of each other (developers.deepl.com: "Translate text", "Translating large volumes", "Translation
// context"). tag_handling html keeps tags with their attributes and respects translate="no"; ends
// of lines are blanks to it ("Translating HTML"), so each line is a text. 456: the quota is used
// up.
#include <fmt/format.h>

#include <algorithm>

#include "rewriting/dialogue_parts.hpp"

namespace baudot::rewriting {
namespace {

constexpr std::size_t entries_max = 50;
constexpr std::size_t body_bytes_max = 128 << 10;

std::string upper(std::string text) {
    for (char& each : text) {
        if (each >= 'a' && each <= 'z') each = static_cast<char>(each - 'a' + 'A');
    }
    return text;
}

class deepl final : public tagged_dialogue {
public:
    deepl(const text_api& api, const endpoint& where, const question& asked)
        : tagged_dialogue(api, where, tagged_text(asked.text, tag_layout::lines, entries_max)),
          context_(entries().size() > 1 ? asked.text.bytes : std::string()),
          from_(upper(asked.what.from)),
          to_(upper(asked.what.to)) {}

    http::request request() const override {
        http::request made = post(body(true));
        if (made.body.size() > body_bytes_max) made = post(body(false));
        made.headers.emplace_back("Authorization", "DeepL-Auth-Key " + key());
        return made;
    }

private:
    json::object body(bool with_context) const {
        json::object made;
        made["text"] = json::array(entries().begin(), entries().end());
        made["target_lang"] = to_;
        if (!from_.empty()) made["source_lang"] = from_;
        if (with_context && !context_.empty()) made["context"] = context_;
        made["tag_handling"] = "html";
        made["tag_handling_version"] = "v2";
        return made;
    }

    std::expected<std::vector<std::string>, failure> entries_in(
        const dom::element& body) const override {
        dom::array all;
        if (body["translations"].get(all) != simdjson::SUCCESS) {
            return wrong("the answer has no translations");
        }
        std::vector<std::string> made;
        for (const dom::element each : all) {
            auto one = string_in(each["text"], "translations");
            if (!one) return std::unexpected(std::move(one.error()));
            made.push_back(*std::move(one));
        }
        return made;
    }

    std::string context_;
    std::string from_;
    std::string to_;
};

}  // namespace

made_dialogue make_deepl(const text_api& api, const endpoint& where, const question& asked) {
    auto made = std::make_unique<deepl>(api, where, asked);
    if (made->request().body.size() > body_bytes_max) {
        return fail(errc::invalid_argument,
                    fmt::format("API {}: DeepL takes at most 128 KiB with all tags", api.name));
    }
    return made;
}

}  // namespace baudot::rewriting
