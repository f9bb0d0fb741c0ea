#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "model/own_links.hpp"
#include "model/text.hpp"

namespace baudot::text {

/// Whether some link of it is to lead to a copy.
bool has_own_links(const formatted_text& what) noexcept;

/// The text as it is sent into one chat: links to posts of its source (message_entity::own_post)
/// lead to what `copy` says, and where it says nothing they are dealt with as `how` says. An
/// address that is seen gives way to the new one, a link behind words keeps them.
///
/// Where the text would grow beyond `units_max` (UTF-16), nothing in it grows: addresses that are
/// seen stay as the words of the new link, and instead of a text that would be put in, words are
/// struck through. What is left may be empty. Calls `copy` once or twice for each link.
formatted_text lead_to_copies(const formatted_text& what, const own_links& how,
                              std::size_t units_max,
                              const std::function<std::optional<std::string>(message_id)>& copy);

}  // namespace baudot::text
