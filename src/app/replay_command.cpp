#include "app/replay_command.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/post_file.hpp"
#include "app/replay.hpp"
#include "app/settings.hpp"

namespace baudot::app {
namespace {

constexpr int is_done = 0;
constexpr int is_wrong = 1;

struct replay_arguments {
    std::string file;
    std::string posts;
    bool is_dry_run = false;
    bool posts_too = false;
    bool json = false;
};

std::string json_text(std::string_view text) {
    return boost::json::serialize(boost::json::string(text));
}

/// One line of output for each post; nothing is made anew that does not change from post to post.
class post_printer {
public:
    explicit post_printer(const replay& by) : by_(by) {}

    void print_json(const update& what, std::span<const replay::verdict> said) {
        line_.clear();
        const auto out = std::back_inserter(line_);
        fmt::format_to(out, R"({{"update":{},"chat":{},"message":{},"routes":[)",
                       std::to_underlying(what.id), std::to_underlying(what.content.chat),
                       std::to_underlying(what.content.id));
        bool is_next = false;
        for (const replay::verdict& each : said) {
            if (std::exchange(is_next, true)) line_ += ',';
            fmt::format_to(out, R"({{"route":{},"said":"{}")",
                           json_text(by_.route_name(each.route)), name(each.how));
            line_ += each.how == replay::said::taken ? R"(,"copies":[)" : R"(,"reviews":[)";
            for (std::size_t at = 0; at < each.to.size(); ++at) {
                fmt::format_to(out, "{}{}", at > 0 ? "," : "",
                               json_text(by_.chat_text_of(each.to[at])));
            }
            line_ += "]}";
        }
        line_ += "]}\n";
        put();
    }

    void print_text(const update& what, std::span<const replay::verdict> said) {
        for (const replay::verdict& each : said) {
            line_.clear();
            fmt::format_to(std::back_inserter(line_), "{}/{}  {}: {}",
                           by_.chat_text_of(what.content.chat), std::to_underlying(what.content.id),
                           by_.route_name(each.route), name(each.how));
            for (std::size_t at = 0; at < each.to.size(); ++at) {
                line_ += at > 0 ? ", " : " -> ";
                line_ += by_.chat_text_of(each.to[at]);
            }
            line_ += '\n';
            put();
        }
    }

private:
    void put() { (void)std::fwrite(line_.data(), 1, line_.size(), stdout); }

    const replay& by_;
    std::string line_;
};

void print_table(const replay& by) {
    static constexpr char row[] = "{:<{}}  {:>9}  {:>9}  {:>11}  {:>9}  {:>9}\n";
    std::size_t width = 5;
    for (std::size_t each = 0; each < by.tallies().size(); ++each) {
        width = std::max(width, by.route_name(each).size());
    }
    std::string table =
        fmt::format(row, "ROUTE", width, "TAKEN", "REFUSED", "PASSED OVER", "COPIES", "REVIEWS");
    for (std::size_t each = 0; each < by.tallies().size(); ++each) {
        const replay::tally& of = by.tallies()[each];
        fmt::format_to(std::back_inserter(table), row, by.route_name(each), width, of.taken,
                       of.refused, of.passed_over, of.copies, of.reviews);
    }
    std::fputs(table.c_str(), stdout);
}

int run_replay(const replay_arguments& given) {
    const std::optional<settings> read = load_settings(given.file);
    if (!read) return is_wrong;
    replay by(*read);
    post_printer printer(by);
    const auto done = read_posts(given.posts, [&](const update& what) {
        const auto said = by.judge(what);
        if (said.empty()) return;
        if (given.json) {
            printer.print_json(what, said);
        } else if (given.posts_too) {
            printer.print_text(what, said);
        }
    });
    if (!done) {
        std::fprintf(stderr, "baudot: %s\n", done.error().message.c_str());
        return is_wrong;
    }
    if (!given.json) print_table(by);
    const replay::sum& all = by.total();
    std::fprintf(stderr, "%s\n",
                 fmt::format("{} posts, {} of them relayed, {} copies; {} of chats of no route, {} "
                             "other updates, {} unreadable lines",
                             all.posts, all.relayed, all.copies, all.of_none, all.others, *done)
                     .c_str());
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        std::fputs("baudot: the output cannot be written\n", stderr);
        return is_wrong;
    }
    return *done == 0 ? is_done : is_wrong;
}

}  // namespace

void add_replay_command(CLI::App& program, action& chosen) {
    CLI::App* command =
        program.add_subcommand("replay", "what the rules would have done with posts of a file");
    const auto given = std::make_shared<replay_arguments>();
    command->add_option("FILE", given->file, "the configuration (YAML)")->required();
    command
        ->add_option("POSTS", given->posts,
                     "updates of the Bot API, one JSON object a line; - is standard input")
        ->required();
    command
        ->add_flag("--dry-run", given->is_dry_run,
                   "send nothing; the only way there is, asked for so that nobody expects more")
        ->required();
    command->add_flag("--posts", given->posts_too, "also a line for each post and route");
    command->add_flag("--json", given->json,
                      "one JSON object a line for each post of a route's chat, and no table");
    command->footer(
        "Nothing is sent and Telegram is not asked: every account is taken to see and to post "
        "everywhere, and a chat that the file calls @name is known by the username in its posts. "
        "Of a post that a route takes, where its copies would stand is listed; of one that it does "
        "not take, the chats of check and other. Edits are not relayed yet and count among the "
        "other updates. Example: zcat posts.jsonl.gz | baudot replay baudot.yaml - --dry-run. "
        "Exit codes: 0 done, 1 the configuration or a line is wrong.");
    command->callback([&chosen, given] { chosen = [given] { return run_replay(*given); }; });
}

}  // namespace baudot::app
