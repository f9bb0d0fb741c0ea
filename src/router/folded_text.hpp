#pragma once

#include <string>
#include <string_view>

namespace baudot::router {

/// `text` with characters that RE2 takes for equal in "(?i)" made equal: those of ASCII, Latin-1
/// and Cyrillic, and the few of other blocks that fold into these. Bytes that are no UTF-8 stay.
void fold(std::string_view text, std::string& folded);

/// Whether fold() makes all equal that RE2 takes for equal to a character of `text`. False for
/// scripts with a case that are none of the above: Greek, Armenian, Georgian, extended Latin.
bool is_foldable(std::string_view text);

}  // namespace baudot::router
