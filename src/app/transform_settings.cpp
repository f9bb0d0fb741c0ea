#include "app/transform_settings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "app/filter_settings.hpp"
#include "app/script_settings.hpp"

namespace baudot::app {
namespace {

using thing = rewrite_step::thing;
using action = rewrite_step::action;

/// A text that may be empty. For config::reader.
struct any_text {
    std::string text;
};

std::optional<std::string> parse_value(std::string_view text, any_text& value) {
    value.text = text;
    return std::nullopt;
}

/// One item of the list: a mapping with one key.
class step_reader {
public:
    step_reader(config::reader& one, transform_steps& steps, std::vector<config::position>& places)
        : one_(one), steps_(steps), places_(places) {}

    void read() {
        if (one_.is_described_as("step")) return;
        const std::size_t before = steps_.size();
        read_replacements();
        for (const thing each : {thing::links, thing::mentions, thing::hashtags}) {
            read_rewrite(each);
        }
        read_own_links();
        read_addition("header", add_step::place::header);
        read_addition("footer", add_step::place::footer);
        if (style_step step; one_.optional("style", step.type)) add("style", std::move(step));
        enum class what : std::uint8_t { strip };
        if (what how{}; one_.optional("caption", how, {{"strip", what::strip}})) {
            add("caption", strip_caption_step{});
        }
        refuse_auto_answer();
        read_question("translate");
        read_question("rewrite");
        read_script();
        if (steps_.size() > before + 1) {
            one_.error(one_.where(), "this step has several keys, and so no order",
                       "begin every step with \"- \"");
        } else if (one_.is_empty()) {
            one_.error(one_.where(), "this step does nothing");
        }
    }

private:
    template <class Step>
    void add(std::string_view key, Step what) {
        steps_.push_back(
            {.what = std::move(what), .place = static_cast<std::uint32_t>(places_.size())});
        places_.push_back(one_.where(key));
    }

    void read_replacements() {
        replace_step step;
        const auto place = static_cast<std::uint32_t>(places_.size());
        const bool is_there = one_.one_or_each("replace", [&](config::reader& part) {
            read_replacement(part, step.all.emplace_back());
        });
        if (!is_there) return;
        if (step.all.empty()) {
            one_.error(one_.where("replace"), "\"replace\" has no value",
                       "say what is replaced: from or pattern, and to");
        }
        steps_.push_back({.what = std::move(step), .place = place});
    }

    void read_replacement(config::reader& part, replacement& made) {
        const bool is_literal = part.optional("from", made.find);
        std::string pattern;
        made.is_pattern = part.optional("pattern", pattern);
        if (made.is_pattern) made.find = std::move(pattern);
        if (is_literal && made.is_pattern) {
            part.error(part.where("pattern"), "\"pattern\" stands beside \"from\"",
                       "what is looked for is a text or a pattern");
        } else if (made.find.empty()) {
            part.error(part.where(), "it is not said what is replaced",
                       "give a text as \"from\", or an expression as \"pattern\"");
        }
        if (any_text with; part.required("to", with)) made.with = std::move(with.text);
        part.optional("whole_words", made.whole_words);
        part.optional("case", made.ignore_case, {{"ignore", true}, {"exact", false}});
        places_.push_back(part.where(made.is_pattern ? "pattern" : "from"));
        places_.push_back(part.where("to"));
    }

    void read_rewrite(thing what) {
        const std::string key(name(what));
        rewrite_step step{.what = what};
        if (!one_.is_section(key)) {
            if (one_.optional(key, step.how,
                              {{"remove", action::remove}, {"keep_text", action::keep_text}})) {
                add(key, std::move(step));
            }
            return;
        }
        step.how = action::replace;
        one_.section(key, [&](config::reader& part) {
            if (!part.required("replace_with", step.with)) return;
            const bool is_address = step.with.contains("://") && !step.with.contains(' ');
            if (what == thing::links && !is_address) {
                part.error(part.where("replace_with"), "\"replace_with\" is no address",
                           "write one with https://, or `links: remove`");
            }
        });
        add(key, std::move(step));
    }

