#include "telegram_sim/wire_fields.hpp"

#include <boost/json.hpp>

#include <charconv>
#include <utility>

#include "telegram_sim/params.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;

const json::value* wire_fields::given(std::string_view key) const noexcept {
    const json::value* found = find(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

void wire_fields::wrong_type(std::string_view key, std::string_view type) {
    note("Field \"" + std::string(key) + "\" must be of type " + std::string(type));
}

std::string wire_fields::text(std::string_view key) {
    const json::value* found = given(key);
    if (found == nullptr) return {};
    if (const auto* text = found->if_string()) return {text->data(), text->size()};
    if (found->is_number()) return json::serialize(*found);
    wrong_type(key, "String");
    return {};
}

std::string wire_fields::required_text(std::string_view key) {
    if (!has(key)) note("Can't find field \"" + std::string(key) + "\"");
    if (has(key) && find(key)->is_null()) wrong_type(key, "String");
    return text(key);
}

bool wire_fields::truth(std::string_view key) {
    const json::value* found = given(key);
    if (found == nullptr) return false;
    if (const bool* yes = found->if_bool()) return *yes;
    wrong_type(key, "Boolean");
    return false;
}

std::int64_t wire_fields::integer(std::string_view key, std::int64_t otherwise) {
    const json::value* found = given(key);
    if (found == nullptr) return otherwise;
    if (const auto* number = found->if_int64()) return *number;
    if (const auto* text = found->if_string()) {
        if (const auto number = to_integer({text->data(), text->size()})) return *number;
    }
    wrong_type(key, "Number");
    return otherwise;
}

std::optional<double> wire_fields::number(std::string_view key) const {
    const json::value* found = given(key);
    if (found == nullptr) return std::nullopt;
    if (found->is_number()) return found->to_number<double>();
    const auto* text = found->if_string();
    if (text == nullptr) return std::nullopt;
    double out = 0;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), out);
    if (read.ec != std::errc{} || read.ptr == text->data()) return std::nullopt;
    return out;
}

const json::object* wire_fields::object(std::string_view key) {
    const json::value* found = given(key);
    if (found == nullptr) return nullptr;
    if (!found->is_object()) wrong_type(key, "Object");
    return found->if_object();
}

const json::array* wire_fields::array(std::string_view key) {
    const json::value* found = given(key);
    if (found == nullptr) return nullptr;
    if (!found->is_array()) wrong_type(key, "Array");
    return found->if_array();
}

std::string small(std::string what) {
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    // A name such as BUTTON_DATA_INVALID stays as it is.
    if (what.size() > 1 && is_capital(what[0]) && !is_capital(what[1])) {
        what[0] = static_cast<char>(what[0] + 32);
    }
    return what;
}

}  // namespace baudot::telegram_sim
