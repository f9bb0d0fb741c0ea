#include "model/call.hpp"

#include <algorithm>

#include "base/overloaded.hpp"
#include "base/utf16.hpp"

namespace baudot {
namespace {

// "Long messages (over ~500 characters) exhaust limits sooner" (TELEGRAM.md 1.1); how much sooner
// nobody says.
constexpr double short_text = 500;
constexpr double text_of_a_call = 1000;

}  // namespace

const formatted_text* text_of(const operation& what) {
    if (const auto* sent = std::get_if<send_text>(&what.what)) return &sent->text;
    const auto* copied = std::get_if<copy_message>(&what.what);
    return copied && copied->caption ? &*copied->caption : nullptr;
}

method_class methods_of(const operation& what) {
    return std::visit(overloaded{[](const forward_message&) { return method_class::forward; },
                                 [](const copy_message&) { return method_class::copy; },
                                 [](const send_text&) { return method_class::send; }},
                      what.what);
}

double cost_of(const operation& what) {
    const formatted_text* const text = text_of(what);
    if (!text) return 1;
    const auto length = static_cast<double>(utf16_length(text->text));
    return 1 + std::max(0.0, length - short_text) / text_of_a_call;
}

std::string_view name(method_class methods) noexcept {
    switch (methods) {
        case method_class::any: return "any";
        case method_class::send: return "send";
        case method_class::copy: return "copy";
        case method_class::forward: return "forward";
    }
    return "unknown";
}

}  // namespace baudot
