#include "router/filter_program.hpp"

#include <boost/unordered/unordered_flat_set.hpp>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <utility>
#include <variant>

#include "base/overloaded.hpp"
#include "router/conditions.hpp"
#include "router/folded_values.hpp"
#include "router/re2_parts.hpp"

namespace baudot::router {
namespace {

using string_set = boost::unordered_flat_set<std::string>;

struct finds_pattern {
    bool in_file_name = false;
    std::uint32_t list = 0;
    std::vector<std::uint32_t> patterns;  // of the list
};

struct finds_word {
    std::uint32_t list = 0;
    std::vector<std::uint32_t> patterns;  // of the list
};

struct finds_value {
    std::uint32_t pattern = 0;
    int group = 0;
    string_set values;                    // as they are
    std::optional<folded_values> folded;  // in any case, where case does not matter

    bool contains(std::string_view is) const {
        return folded ? folded->contain(is) : values.contains(std::string(is));
    }
};

struct has_name {
    name_condition::place in{};
    string_set names;
    bool takes_unknown = false;
    bool may_be_of_hidden = false;  // one may be of a person of whom only the name is told
};

// Tags know no case, in any script.
struct has_hashtag {
    folded_values one_of;
};

struct asks_script {
    std::uint32_t number = 0;
};

using compiled =
    std::variant<finds_pattern, finds_word, finds_value, has_name, has_hashtag, range_condition,
                 media_condition, trait_condition, time_condition, asks_script>;

struct node {
    post_filter::kind how{};
    std::uint32_t end = 0;        // behind its last part
    std::uint32_t condition = 0;  // of a condition
};

// Between the words of a phrase there may be more than one space, or one that breaks no line, or
// the end of a line.
std::string pattern_of_phrase(std::string_view phrase) {
    constexpr std::string_view spaces = " \t\n\r\f";
    std::string made;
    while (!phrase.empty()) {
        const std::size_t end = std::min(phrase.find_first_of(spaces), phrase.size());
        made += RE2::QuoteMeta(piece(phrase.substr(0, end)));
        phrase.remove_prefix(end);
        if (phrase.empty()) break;
        made += R"([\s\pZ]+)";
        phrase.remove_prefix(std::min(phrase.find_first_not_of(spaces), phrase.size()));
    }
    return made;
}

// The id or the @name of a person; ids of chats are negative.
bool may_name_person(std::string_view name) {
    return name.starts_with('@') || name.find_first_not_of("0123456789") == name.npos;
}

bool is_of_hidden_person(const message& post) {
    return post.origin && post.origin->type == forward_origin::kind::hidden_user;
}

truth holds(const has_name& one, post_facts& facts) {
    const auto& names = facts.names(one.in);
    if (!names) return one.takes_unknown ? truth::yes : truth::unknown;
    const bool has = std::ranges::any_of(
        *names, [&](const std::string& each) { return one.names.contains(each); });
    if (has) return truth::yes;
    return one.may_be_of_hidden && is_of_hidden_person(facts.post()) ? truth::unknown : truth::no;
}

}  // namespace

/// Scripts, by number and by what they are.
struct script_list {
    std::vector<script::program> all;
    std::map<std::pair<std::string, std::string>, std::uint32_t> numbers;  // by file and code
};

struct filter_program::state {
    std::vector<node> nodes;  // a filter is followed by its parts
    std::vector<compiled> conditions;
    std::vector<script::program> scripts;  // the same in several filters is one

