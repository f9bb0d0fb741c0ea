// A changed configuration, without a restart: read and compiled beside the loop, then taken as a
// whole between two turns, or not at all.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include "app/data_directory.hpp"
#include "app/exit_code.hpp"
#include "app/node.hpp"
#include "app/restart_keys.hpp"
#include "app/startup.hpp"
#include "model/print.hpp"

namespace baudot::app {
namespace asio = boost::asio;
namespace {

using namespace std::chrono_literals;

// For what Telegram has to say about new chats. Whoever asked for a reload waits.
constexpr duration asking_max = 60s;

std::string failed(errc code, const std::string& why) {
    return fmt::format("failed {} {}", exit_code(code), why);
}

bool is_same_file(const std::string& one, const std::string& other) {
    std::error_code ignored;
    return std::filesystem::equivalent(one, other, ignored) || one == other;
}

}  // namespace

struct node::candidate {
    explicit candidate(const std::string& path)
        : file(config::document::load(path)), read(read_settings(file)) {}

    config::document file;
    settings read;
    findings found;  // of what was not known
    shared_rules rules;
};

// To let go of thousands of patterns takes time, too.
asio::awaitable<result<node::shared_rules>> node::compile(rule_set rules) {
    auto job = [&rules]() -> result<std::shared_ptr<const router::compiled_rules>> {
        auto made = router::compiled_rules::compile(std::move(rules));
        if (!made) return fail(errc::invalid_argument, made.error().front().message);
        return std::make_shared<const router::compiled_rules>(std::move(*made));
    };
    auto made = co_await rules_pool_.run(std::move(job));
    if (!made) co_return std::unexpected(made.error());
    const router::compiled_rules* const what = made->get();
    auto let_go = [this, owned = *std::move(made)](const router::compiled_rules*) mutable {
        (void)rules_pool_.post([last = std::move(owned)] {});
    };
    co_return shared_rules(what, std::move(let_go));
}

void node::set_rules(shared_rules rules) {
    rules_ = std::move(rules);
    rules_changed what = snapshot(rules_->rules());
    fingerprint_ = what.fingerprint;
    relay_->set_rules(
        [this, by = rules_](const engine::plan_wish& wish) { return plan(*by, wish); },
        std::move(what));
}

asio::awaitable<void> node::obey_hangups() {
    for (;;) {
        (void)co_await hangups_.async_wait(asio::use_awaitable);
        const reload_report done = co_await reload();
        (void)done;  // the log has it
    }
}

asio::awaitable<std::string> node::obey_reload(std::string file) {
    if (sources_.empty()) {
        co_return failed(errc::shutting_down, "it is starting: try again when it runs");
    }
    if (!file.empty() && !is_same_file(file, file_)) {
        co_return failed(errc::invalid_argument, fmt::format("it runs {}, not {}", file_, file));
    }
    const reload_report done = co_await reload();
    co_return to_json(done);
}

// One after the other: each reads the file after it was asked for.
asio::awaitable<reload_report> node::reload() {
    while (is_reloading_) {
        (void)co_await reload_over_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    is_reloading_ = true;
    reload_report done = co_await try_reload();
    is_reloading_ = false;
    reload_over_.cancel();
    tell(done);
    co_return done;
}

asio::awaitable<reload_report> node::try_reload() {
    auto read = [this] { return std::make_unique<candidate>(file_); };
    const std::unique_ptr<candidate> wanted = co_await rules_pool_.run(std::move(read));
    config::document& file = wanted->file;
    if (file.ok()) refuse_restart_keys(file, settings_, wanted->read);
    if (file.ok()) co_await ask_what_is_new(*wanted);
    if (file.ok()) co_await compile(*wanted);
    reload_report done;
    if (file.ok()) done = take(*wanted);
    done.file = file_;
    done.problems = file.problems();
    done.routes = rules_->rules().routes.size();
    done.generation = generation_;
    done.rules = fingerprint_;
    co_return done;
}

asio::awaitable<void> node::ask_what_is_new(candidate& wanted) {
    std::vector<account_id> accounts;
    for (const connected_account& each : accounts_) {
        if (!lost_.contains(each.bot->id())) accounts.push_back(each.bot->id());
    }
    const known_chats::questions open = known_.open_questions(wanted.read, roster_, accounts);
    if (!open.chats.empty()) {
        survey asking(accounts_, timers_, log_.named("reload"),
                      survey_options{.give_up = timers_.now() + asking_max});
        wanted.found = co_await asking.ask(open.chats, open.named);
    }
    known_.complete(wanted.found);
    judge_findings(wanted.file, wanted.read, wanted.found);
}

asio::awaitable<void> node::compile(candidate& wanted) {
    auto rules = resolve_routes(wanted.read, wanted.found, log_.named("reload"));
    if (!rules) {
        wanted.file.error({}, rules.error().message);
        co_return;
    }
    auto made = co_await compile(*std::move(rules));
    if (made) {
        wanted.rules = *std::move(made);
    } else {
        wanted.file.error({}, made.error().message);
    }
}

// Nothing suspends in here: all of it, or nothing.
reload_report node::take(candidate& wanted) {
    learn(wanted.found);
    warn_unreachable(wanted.file, wanted.read, wanted.found, roster_);
    reload_report done;
    done.changes = compare(rules_->rules(), wanted.rules->rules());
    const dead_letter_settings& before = settings_.dead_letters;
    const dead_letter_settings& after = wanted.read.dead_letters;
    if (before.keep_age != after.keep_age || before.keep_count != after.keep_count) {
        done.other_keys.emplace_back("dead_letters");
    }
    settings_.routes = std::move(wanted.read.routes);
    settings_.dead_letters = after;
    relay_->keep_letters(relay_options(settings_).dead_letters);
    loaded_at_ = timers_.wall_now();
    if (done.changes.is_none() && done.other_keys.empty()) {
        done.result = reload_result::unchanged;
        return done;
    }
    done.result = reload_result::applied;
    ++generation_;
    if (done.changes.is_none()) return done;
    for (const auto& [queue, posts] : relay_->facts().waiting().all()) {
        const auto& gone = done.changes.removed;
        if (std::ranges::find(gone, queue.first) != gone.end()) done.dropped += posts.size();
    }
    set_rules(std::move(wanted.rules));
    return done;
}

// A chat that an account cannot see is one in which it can do nothing, as at a start.
void node::learn(const findings& found) {
    known_.learn(found);
    for (const auto& [key, view] : found.views) {
        const findings::account& account = found.accounts[key.first];
        if (!account.who) continue;
        roster_.learn(account.id, key.second, view.is.value_or(telegram::membership{}));
    }
    for (auto& [chat, username] : found.usernames()) roster_.name(chat, username);
}

void node::tell(const reload_report& done) {
    reloads_.at(std::to_underlying(done.result)).add();
    is_last_reload_good_ = done.result != reload_result::refused;
    for (const config::problem& each : done.problems) {
        const bool is_error = each.how == config::severity::error;
        log_.write(is_error ? observe::level::error : observe::level::warning,
                   is_error ? "the configuration is not taken" : "in the new configuration",
                   {{"problem", each.text(done.file)}});
    }
    if (!is_last_reload_good_) {
        log_.error("nothing is reloaded: the rules that ran before go on",
                   {{"generation", done.generation}, {"rules", done.rules}});
        return;
    }
    if (done.dropped > 0) {
        log_.warning("posts that waited for an API are dropped: their route is gone",
                     {{"posts", done.dropped}});
    }
    log_.info(done.result == reload_result::applied ? "the configuration is reloaded"
                                                    : "the configuration is read; no change",
              {{"summary", summary_of(done)},
               {"generation", done.generation},
               {"routes", done.routes},
               {"rules", done.rules}});
}

std::string node::describe_configuration() const {
    namespace json = boost::json;
    json::object what{{"file", file_},
                      {"generation", generation_},
                      {"rules", fingerprint_},
                      {"routes", rules_ ? rules_->rules().routes.size() : 0},
                      {"accounts", settings_.accounts.size()},
                      {"loaded_at", nullptr},
                      {"last_reload_successful", is_last_reload_good_}};
    if (rules_) {
        const auto at = std::chrono::floor<std::chrono::seconds>(loaded_at_);
        what["loaded_at"] = fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", at);
    }
    return json::serialize(what) + '\n';
}

}  // namespace baudot::app
