// LibreTranslate: POST /translate with q, source, target, format and api_key, as its own interface
// description says (docs.libretranslate.com; libretranslate/app.py). q may be a list of texts, and
// then so is translatedText. "html" is read by BeautifulSoup, whose blanks are joined first, ends
// of lines too (translatehtml.py): so each line is a text. How long a text may be is the server's
// --char-limit; it answers 400 with a sentence, as for a language it has not.
#include "rewriting/dialogue_parts.hpp"

namespace baudot::rewriting {
namespace {

class libretranslate final : public tagged_dialogue {
public:
    libretranslate(const text_api& api, const endpoint& where, const question& asked)
        : tagged_dialogue(api, where, tagged_text(asked.text, tag_layout::lines)),
          from_(asked.what.from),
          to_(asked.what.to) {}

    http::request request() const override {
        json::object body;
        if (entries().size() == 1) {
            body["q"] = entries().front();
        } else {
            body["q"] = json::array(entries().begin(), entries().end());
        }
        body["source"] = from_.empty() ? "auto" : from_;
        body["target"] = to_;
        body["format"] = "html";
        if (!key().empty()) body["api_key"] = key();
        return post(body);
    }

private:
    std::expected<std::vector<std::string>, failure> entries_in(
        const dom::element& body) const override {
        std::vector<std::string> made;
        dom::array all;
        if (body["translatedText"].get(all) != simdjson::SUCCESS) {
            auto one = string_in(body["translatedText"], "translatedText");
            if (!one) return std::unexpected(std::move(one.error()));
            made.push_back(*std::move(one));
            return made;
        }
        for (const dom::element each : all) {
            auto one = string_in(dom::element(each), "translatedText");
            if (!one) return std::unexpected(std::move(one.error()));
            made.push_back(*std::move(one));
        }
        return made;
    }

    std::string from_;
    std::string to_;
};

}  // namespace

made_dialogue make_libretranslate(const text_api& api, const endpoint& where,
                                  const question& asked) {
    return std::make_unique<libretranslate>(api, where, asked);
}

}  // namespace baudot::rewriting