    truth evaluate(std::uint32_t at, post_facts& facts) const;
    truth combine(std::uint32_t at, post_facts& facts) const;
    truth judge(const compiled& what, post_facts& facts) const;
};

filter_program::filter_program() : state_(std::make_unique<state>()) {}
filter_program::~filter_program() = default;
filter_program::filter_program(filter_program&&) noexcept = default;
filter_program& filter_program::operator=(filter_program&&) noexcept = default;

truth filter_program::state::judge(const compiled& what, post_facts& facts) const {
    const auto said = [](bool holds) { return holds ? truth::yes : truth::no; };
    return std::visit(
        overloaded{
            [&](const finds_pattern& one) {
                return said(one.in_file_name ? facts.file_name_has_one(one.list)
                                             : facts.text_has_one(one.list));
            },
            [&](const finds_word& one) { return said(facts.text_has_word(one.list)); },
            [&](const finds_value& one) {
                return said(facts.text_has_group(
                    one.pattern, one.group, [&](std::string_view is) { return one.contains(is); }));
            },
            [&](const has_name& one) { return holds(one, facts); },
            [&](const has_hashtag& one) {
                return said(std::ranges::any_of(
                    *facts.names(name_condition::place::hashtag),
                    [&](const std::string& each) { return one.one_of.contain(each); }));
            },
            [&](const range_condition& one) { return holds(one, facts); },
            [&](const media_condition& one) { return holds(one, facts.post()); },
            [&](const trait_condition& one) { return holds(one, facts); },
            [&](const time_condition& one) { return said(holds(one, facts.post().date)); },
            [&](const asks_script& one) {
                const auto holds = facts.script_holds(one.number, scripts[one.number]);
                return holds ? said(*holds) : truth::unknown;
            },
        },
        what);
}

truth filter_program::state::combine(std::uint32_t at, post_facts& facts) const {
    const node& here = nodes[at];
    const bool all = here.how == post_filter::kind::all;
    truth found = all ? truth::yes : truth::no;
    for (std::uint32_t part = at + 1; part < here.end; part = nodes[part].end) {
        const truth one = evaluate(part, facts);
        found = all ? std::min(found, one) : std::max(found, one);
        if (found == (all ? truth::no : truth::yes)) break;
    }
    return found;
}

truth filter_program::state::evaluate(std::uint32_t at, post_facts& facts) const {
    const node& here = nodes[at];
    switch (here.how) {
        case post_filter::kind::all:
        case post_filter::kind::any: return combine(at, facts);
        case post_filter::kind::negation: {
            const truth part = evaluate(at + 1, facts);
            if (part == truth::unknown) return part;
            return part == truth::yes ? truth::no : truth::yes;
        }
        case post_filter::kind::condition: return judge(conditions[here.condition], facts);
    }
    return truth::unknown;
}

truth filter_program::evaluate(std::uint32_t root, post_facts& facts) const {
    return state_->evaluate(root, facts);
}

std::optional<filter_program::found> filter_program::find(std::uint32_t node,
                                                          post_facts& facts) const {
    const auto first = [](const std::vector<std::uint32_t>& patterns,
                          const auto& find) -> std::optional<found> {
        for (std::size_t item = 0; item < patterns.size(); ++item) {
            if (const auto text = find(patterns[item])) return found{.item = item, .text = *text};
        }
        return std::nullopt;
    };
    const compiled& what = state_->conditions[state_->nodes[node].condition];
    if (const auto* one = std::get_if<finds_pattern>(&what)) {
        return first(one->patterns, [&](std::uint32_t each) {
            return one->in_file_name ? facts.find_in_file_name(each) : facts.find(each);
        });
    }
    if (const auto* words = std::get_if<finds_word>(&what)) {
        return first(words->patterns, [&](std::uint32_t each) { return facts.find_word(each); });
    }
    std::optional<found> group;
    if (const auto* value = std::get_if<finds_value>(&what)) {
        facts.text_has_group(value->pattern, value->group, [&](std::string_view is) {
            const bool is_one = value->contains(is);
            if (is_one) group = found{.item = 0, .text = is};
            return is_one;
        });
    }
    return group;
}

void filter_program::add_patterns_of(std::uint32_t root, patterns& to) const {
    for (std::uint32_t at = root; at < state_->nodes[root].end; ++at) {
        const node& here = state_->nodes[at];
        if (here.how != post_filter::kind::condition) continue;
        const compiled& what = state_->conditions[here.condition];
        if (const auto* one = std::get_if<finds_pattern>(&what)) {
            auto& list = one->in_file_name ? to.file_name : to.text;
            list.insert(list.end(), one->patterns.begin(), one->patterns.end());
        } else if (const auto* words = std::get_if<finds_word>(&what)) {
            to.text.insert(to.text.end(), words->patterns.begin(), words->patterns.end());
        } else if (const auto* value = std::get_if<finds_value>(&what)) {
            to.text.push_back(value->pattern);
        }
    }
}

namespace {

/// One condition, compiled. What is wrong is added to a list.
class condition_compiler {
public:
    condition_compiler(pattern_index::builder& text, pattern_index::builder& file_name,
                       script_list& scripts, std::uint32_t place, std::vector<filter_error>& wrong)
        : text_(text), file_name_(file_name), scripts_(scripts), place_(place), wrong_(wrong) {}

    compiled operator()(const pattern_condition& from) {
        const bool in_name = from.in == pattern_condition::place::file_name;
        finds_pattern made{.in_file_name = in_name};
        for (std::uint32_t item = 0; item < from.patterns.size(); ++item) {
            const auto number =
                add(in_name ? file_name_ : text_, from.patterns[item], from.ignore_case, item);
            if (number) made.patterns.push_back(*number);
        }
        made.list = (in_name ? file_name_ : text_).add_list(made.patterns);
        return made;
    }

