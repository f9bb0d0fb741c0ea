#include "app/chats_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/online.hpp"
#include "app/settings.hpp"
#include "app/startup.hpp"
#include "journal/posix_disk.hpp"
#include "journal/tools.hpp"
#include "model/codec.hpp"
#include "model/presentable.hpp"

namespace baudot::app {
namespace {

namespace json = boost::json;

struct chats_arguments {
    std::string file;
    bool json = false;
    bool no_peek = false;
    int timeout_seconds = 60;
};

using known_chats = std::map<chat_id, telegram::chat_info>;

/// What one account may do in one chat.
struct line {
    std::string account;
    telegram::chat_info chat;
    std::string status;
    bool reads = false;
    bool posts = false;
    bool media = false;
};

std::string_view name(chat_kind kind) {
    switch (kind) {
        case chat_kind::private_chat: return "private";
        case chat_kind::group: return "group";
        case chat_kind::supergroup: return "supergroup";
        case chat_kind::channel: return "channel";
        case chat_kind::unknown: break;
    }
    return "unknown";
}

// The chats whose posts the journal holds. Read without a lock, so also beside a running Baudot.
void add_journaled(const std::string& directory, known_chats& to) {
    journal::posix_disk files;
    steady_timers timers;
    const auto add = [&to](const journal::record_view& record) -> result<void> {
        if (record.header.type != std::to_underlying(event_type::update_received)) return {};
        const auto decoded = decode_event(event_type::update_received, record.payload);
        if (!decoded) return {};  // from a newer program: its chats are not known here
        const message& post = std::get<update_received>(*decoded).what.content;
        if (post.chat == chat_id{}) return {};
        to[post.chat] = {.id = post.chat,
                         .kind = post.kind,
                         .title = post.chat_title,
                         .username = post.chat_username};
        return {};
    };
    const auto read =
        journal::visit_journal({.files = files, .timers = timers, .directory = directory}, add);
    if (!read) std::fprintf(stderr, "baudot: %s\n", read.error().message.c_str());
}

// A second poller disturbs the first (409), so only when nobody holds the data directory.
bool is_running(const std::string& directory) {
    journal::posix_disk files;
    const auto lock = files.lock(directory + "/LOCK");
    return !lock && lock.error().code == errc::in_use;
}

std::vector<line> lines_of(const findings& found, const known_chats& known) {
    std::vector<line> lines;
    for (const auto& [key, view] : found.views) {
        const findings::account& account = found.accounts[key.first];
        if (!account.who || !view.is) continue;
        line made{.account = account.name,
                  .chat = {.id = key.second},
                  .status = view.is->status,
                  .reads = view.is->is_member,
                  .posts = view.is->can_post,
                  .media = view.is->can_send_media};
        const auto earlier = known.find(key.second);
        if (earlier != known.end()) made.chat = earlier->second;
        if (view.chat) made.chat = *view.chat;
        const bool is_group =
            made.chat.kind == chat_kind::group || made.chat.kind == chat_kind::supergroup;
        // Privacy mode: commands and replies only.
        if (is_group && made.status == "member" && !account.who->can_read_all_group_messages) {
            made.reads = false;
        }
        lines.push_back(std::move(made));
    }
    return lines;
}

void print_json(const std::vector<line>& lines) {
    json::array all;
    for (const line& each : lines) {
        all.push_back(json::object{{"account", each.account},
                                   {"id", std::to_underlying(each.chat.id)},
                                   {"kind", name(each.chat.kind)},
                                   {"title", each.chat.title},
                                   {"username", each.chat.username},
                                   {"status", each.status},
                                   {"reads", each.reads},
                                   {"posts", each.posts},
                                   {"sends_media", each.media}});
    }
    std::printf("%s\n", json::serialize(all).c_str());
}

// A stranger's title in a table: one line that steers no terminal.
std::string cell(std::string_view text) {
    std::string one_line(text);
    std::ranges::replace_if(one_line, [](char each) { return each >= 0 && each < ' '; }, ' ');
    return presentable(one_line);
}

void print_table(const std::vector<line>& lines) {
    fmt::print("{:<14} {:>15}  {:<10} {:<13} {:<9} {}\n", "ACCOUNT", "ID", "KIND", "STATUS", "MAY",
               "TITLE");
    for (const line& each : lines) {
        const char* const may = each.reads && each.posts ? "read,post"
                                : each.reads             ? "read"
                                : each.posts             ? "post"
                                                         : "-";
        const std::string username = each.chat.username.empty() ? "" : " @" + each.chat.username;
        fmt::print("{:<14} {:>15}  {:<10} {:<13} {:<9} {}{}\n", cell(each.account),
                   std::to_underlying(each.chat.id), name(each.chat.kind), cell(each.status), may,
                   cell(each.chat.title), cell(username));
    }
}

constexpr const char* nothing_known =
    "baudot: no chat is known yet. The Bot API has no list of chats: add the bot to the chat (to a "
    "channel as an administrator), post something there, and ask again.\n";

int chats(const chats_arguments& given) {
    const auto loaded = load_settings(given.file);
    if (!loaded) return 1;
    const settings& read = *loaded;
    const auto telegram = online::open(read);
    if (!telegram) {
        std::fprintf(stderr, "baudot: %s\n", telegram.error().message.c_str());
        return 1;
    }
    known_chats known;
    const std::string journal = read.data + "/journal";
    const bool has_journal = std::filesystem::exists(journal);
    if (has_journal) add_journaled(journal, known);
    const duration at_most = std::chrono::seconds(given.timeout_seconds);
    if (has_journal && is_running(journal)) {
        std::fprintf(stderr, "baudot: Baudot runs on %s: what waits at Telegram is not looked at\n",
                     read.data.c_str());
    } else if (!given.no_peek) {
        for (const auto& of_account : (*telegram)->peek(at_most)) {
            for (const telegram::chat_info& each : of_account) known[each.id] = each;
        }
    }
    std::vector<chat_reference> asked = chats_of(read);
    for (const auto& [id, info] : known) asked.emplace_back(id);
    const findings found = (*telegram)->survey_of(asked, at_most, false);
    bool all_work = true;
    for (const findings::account& each : found.accounts) {
        if (each.who) continue;
        all_work = false;
        std::fprintf(stderr, "baudot: %s\n", each.who.error().message.c_str());
    }
    const std::vector<line> lines = lines_of(found, known);
    if (given.json) {
        print_json(lines);
    } else if (!lines.empty()) {
        print_table(lines);
    }
    if (lines.empty() && all_work) std::fprintf(stderr, "%s", nothing_known);
    return all_work ? 0 : 1;
}

}  // namespace

void add_chats_command(CLI::App& program, action& chosen) {
    CLI::App* command =
        program.add_subcommand("chats", "the chats that each account can see, with their ids");
    const auto given = std::make_shared<chats_arguments>();
    command->add_option("FILE", given->file, "the configuration (YAML)")->required();
    command->add_flag("--json", given->json, "a JSON array on standard output");
    command->add_flag("--no-peek", given->no_peek, "do not look at the updates that wait");
    command->add_option("--timeout", given->timeout_seconds, "seconds to ask for (default 60)")
        ->check(CLI::Range(1, 3600));
    command->footer(
        "The Bot API has no list of chats. Known are those of the configuration, those whose posts "
        "are in the journal (also while Baudot runs), and, when it does not run, those of the "
        "updates that wait at Telegram; looking at these confirms none. A chat is missing? Add the "
        "bot (to a channel as an administrator) and post something there. MAY says what the "
        "account receives and may send. Exit codes: 0 every account answered, 1 one did not, or "
        "the configuration is wrong.");
    command->callback([&chosen, given] { chosen = [given] { return chats(*given); }; });
}

}  // namespace baudot::app
