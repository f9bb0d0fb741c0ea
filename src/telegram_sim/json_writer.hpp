#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace baudot::telegram_sim {

/// Appends JSON to a string: no tree, no allocation but the string's own. The caller keeps
/// begins and ends in balance; commas are put where they belong.
class json_writer {
public:
    explicit json_writer(std::string& out) : out_(out) {}

    json_writer& begin_object() { return open('{'); }
    json_writer& end_object() { return close('}'); }
    json_writer& begin_array() { return open('['); }
    json_writer& end_array() { return close(']'); }

    /// The name of the next value. Names are ours: written as they are.
    json_writer& key(std::string_view name) {
        comma();
        out_.append("\"").append(name).append("\":");
        return *this;
    }

    json_writer& value(std::string_view text);  // UTF-8
    json_writer& value(const char* text) { return value(std::string_view(text)); }
    json_writer& value(std::same_as<bool> auto truth) { return raw(truth ? "true" : "false"); }
    template <std::integral Int>
        requires(!std::same_as<Int, bool>)
    json_writer& value(Int number) {
        return integer(static_cast<std::int64_t>(number));
    }
    json_writer& value(double number);  // not finite: null

    /// JSON that is there already.
    json_writer& raw(std::string_view json) {
        comma();
        out_.append(json);
        return *this;
    }

    template <class Value>
    json_writer& field(std::string_view name, const Value& what) {
        return key(name).value(what);
    }

private:
    json_writer& open(char bracket) {
        comma();
        out_.push_back(bracket);
        return *this;
    }
    json_writer& close(char bracket) {
        out_.push_back(bracket);
        return *this;
    }
    json_writer& integer(std::int64_t number);

    // A value that follows anything but an opening bracket or a name needs a comma. What was
    // written is enough to know: a string that ends in one of these ends with a quote.
    void comma() {
        if (out_.empty()) return;
        const char last = out_.back();
        if (last != '{' && last != '[' && last != ':') out_.push_back(',');
    }

    std::string& out_;
};

/// `text` in quotes, with what JSON forbids escaped.
void append_quoted(std::string& out, std::string_view text);

}  // namespace baudot::telegram_sim
