#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.hpp"
#include "model/message.hpp"
#include "text/marked_text.hpp"
#include "text/markup.hpp"
#include "text/values.hpp"

namespace baudot::text {

/// A header or a footer: HTML of the Bot API with {variables}, in the text and in addresses of
/// links; "{{" and "}}" are braces. It is read once. What values bring is text, whatever it looks
/// like; in an address it is percent-encoded, but for {link}.
class decoration {
public:
    static std::expected<decoration, markup_error> parse(std::string_view html);

    /// None when the post has no value for one of the variables.
    std::optional<marked_text> fill(const message& post, const time_zone& zone) const;

private:
    struct hole {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::optional<variable> what;  // none: a brace, the first byte of it
    };
    static std::expected<std::vector<hole>, markup_error> find_holes(std::string_view text);
    static std::optional<std::string> fill_url(std::string_view url, const message& post,
                                               const time_zone& zone);

    marked_text pattern_;
    std::vector<hole> holes_;
};

}  // namespace baudot::text
