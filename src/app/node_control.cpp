// What a node does for commands that reach it through its control socket.
#include <fmt/format.h>

#include <charconv>
#include <set>
#include <system_error>

#include "app/backup.hpp"
#include "app/dead_desk.hpp"
#include "app/exit_code.hpp"
#include "app/limits_report.hpp"
#include "app/node.hpp"
#include "model/delivery_id.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

// Of one call; more are retried as far as is known.
constexpr std::size_t chats_asked_max = 100;

std::string failed(const error& why) {
    return fmt::format("failed {} {}", exit_code(why.code), why.message);
}

}  // namespace

// Without it the node works, and commands wait until it is stopped.
void node::serve_control() {
    auto made = control_socket::listen(io_.get_executor(), timers_, settings_.data);
    if (!made) {
        log_.warning("no command can reach this while it runs", made.error());
        return;
    }
    control_ = std::move(*made);
    tasks_.spawn("control",
                 control_->serve([this](std::string line) { return obey(std::move(line)); }));
}

asio::awaitable<std::string> node::obey(std::string line) {
    const std::string_view text = line;
    const std::size_t end = text.find(' ');
    const std::string rest(end == text.npos ? "" : text.substr(end + 1));
    if (text.starts_with("backup ")) co_return co_await back_up(rest);
    if (text.starts_with("dead ")) co_return co_await attend_letters(rest);
    if (text.starts_with("limits ")) co_return tell_limits(rest);
    if (text == "reload" || text.starts_with("reload ")) co_return co_await obey_reload(rest);
    co_return failed({errc::invalid_argument,
                      "there is only \"backup DIR\", \"dead JSON\", \"limits COUNT\" and "
                      "\"reload [FILE]\""});
}

std::string node::tell_limits(const std::string& most) const {
    std::size_t count = 0;
    const auto [end, ec] = std::from_chars(most.data(), most.data() + most.size(), count);
    if (ec != std::errc{} || end != most.data() + most.size()) {
        return failed({errc::invalid_argument, "\"limits COUNT\" wants a number"});
    }
    return describe_limits(relay_->limits(), count);
}

asio::awaitable<std::string> node::back_up(std::string directory) {
    std::vector<std::pair<std::string, std::int64_t>> accounts;
    accounts.reserve(accounts_.size());
    for (const connected_account& each : accounts_) {
        accounts.emplace_back(each.bot->name(), std::to_underlying(each.bot->id()));
    }
    // Before the copy: what is owed from here on needs nothing older.
    const std::shared_ptr<void> kept = journal_->pause_retention();
    const auto needed = co_await relay_->checkpoint();
    if (!needed) co_return failed(needed.error());
    auto job = [&] {
        return make_backup(*store_, *journal_, *needed, accounts, settings_.data, directory);
    };
    const result<backup_report> made = co_await backup_pool_.run(std::move(job));
    if (!made) {
        log_.error("a backup failed", made.error(), {{"directory", directory}});
        co_return failed(made.error());
    }
    log_.info("a backup was made",
              {{"directory", directory}, {"files", made->files}, {"bytes", made->bytes}});
    co_return describe(*made, directory);
}

asio::awaitable<std::string> node::attend_letters(std::string asked) {
    auto what = parse_dead_request(asked);
    if (!what) co_return failed(what.error());
    const bool changes = what->verb == dead_verb::retry || what->verb == dead_verb::drop;
    if (changes && sources_.empty()) {
        co_return failed({errc::shutting_down, "it is starting: try again when it runs"});
    }
    std::set<chat_id> asked_about;
    auto sender_of = [this, &asked_about](const engine::dead_letter& letter) {
        return find_sender_of(letter, asked_about);
    };
    const auto answer = co_await attend_dead(*relay_, *std::move(what), sender_of);
    if (!answer) co_return failed(answer.error());
    if (changes) log_.info("dead letters were retried or dropped", {{"asked", asked}});
    co_return *answer;
}

// What was true when it died may have been mended: each chat is asked about once. What comes of it
// is what new posts are planned by, too.
asio::awaitable<account_id> node::find_sender_of(const engine::dead_letter& letter,
                                                 std::set<chat_id>& asked_about) {
    const planned_delivery& delivery = letter.delivery();
    const bool is_new =
        asked_about.size() < chats_asked_max && asked_about.insert(delivery.destination).second;
    for (std::size_t at = 0; is_new && at < accounts_.size(); ++at) {
        telegram::bot_api::bot_account& bot = *accounts_[at].bot;
        if (lost_.contains(bot.id())) continue;
        const chat_id chat = relay_->facts().resolve(delivery.destination);
        const auto is = co_await bot.get_membership(chat, bot.id());
        if (is) roster_.learn(bot.id(), delivery.destination, *is);
    }
    // P7: what was planned for an account stays with it.
    if (delivery.sender != account_id{0} || letter.what.variants.empty()) co_return account_id{0};
    const operation& how = letter.what.variants.front();
    for (const account_id poster : roster_.posters(delivery.destination)) {
        if (std::holds_alternative<send_text>(how.what)) co_return poster;
        const chat_id source = letter.what.source;
        if (message_ids_are_per_account(source) || !roster_.sees(poster, source)) continue;
        const bool is_copy = std::holds_alternative<copy_message>(how.what);
        if (is_copy && !roster_.can_send_media(poster, delivery.destination)) continue;
        co_return poster;
    }
    co_return account_id{0};
}

}  // namespace baudot::app
