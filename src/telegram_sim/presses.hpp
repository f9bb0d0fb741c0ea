#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "telegram_sim/world.hpp"

namespace baudot::telegram_sim {

/// Which button of an inline keyboard: by its data, or by its place.
struct button_choice {
    std::string data{};  // empty: by place
    int row = 0, column = 0;
};

/// A person presses a button: the bot that put the keyboard there is asked. Answers the number of
/// the press; while an answer that may be kept (cache_time) is still good, that of the former
/// press, and nobody is asked. errc::not_found: no such message or button;
/// errc::invalid_argument: one that asks no bot, such as a link.
result<std::uint64_t> press_button(world& in, const chat& where, message_id which,
                                   const button_choice& button, user_id person, wall_time now);

}  // namespace baudot::telegram_sim
