#include "app/dead_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <charconv>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "app/control_socket.hpp"
#include "app/dead_print.hpp"
#include "app/dead_request.hpp"
#include "app/dead_stopped.hpp"
#include "app/exit_code.hpp"
#include "app/settings.hpp"
#include "async/timer_service.hpp"
#include "config/reader.hpp"
#include "telegram/bot_api/token.hpp"

namespace baudot::app {
namespace json = boost::json;
namespace {

constexpr int some_refused = 1;
constexpr int wrong_call = 2;
constexpr std::size_t listed = 100;

struct dead_arguments {
    std::string file;
    std::vector<std::string> letters;
    std::string route, destination, account, why, since, until, through;
    std::size_t limit = listed;
    bool all = false;
    bool with_retried = false;
    bool may_double = false;
    bool json = false;
};

int failed(const error& why) {
    std::fprintf(stderr, "baudot: %s\n", why.message.c_str());
    return exit_code(why.code);
}

// A name of the configuration, or an id.
std::optional<account_id> account_of(const settings& read, const std::string& text) {
    for (const account_settings& each : read.accounts) {
        if (each.name != text) continue;
        const auto id = telegram::bot_api::account_of_token(each.token.reveal());
        if (id) return *id;
    }
    std::int64_t id = 0;
    if (config::parse_value(text, id)) return std::nullopt;
    return account_id{id};
}

std::optional<chat_id> chat_of(const std::string& text) {
    std::int64_t id = 0;
    if (config::parse_value(text, id)) return std::nullopt;
    return chat_id{id};
}

result<dead_request> request_of(dead_verb verb, const dead_arguments& given, const settings& read) {
    dead_request what{.verb = verb, .which = {}, .may_double = given.may_double};
    dead_filter& by = what.which;
    const auto wrong = [](const std::string& option, const std::string& right) {
        return fail(errc::invalid_argument, option + ": " + right);
    };
    for (const std::string& each : given.letters) {
        const auto letter = parse_letter_name(each);
        if (!letter) return wrong(each, "no name of a letter; they look like 4711.0");
        by.letters.push_back(*letter);
    }
    if (!given.route.empty()) by.route = given.route;
    if (!given.destination.empty()) {
        by.destination = chat_of(given.destination);
        if (!by.destination) return wrong("--to", "a chat id such as -1001234567890");
    }
    if (!given.account.empty()) {
        by.account = account_of(read, given.account);
        if (!by.account) return wrong("--account", "the name of an account or its id");
    }
    if (!given.why.empty()) {
        by.why = parse_reject_class(given.why);
        if (!by.why) return wrong("--class", "one of those that list shows, such as forbidden");
    }
    const std::int64_t now = steady_timers().wall_now().time_since_epoch().count();
    const std::string times = "2026-11-25, 2026-11-25T08:30 (UTC), or how long ago: 30m, 2h, 7d";
    if (!given.since.empty()) {
        by.since = parse_time(given.since, now);
        if (!by.since) return wrong("--since", times);
    }
    if (!given.until.empty()) {
        by.until = parse_time(given.until, now);
        if (!by.until) return wrong("--until", times);
    }
    if (!given.through.empty()) {
        what.through = account_of(read, given.through);
        if (!what.through) return wrong("--through", "the name of an account or its id");
    }
    if (given.limit > 0) by.limit = given.limit;
    by.with_retried = given.with_retried;
    return what;
}

bool names_some(const dead_filter& by) {
    return !by.letters.empty() || by.route || by.destination || by.account || by.why || by.since ||
           by.until;
}

int print(dead_verb verb, const dead_arguments& given, const settings& read,
          const std::string& answer) {
    const json::object all = json::parse(answer).as_object();
    bool is_whole = true;
    for (const json::value& each : all.at("letters").as_array()) {
        const json::object& one = each.as_object();
        is_whole = is_whole && !one.contains("refused");
        if (given.json) std::printf("%s\n", json::serialize(one).c_str());
    }
    if (!given.json) print_letters(verb, all, read);
    return is_whole ? 0 : some_refused;
}

int run(dead_verb verb, const dead_arguments& given) {
    const auto loaded = load_settings(given.file);
    if (!loaded) return 1;
    const settings& read = *loaded;
    const auto what = request_of(verb, given, read);
    if (!what) {
        failed(what.error());
        return wrong_call;
    }
    const bool changes = verb == dead_verb::retry || verb == dead_verb::drop;
    if (changes && !given.all && !names_some(what->which)) {
        std::fprintf(stderr, "baudot: name letters or a filter, or say --all\n");
        return wrong_call;
    }
    const std::string line = "dead " + to_json(*what);
    if (line.size() >= control_line_bytes_max) {
        std::fprintf(stderr, "baudot: too many letters in one call: name fewer, or a filter\n");
        return wrong_call;
    }
    ::umask(077);
    auto answer = ask_running(read.data, line, [] {});
    if (!answer && answer.error().code == errc::not_found) {
        answer = attend_dead_stopped(read, *what);
    }
    if (!answer) return failed(answer.error());
    if (const auto refused = failure_of(*answer)) {
        std::fprintf(stderr, "baudot: %s\n", refused->why.c_str());
        return refused->code;
    }
    return print(verb, given, read, *answer);
}

void add_filters(CLI::App& command, const std::shared_ptr<dead_arguments>& given) {
    command.add_option("--route", given->route, "of this route");
    command.add_option("--to", given->destination, "to this chat (id)");
    command.add_option("--account", given->account, "of this account (name or id)");
    command.add_option("--class", given->why, "that died for this reason, as list shows it");
    command.add_option("--since", given->since, "that died then or later: a UTC time, or 2h ago");
    command.add_option("--until", given->until, "that died before");
}

}  // namespace

void add_dead_commands(CLI::App& program, action& chosen) {
    CLI::App* group = program.add_subcommand(
        "dead", "what was not delivered and why: list it, send it again, or let it go");
    group->require_subcommand(1);
    group->footer(
        "A dead letter is a delivery that Telegram rejected, that expired, or of which nobody "
        "knows whether it was sent (class copy_unknown). It is kept with its content for "
        "dead_letters.keep (30d), the newest dead_letters.keep_count (10000) of them. All "
        "commands work beside a running Baudot, asked through DATA/control.sock, and on the data "
        "directory of a stopped one. Exit codes: 0 done, 1 an error, or a letter was refused (it "
        "says which and why), 2 the call is wrong, 3 the data directory is in use and nobody "
        "answers there, 4 it is damaged.");
    const auto add = [&](dead_verb verb, const char* name, const char* what) {
        const auto given = std::make_shared<dead_arguments>();
        CLI::App* command = group->add_subcommand(name, what);
        command->add_option("FILE", given->file, "the configuration (YAML)")->required();
        if (verb != dead_verb::list) {
            auto* letters = command->add_option("LETTER", given->letters, "as list names them");
            if (verb == dead_verb::show) letters->required();
        }
        if (verb != dead_verb::show) add_filters(*command, given);
        if (verb == dead_verb::list) {
            command->add_option("--limit", given->limit, "the newest so many (100); 0: all");
            command->add_flag("--retried", given->with_retried,
                              "also those that were retried, with the name of the retry");
        } else {
            given->limit = 0;
        }
        if (verb == dead_verb::retry || verb == dead_verb::drop) {
            command->add_flag("--all", given->all, "every letter there is");
        }
        if (verb == dead_verb::retry) {
            command->add_flag("--may-double", given->may_double,
                              "also those of which nobody knows whether they were sent");
            command->add_option("--through", given->through,
                                "by this account (name or id), whoever had it before");
        }
        command->add_flag("--json", given->json, "JSON lines, one for each letter");
        command->callback(
            [&chosen, given, verb] { chosen = [given, verb] { return run(verb, *given); }; });
        return command;
    };
    add(dead_verb::list, "list", "dead letters, in the order in which they were planned");
    add(dead_verb::show, "show", "everything about a letter, with its content");
    add(dead_verb::retry, "retry", "owe it again")
        ->footer(
            "Mend the cause first (make the bot an administrator again). The letter is planned "
            "anew with the account, id and content that it had; where no account could deliver "
            "it, a running Baudot asks Telegram who can now. It goes behind what already waits "
            "for the same chat from the same source; several are retried in the order in which "
            "they were planned. A letter that is owed again is refused until it has died again, "
            "then under a new name. A letter of class copy_unknown may have been sent: it needs "
            "--may-double. Exit codes as of `baudot dead`.");
    add(dead_verb::drop, "drop", "let it go: its content is no longer kept");
}

}  // namespace baudot::app