    void read_own_links() {
        own_links_step step;
        if (!one_.is_section("own_links")) {
            enum class what : std::uint8_t { to_copies };
            if (what how{}; one_.optional("own_links", how, {{"to_copies", what::to_copies}})) {
                add("own_links", std::move(step));
            }
            return;
        }
        one_.section("own_links", [&](config::reader& part) {
            if (!part.is_section("without_copy")) {
                part.required("without_copy", step.without_copy,
                              {{"keep", own_links::action::keep},
                               {"strike", own_links::action::strike},
                               {"remove", own_links::action::remove}});
                return;
            }
            step.without_copy = own_links::action::replace;
            part.section("without_copy", [&](config::reader& instead) {
                instead.required("replace_with", step.with);
            });
        });
        add("own_links", std::move(step));
    }

    void read_addition(std::string_view key, add_step::place where) {
        add_step step{.where = where};
        if (!one_.is_section(key)) {
            if (one_.optional(key, step.html)) add(key, std::move(step));
            return;
        }
        config::position at = one_.where(key);
        one_.section(key, [&](config::reader& part) {
            part.required("text", step.html);
            at = part.where("text");
            part.optional("gap", step.apart,
                          {{"paragraph", add_step::gap::paragraph},
                           {"line", add_step::gap::line},
                           {"space", add_step::gap::space},
                           {"none", add_step::gap::none}});
            zone_text zone;
            part.optional("zone", zone);
            step.zone = zone.zone;
        });
        add(key, std::move(step));
        places_.back() = at;
    }

    // Buttons under a post are pressed by people (getCallbackQueryAnswer of TDLib): the Bot API has
    // no such method, and every account is a bot as yet.
    void refuse_auto_answer() {
        bool is_wanted = false;
        if (!one_.optional("auto_answer", is_wanted)) return;
        one_.error(one_.where("auto_answer"),
                   "no account of this file can press the buttons of a post",
                   "bots cannot: leave \"auto_answer\" out until there are accounts of people");
    }

    void read_script() {
        script_step step;
        const auto place = static_cast<std::uint32_t>(places_.size());
        if (one_.is_section("script")) {
            one_.section("script", [&](config::reader& part) {
                baudot::app::read_script(part, step.script, places_);
                part.optional(
                    "on_failure", step.on_failure,
                    {{"skip", script_step::policy::skip}, {"pass", script_step::policy::pass}});
            });
        } else if (!read_script_code(one_, "script", step.script, places_)) {
            return;
        }
        steps_.push_back({.what = std::move(step), .place = place});
    }

    // What an API is asked to do.
    void read_question(std::string_view key) {
        using policy = rewrite_failure_policy;
        const bool translates = key == "translate";
        one_.section(key, [&](config::reader& part) {
            rewrite_request what;
            part.required("api", what.api);
            if (translates) {
                part.required("to", what.to);
                part.optional("from", what.from);
            } else {
                part.optional("prompt", what.prompt);
            }
            part.optional("on_failure", what.on_failure,
                          {{"hold", policy::hold}, {"pass", policy::pass}, {"skip", policy::skip}});
            read_patience(part, what);
            steps_.push_back({.what = ask_step{std::move(what)},
                              .place = static_cast<std::uint32_t>(places_.size())});
            places_.push_back(part.where("api"));
        });
    }

    static void read_patience(config::reader& part, rewrite_request& what) {
        using namespace std::chrono_literals;
        duration most{};
        if (!part.optional("hold_at_most", most,
                           {.least = duration(1s), .most = duration(8760h)})) {
            return;
        }
        what.hold_at_most = std::chrono::duration_cast<std::chrono::milliseconds>(most);
        if (what.on_failure != rewrite_failure_policy::hold) {
            part.error(part.where("hold_at_most"),
                       "\"hold_at_most\" stands beside a policy that "
                       "does not hold",
                       "leave one of them out");
        }
    }

    config::reader& one_;
    transform_steps& steps_;
    std::vector<config::position>& places_;
};

}  // namespace

void read_transforms(config::reader& one, transform_steps& steps,
                     std::vector<config::position>& places) {
    one.each("transform", [&](config::reader& part) { step_reader(part, steps, places).read(); });
}

}  // namespace baudot::app