    compiled operator()(const word_condition& from) {
        finds_word made;
        for (std::uint32_t item = 0; item < from.words.size(); ++item) {
            const auto number =
                add(text_, pattern_of_phrase(from.words[item]), from.ignore_case, item);
            if (number) made.patterns.push_back(*number);
        }
        made.list = text_.add_list(made.patterns);
        return made;
    }

    compiled operator()(const submatch_condition& from) {
        finds_value made{.group = from.group};
        const auto number = add(text_, from.pattern, from.ignore_case, 0);
        if (number) {
            made.pattern = *number;
            if (from.group > text_.groups_of(*number)) {
                wrong_.push_back({.place = place_,
                                  .offset = std::nullopt,
                                  .message = "pattern \"" + from.pattern + "\" has no group " +
                                             std::to_string(from.group)});
            }
        }
        if (from.ignore_case) {
            made.folded = fold(from.values);
        } else {
            made.values.insert(from.values.begin(), from.values.end());
        }
        return made;
    }

    compiled operator()(const name_condition& from) {
        if (from.in == name_condition::place::hashtag) {
            return has_hashtag{.one_of = fold(from.names)};
        }
        has_name made{.in = from.in, .names = {}};
        made.names.insert(from.names.begin(), from.names.end());
        made.takes_unknown =
            from.in == name_condition::place::language && made.names.contains("unknown");
        made.may_be_of_hidden = from.in == name_condition::place::forwarded_from &&
                                std::ranges::any_of(from.names, may_name_person);
        return made;
    }

    compiled operator()(const script_condition& from) {
        const auto [known, is_new] = scripts_.numbers.try_emplace(
            {from.script.file, from.script.code}, static_cast<std::uint32_t>(scripts_.all.size()));
        if (is_new) {
            auto made = script::program::compile(from.script);
            if (!made) {
                scripts_.numbers.erase(known);
                wrong_.push_back({.place = place_ + made.error().line,
                                  .offset = std::nullopt,
                                  .message = std::move(made.error().message)});
                return asks_script{};
            }
            scripts_.all.push_back(*std::move(made));
        }
        return asks_script{.number = known->second};
    }

    template <class Condition>
    compiled operator()(const Condition& from) {
        return from;
    }

private:
    std::optional<std::uint32_t> add(pattern_index::builder& to, const std::string& pattern,
                                     bool ignore_case, std::uint32_t item) {
        constexpr std::string_view flag = "(?i)";
        const auto number = to.add(ignore_case ? std::string(flag) + pattern : pattern);
        if (number) return *number;
        auto offset = number.error().offset;
        if (offset && ignore_case) offset = *offset < flag.size() ? 0 : *offset - flag.size();
        wrong_.push_back({.place = place_ + item,
                          .offset = offset,
                          .message = "pattern \"" + pattern + "\": " + number.error().reason});
        return std::nullopt;
    }

    folded_values fold(const std::vector<std::string>& values) {
        folded_values made(values);
        if (std::string why = made.error(); !why.empty()) {
            wrong_.push_back({.place = place_,
                              .offset = std::nullopt,
                              .message = "this list is too long: " + std::move(why)});
        }
        return made;
    }

    pattern_index::builder& text_;
    pattern_index::builder& file_name_;
    script_list& scripts_;
    std::uint32_t place_;
    std::vector<filter_error>& wrong_;
};

}  // namespace

filter_program::builder::builder(pattern_index::builder& text, pattern_index::builder& file_name)
    : state_(std::make_unique<state>()),
      scripts_(std::make_unique<script_list>()),
      text_(text),
      file_name_(file_name) {}
filter_program::builder::~builder() = default;

std::uint32_t filter_program::builder::add(const post_filter& filter,
                                           std::vector<filter_error>& wrong) {
    const auto at = static_cast<std::uint32_t>(state_->nodes.size());
    state_->nodes.push_back({.how = filter.how});
    if (filter.how == post_filter::kind::condition) {
        state_->nodes[at].condition = static_cast<std::uint32_t>(state_->conditions.size());
        condition_compiler compile(text_, file_name_, *scripts_, filter.place, wrong);
        state_->conditions.push_back(std::visit(compile, filter.what));
    }
    for (const post_filter& part : filter.parts) add(part, wrong);
    state_->nodes[at].end = static_cast<std::uint32_t>(state_->nodes.size());
    return at;
}

filter_program filter_program::builder::build() && {
    filter_program made;
    state_->scripts = std::move(scripts_->all);
    made.state_ = std::move(state_);
    return made;
}

}  // namespace baudot::router
