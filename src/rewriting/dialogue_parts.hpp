#pragma once

// Private to the services' .cpp files: the only header that shows JSON.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <simdjson.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "rewriting/dialogue.hpp"
#include "rewriting/tagged_text.hpp"

namespace baudot::rewriting {

namespace dom = simdjson::dom;
namespace json = boost::json;

inline std::unexpected<failure> wrong(std::string message) {
    return std::unexpected(failure{.kind = failure_kind::wrong, .message = std::move(message)});
}

/// What all kinds have: an URL, a key, and answers in JSON.
class json_dialogue : public dialogue {
public:
    json_dialogue(const text_api& api, const endpoint& where)
        : key_(api.key), target_(where.target) {}

    std::expected<text::marked_text, failure> read(const http::response& answer) const final;

protected:
    /// Of an answer that is JSON, with a status of success.
    virtual std::expected<text::marked_text, failure> read_body(const dom::element& body) const = 0;

    http::request post(const json::object& body) const;
    const std::string& key() const { return key_; }

private:
    failure refusal(const http::response& answer) const;

    std::string key_;
    std::string target_;
};

/// And those that get tagged HTML.
class tagged_dialogue : public json_dialogue {
public:
    tagged_dialogue(const text_api& api, const endpoint& where, tagged_text what)
        : json_dialogue(api, where), tagged_(std::move(what)) {}

    bool is_needless() const final { return tagged_.entries().empty(); }

protected:
    virtual std::expected<std::vector<std::string>, failure> entries_in(
        const dom::element& body) const = 0;
    std::expected<text::marked_text, failure> read_body(const dom::element& body) const final;

    const std::vector<std::string>& entries() const { return tagged_.entries(); }

private:
    tagged_text tagged_;
};

/// A text of an answer: a string, and none of those that no text may be.
std::expected<std::string, failure> string_in(simdjson::simdjson_result<dom::element> from,
                                              std::string_view name);

using made_dialogue = result<std::unique_ptr<dialogue>>;
made_dialogue make_libretranslate(const text_api& api, const endpoint& where,
                                  const question& asked);
made_dialogue make_deepl(const text_api& api, const endpoint& where, const question& asked);
made_dialogue make_openai(const text_api& api, const endpoint& where, const question& asked);
made_dialogue make_webhook(const text_api& api, const endpoint& where, const question& asked);

}  // namespace baudot::rewriting
