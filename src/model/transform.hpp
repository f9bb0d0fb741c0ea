#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time_zone.hpp"
#include "model/own_links.hpp"
#include "model/rewrite.hpp"
#include "model/script.hpp"

namespace baudot {

/// What is looked for in the text, and what stands there then.
struct replacement {
    std::string find;  // as it is; or RE2
    std::string with;  // as it is; for RE2 with \0 for the whole and \1 to \9 for groups
    bool is_pattern = false;
    bool whole_words = false;  // only where it stands as words of its own
    bool ignore_case = false;
};

/// All of them in one pass from left to right: where two begin at one place the first of the list
/// wins, and nothing is looked for in what was put in.
struct replace_step {
    std::vector<replacement> all;
};

/// What becomes of the links, mentions or hashtags that Telegram found in the post.
struct rewrite_step {
    enum class thing : std::uint8_t { links, mentions, hashtags };
    enum class action : std::uint8_t {
        remove,     // with the text
        keep_text,  // without what makes it one: a link behind a text, @, #
        replace,    // by `with`: the address of a link, the whole text of the others
    };
    thing what = thing::links;
    action how = action::remove;
    std::string with;
};

/// A text before or behind what there is: HTML of the Bot API, with {variables}. Nothing is added
/// to a post that has no value for one of them.
struct add_step {
    enum class place : std::uint8_t { header, footer };
    enum class gap : std::uint8_t { paragraph, line, space, none };
    place where = place::footer;
    std::string html;
    gap apart = gap::paragraph;  // between it and the rest
    time_zone zone;              // of {date} and {time}
};

/// All of the text in one style.
struct style_step {
    std::string type;  // Telegram's own name of the entity
};

/// No caption: media alone. Texts stay as they are.
struct strip_caption_step {};

/// Links to posts of the source chat lead to their copies.
struct own_links_step {
    own_links::action without_copy = own_links::action::keep;
    std::string with;  // replace: the text that comes instead
};

/// An external API translates or rewrites the text.
struct ask_step {
    rewrite_request what;
};

/// A script makes the text.
struct script_step {
    /// What becomes of a post for which it fails, or is stopped.
    enum class policy : std::uint8_t {
        skip,  // it does not go
        pass,  // it goes with the text that it has
    };
    script_source script;
    policy on_failure = policy::skip;
};

struct transform_step {
    std::variant<replace_step, rewrite_step, add_step, style_step, strip_caption_step,
                 own_links_step, ask_step, script_step>
        what;
    std::uint32_t place = 0;  // of its first value, in whatever it was read from
};

/// In their order, each on what the one before has made.
using transform_steps = std::vector<transform_step>;

/// What to do with a transformed text that is longer than Telegram takes.
enum class long_text_policy : std::uint8_t {
    split,   // several messages; of a caption what does not fit follows as text
    follow,  // as split, but a caption that does not fit follows as a whole
    cut,     // one message: the end of the post's own text goes
};

std::string_view name(rewrite_step::thing what) noexcept;
std::string_view name(rewrite_step::action how) noexcept;
std::string_view name(add_step::place where) noexcept;
std::string_view name(add_step::gap apart) noexcept;
std::string_view name(script_step::policy policy) noexcept;
std::string_view name(long_text_policy policy) noexcept;

}  // namespace baudot
