#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "telegram_sim/json_writer.hpp"

namespace baudot::telegram_sim {

// Answers of the control API. Included by control*.cpp only.

inline std::string done() {
    return R"({"ok":true})";
}

inline std::string id_json(std::string_view key, std::int64_t id) {
    std::string out;
    json_writer(out).begin_object().field(key, id).end_object();
    return out;
}

inline auto unknown(std::string_view method, std::string_view path) {
    return fail(errc::not_found, fmt::format("there is no {} {}; docs/telegram-sim.md has the "
                                             "list",
                                             method, path));
}

}  // namespace baudot::telegram_sim
