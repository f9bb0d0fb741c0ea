#include "app/rules_command.hpp"

#include <boost/json/serialize.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <variant>

#include "app/journal_events.hpp"
#include "app/named_chats.hpp"
#include "app/post_file.hpp"
#include "app/rule_changes.hpp"
#include "app/rules_diff.hpp"
#include "app/rules_diff_print.hpp"
#include "app/settings.hpp"
#include "app/terminal_text.hpp"
#include "base/hash.hpp"
#include "intake/sighting.hpp"
#include "model/presentable.hpp"
#include "model/print.hpp"

namespace baudot::app {
namespace {

// As diff has them.
constexpr int is_same = 0;
constexpr int differs = 1;
constexpr int is_trouble = 2;

struct diff_arguments {
    std::string before;
    std::string after;
    std::string posts;
    std::size_t examples = 3;
    bool json = false;
};

int failed(const std::string& why) {
    std::fprintf(stderr, "baudot: %s\n", why.c_str());
    return is_trouble;
}

/// The last rules that a Baudot ran with, which say what the chats are that a file calls by name.
result<std::string> last_rules(const std::string& journal) {
    std::string rules;
    const auto read = read_events(journal, [&](sequence, const event& what) {
        if (const auto* of = std::get_if<rules_changed>(&what)) rules = of->text;
    });
    if (!read) return std::unexpected(read.error());
    return rules;
}

/// Each post once, whichever account saw it first.
result<void> add_journaled(const std::string& journal, rules_diff& to) {
    boost::unordered_flat_set<std::uint64_t> seen;
    const auto unknown = read_events(journal, [&](sequence, const event& what) {
        const auto* of = std::get_if<update_received>(&what);
        if (of == nullptr || of->what.kind != update_kind::post) return;
        if (seen.insert(xxh3_128(intake::source_key(of->what)).low).second) to.add(of->what);
    });
    if (!unknown) return std::unexpected(unknown.error());
    tell_unknown_events(*unknown);
    return {};
}

result<void> add_from_file(const std::string& path, rules_diff& to) {
    const auto unreadable = read_posts(path, [&](const update& what) { to.add(what); });
    if (!unreadable) return std::unexpected(unreadable.error());
    if (*unreadable == 0) return {};
    return fail(errc::invalid_argument,
                std::to_string(*unreadable) + " lines of " + path + " are no updates");
}

boost::json::array changes_between(const settings& before, const settings& after,
                                   const placeholders& names) {
    placeholders both = names;
    const std::string then = snapshot(rules_of(before, both)).text;
    return rule_changes(then, snapshot(rules_of(after, both)).text,
                        [](std::size_t) { return false; });
}

int run_diff(const diff_arguments& given) {
    const std::optional<settings> before = load_settings(given.before);
    const std::optional<settings> after = load_settings(given.after);
    if (!before || !after) return is_trouble;
    const std::string journal = before->data + "/journal";
    const bool is_of_journal = given.posts.empty();
    placeholders names;
    if (is_of_journal) {
        const auto rules = last_rules(journal);
        if (!rules) return failed(rules.error().message);
        for (const settings* each : {&*before, &*after}) {
            named_chats known(*each);
            known.learn_from_rules(*rules);
            for (const auto& [name, chat] : known.all()) names.learn(name, chat);
        }
    }
    rules_diff diff(*before, *after, names, given.examples);
    const auto read =
        is_of_journal ? add_journaled(journal, diff) : add_from_file(given.posts, diff);
    if (!read) return failed(read.error().message);
    const auto made = describe(diff, changes_between(*before, *after, names));
    const std::string text = given.json ? presentable(boost::json::serialize(made)) + '\n'
                                        : print_diff(made, wants_colour(STDOUT_FILENO));
    std::fputs(text.c_str(), stdout);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        return failed("the output cannot be written");
    }
    return diff.differing() == 0 ? is_same : differs;
}

}  // namespace

void add_rules_commands(CLI::App& program, action& chosen) {
    CLI::App* group = program.add_subcommand("rules", "compare the rules of two configurations");
    group->require_subcommand(1);
    CLI::App* command = group->add_subcommand(
        "diff", "what another configuration would do with the posts that came: differences only");
    const auto given = std::make_shared<diff_arguments>();
    command->add_option("OLD", given->before, "the configuration (YAML)")->required();
    command->add_option("NEW", given->after, "the one that may take its place")->required();
    command->add_option("--posts", given->posts,
                        "posts of this file (updates of the Bot API, one JSON object a line; - is "
                        "standard input) instead of the journal in the data directory of OLD");
    command->add_option("--examples", given->examples,
                        "so many of each kind for each route and chat (3); 0: all");
    command->add_flag("--json", given->json, "one JSON object with everything (docs/explain.md)");
    command->footer(
        "Nothing is sent and Telegram is not asked; rights of accounts are no part of it. Reads "
        "the "
        "journal also beside a running Baudot. + the route brings the post there only with NEW, - "
        "only with OLD, ~ it sends something else. Routes are the same when they have the same "
        "name. Exit codes: 0 no post differs, 1 some do, 2 trouble.");
    command->callback([&chosen, given] { chosen = [given] { return run_diff(*given); }; });
}

}  // namespace baudot::app
