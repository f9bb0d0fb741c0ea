#include "app/explain_command.hpp"

#include <boost/json/serialize.hpp>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

#include "app/exit_code.hpp"
#include "app/explain_print.hpp"
#include "app/explanation.hpp"
#include "app/journal_events.hpp"
#include "app/named_chats.hpp"
#include "app/post_history.hpp"
#include "app/post_name.hpp"
#include "app/settings.hpp"
#include "app/terminal_text.hpp"
#include "model/presentable.hpp"

namespace baudot::app {
namespace {

constexpr int is_found = 0;
constexpr int is_wrong = 1;
constexpr int wrong_call = 2;
constexpr int not_there = 6;

struct explain_arguments {
    std::string file;
    std::string post;
    std::string destination;
    bool json = false;
};

void tell(const std::string& what) {
    std::fprintf(stderr, "baudot: %s\n", what.c_str());
}

template <class Reader>
result<void> read_into(Reader& reader, const std::string& directory) {
    const auto unknown = read_events(
        directory, [&](sequence position, const event& what) { reader.add(position, what); });
    if (!unknown) return std::unexpected(unknown.error());
    tell_unknown_events(*unknown);
    return {};
}

result<post_history> read_history(const std::string& directory, const post_name& of) {
    post_history history(of);
    if (auto read = read_into(history, directory); !read) return std::unexpected(read.error());
    if (auto again = history.second_reading()) {
        if (auto read = read_into(*again, directory); !read) return std::unexpected(read.error());
        return *std::move(again);
    }
    return history;
}

/// The history of the post itself, or of the post that it is a copy of.
result<post_history> find_history(const std::string& directory, const post_name& of,
                                  named_chats& names) {
    auto history = read_history(directory, of);
    if (!history || history->is_found() || history->possible_copies().empty()) return history;
    if (history->rules_last()) names.learn_from_rules(history->rules_last()->what.text);
    const auto chat = names.known(of.chat);
    if (!chat) return history;
    copy_search search(history->possible_copies(), *chat);
    if (auto read = read_into(search, directory); !read) return std::unexpected(read.error());
    if (!search.found()) return history;
    std::fputs("a copy: this is about the post that it was made of\n", stderr);
    return read_history(directory, *search.found());
}

int say_not_there(const explain_arguments& given, const post_history& history) {
    tell("the journal knows no post " + given.post +
         ": it never came, or is older than what journal.keep has left");
    std::fputs(
        "  is the chat a source of a route, and does an account see it? `baudot check --online "
        "FILE` says so; a copy is found by the chat that it stands in\n",
        stderr);
    if (history.first() == sequence{}) std::fputs("  the journal is empty\n", stderr);
    return not_there;
}

int run_explain(const explain_arguments& given) {
    const auto post = parse_post_name(given.post);
    if (!post) {
        tell("\"" + given.post +
             "\" names no post: give its link (https://t.me/name/5), or CHAT/MESSAGE, such as "
             "-1001234567890/5 or @name/5");
        return wrong_call;
    }
    chat_text destination;
    if (!given.destination.empty()) {
        if (const auto right = parse_value(given.destination, destination)) {
            tell("--destination: it must be " + *right);
            return wrong_call;
        }
    }
    const std::optional<settings> read = load_settings(given.file);
    if (!read) return is_wrong;
    named_chats names(*read);
    const auto history = find_history(read->data + "/journal", *post, names);
    if (!history) {
        tell(history.error().message);
        return exit_code(history.error().code);
    }
    if (!history->is_found()) return say_not_there(given, *history);
    explained_post what{.read = *read, .file = given.file};
    if (!given.destination.empty()) {
        learn_names(*history, names);
        what.destination = names.known(destination.chat);
        if (!what.destination) {
            tell("nobody knows which chat " + given.destination + " is: give its id");
            return is_wrong;
        }
    }
    const auto made = explain_post(what, *history, names);
    const std::string text = given.json ? presentable(boost::json::serialize(made)) + '\n'
                                        : print_explanation(made, wants_colour(STDOUT_FILENO));
    std::fputs(text.c_str(), stdout);
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        tell("the output cannot be written");
        return is_wrong;
    }
    return is_found;
}

}  // namespace

void add_explain_command(CLI::App& program, action& chosen) {
    CLI::App* command = program.add_subcommand(
        "explain", "why a post was relayed where it was, or not: its journal and its rules");
    const auto given = std::make_shared<explain_arguments>();
    command->add_option("FILE", given->file, "the configuration (YAML)")->required();
    command
        ->add_option("POST", given->post,
                     "its link (https://t.me/name/5, https://t.me/c/1234567890/5), or CHAT/MESSAGE "
                     "(-1001234567890/5, @name/5); of a copy that Baudot made, too")
        ->required();
    command->add_option("--destination", given->destination, "this chat alone: its id or @name");
    command->add_flag("--json", given->json, "one JSON object with everything (docs/explain.md)");
    command->footer(
        "Reads the journal in the data directory of FILE, also beside a running Baudot, and asks "
        "nobody. Two truths: JOURNAL is what happened; RULES is what FILE says now, which may have "
        "changed since (it says what did). Rights of accounts are no part of RULES. ✓ holds, ✗ "
        "does not hold, ? is not known. Exit codes: 0 found, 1 an error, 2 the call is wrong, 4 "
        "the journal is damaged, 6 the journal knows no such post.");
    command->callback([&chosen, given] { chosen = [given] { return run_explain(*given); }; });
}

}  // namespace baudot::app
