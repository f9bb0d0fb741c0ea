// Any bytes as a configuration: nothing crashes, hangs or throws, every problem has a place inside
// the text, and a text with an error never passes.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/assert.hpp"
#include "base/utf16.hpp"
#include "config/reader.hpp"

namespace {

using namespace baudot;
using namespace baudot::config;

environment nothing_outside() {
    return {.variable = [](const std::string&) { return std::optional<std::string>("value"); },
            .read = [](const std::string&) -> result<environment::file> {
                return environment::file{.text = "value\n", .world_readable = true};
            }};
}

void read_everything(reader& top) {
    std::string text;
    std::int64_t number = 0;
    duration wait{};
    byte_size size{};
    bool flag = false;
    secret token;
    std::vector<std::string> texts;
    std::vector<std::int64_t> numbers;
    top.optional("data", text);
    top.optional("count", number, {.least = 1, .most = 5});
    top.optional("wait", wait, {.least = std::chrono::seconds(1)});
    top.optional("size", size);
    top.optional("flag", flag);
    top.optional("mode", number, {{"copy", std::int64_t{1}}, {"forward", std::int64_t{2}}});
    top.list("texts", texts);
    top.list("numbers", numbers);
    top.each("accounts", [&](reader& one) {
        one.required("name", text);
        one.required("token", token);
    });
    top.section("http", [&](reader& http) { http.required("port", number); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    document file(text, "fuzz", nothing_outside());
    file.read(read_everything);
    const auto lines =
        std::count(text.begin(), text.end(), '\n') + std::count(text.begin(), text.end(), '\r') + 1;
    bool any_error = false;
    for (const problem& one : file.problems()) {
        BAUDOT_ASSERT(one.at.line >= 0 && one.at.line <= lines + 1, "a line of the text");
        BAUDOT_ASSERT(one.at.column >= 0, "a column");
        BAUDOT_ASSERT(!one.message.empty(), "it says what is wrong");
        BAUDOT_ASSERT(is_valid_utf8(one.text("fuzz")), "messages can be printed");
        any_error = any_error || one.how == severity::error;
    }
    BAUDOT_ASSERT(any_error == !file.ok(), "no error is lost");
    return 0;
}
