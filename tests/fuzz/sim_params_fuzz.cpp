// Any request: it is decoded or refused, and every view lies inside the request.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "telegram_sim/params.hpp"

using baudot::telegram_sim::params;

namespace {

void touch(std::string_view view) {
    volatile char sum = 0;
    for (const char c : view) sum = static_cast<char>(sum + c);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr const char* types[] = {"application/json", "application/x-www-form-urlencoded",
                                     "multipart/form-data; boundary=b",
                                     "Multipart/Form-Data; boundary=\"x y\"; charset=utf-8"};
    const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto line = input.find('\n');
    baudot::http::request request;
    request.method = "POST";
    request.headers.emplace_back("Content-Type", types[data[0] % 4]);
    request.target = "/" + std::string(input.substr(0, line));
    if (line != std::string_view::npos) request.body = input.substr(line + 1);
    const std::size_t whole = request.target.size() + request.body.size();
    const auto parsed = params::parse(std::move(request));
    if (!parsed) return 0;
    std::size_t held = parsed->path().size();
    for (const auto& each : parsed->arguments()) {
        touch(each.name);
        touch(each.value);
        held += each.name.size() + each.value.size();
        (void)parsed->integer(each.name, 0, -5, 5);
        (void)parsed->boolean(each.name);
    }
    for (const auto& each : parsed->files()) {
        for (const auto view : {each.field, each.name, each.content_type, each.bytes}) {
            touch(view);
            held += view.size();
        }
    }
    if (held > whole) std::abort();  // decoding never makes more of it
    return 0;
}
