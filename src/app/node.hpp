#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/status.hpp"
#include "api/webhook_door.hpp"
#include "app/accounts.hpp"
#include "app/api_world.hpp"
#include "app/control_socket.hpp"
#include "app/known_chats.hpp"
#include "app/reload_report.hpp"
#include "app/settings.hpp"
#include "app/survey.hpp"
#include "app/webhook_mark.hpp"
#include "async/blocking_pool.hpp"
#include "async/task_group.hpp"
#include "async/timer_service.hpp"
#include "engine/relay.hpp"
#include "engine/roster.hpp"
#include "http/server.hpp"
#include "intake/poller.hpp"
#include "intake/webhook.hpp"
#include "journal/posix_disk.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "observe/repeat_limiter.hpp"
#include "rewriting/desk.hpp"
#include "router/router.hpp"
#include "store/store.hpp"

namespace baudot::app {

/// One node with one shard: everything that `baudot run` owns, in the order in which it depends.
///
/// open() takes the data directory and recovers; run() works until the process is told to stop.
/// SIGTERM or SIGINT: intake closes, what is owed is sent for `grace`, then the rest stays in the
/// journal for the next start. A second signal stops hard. SIGHUP: what has changed in `file`,
/// where the settings are from, is taken, or refused as a whole.
class node {
public:
    node(settings from, std::string file, duration grace, observe::logger log);
    ~node();

    /// errc::in_use, errc::corrupt, errc::unsupported_version, those of disk and store.
    result<void> open();

    /// Returns when stopped; the error when it could not go on.
    result<void> run();

private:
    boost::asio::awaitable<void> live();
    // node_intake.cpp
    result<void> begin_intake(const findings& found);
    result<std::unique_ptr<intake::update_source>> make_source(std::size_t account);
    result<void> serve_posts();
    boost::asio::awaitable<void> listen(std::size_t account);
    boost::asio::awaitable<result<void>> take_over(std::size_t account);
    boost::asio::awaitable<void> checkpoints();
    boost::asio::awaitable<void> obey_signals();
    boost::asio::awaitable<result<void>> begin();
    boost::asio::awaitable<void> end();
    result<void> serve_status();
    result<void> open_desk();

    // node_control.cpp
    void serve_control();
    boost::asio::awaitable<std::string> obey(std::string line);
    boost::asio::awaitable<std::string> back_up(std::string directory);
    std::string tell_limits(const std::string& most) const;
    boost::asio::awaitable<std::string> attend_letters(std::string asked);
    boost::asio::awaitable<account_id> find_sender_of(const engine::dead_letter& letter,
                                                      std::set<chat_id>& asked_about);

    // node_accounts.cpp
    void lose(account_id account);
    void lose_orphans();
    boost::asio::awaitable<void> look_again();
    boost::asio::awaitable<void> look_again_at(account_id account, chat_id chat);

    // node_watch.cpp
    std::vector<std::string> reasons_not_ready() const;
    void show_figures();
    void watch_fates();
    void tell_trouble(const engine::plan_wish& of, const std::string& route,
                      const router::script_trouble& which);
    void tell_uncertain(std::string_view what, const engine::uncertain_delivery& which);

    post_plan plan(const router::compiled_rules& by, const engine::plan_wish& wish);

    // node_reload.cpp
    using shared_rules = std::shared_ptr<const router::compiled_rules>;
    struct candidate;
    boost::asio::awaitable<result<shared_rules>> compile(rule_set rules);
    void set_rules(shared_rules rules);
    boost::asio::awaitable<void> obey_hangups();
    boost::asio::awaitable<std::string> obey_reload(std::string file);
    boost::asio::awaitable<reload_report> reload();
    boost::asio::awaitable<reload_report> try_reload();
    boost::asio::awaitable<void> ask_what_is_new(candidate& wanted);
    boost::asio::awaitable<void> compile(candidate& wanted);
    reload_report take(candidate& wanted);
    void learn(const findings& found);
    void tell(const reload_report& done);
    std::string describe_configuration() const;

    settings settings_;
    const std::string file_;
    duration grace_;
    observe::logger log_;
    steady_timers timers_;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_{io_, SIGINT, SIGTERM};  // from the start: recovery may be long
    boost::asio::signal_set hangups_{io_, SIGHUP};           // they wait until it runs
    blocking_pool disk_pool_{2};
    blocking_pool backup_pool_{1};  // a copy takes long
    blocking_pool rules_pool_{1};   // so does compiling thousands of patterns
    journal::posix_disk files_;
    std::unique_ptr<journal::file_lock> lock_;  // of the data directory
    journal::thread_writer writer_;
    std::unique_ptr<store::store> store_;
    std::unique_ptr<journal::segmented_journal> journal_;
    engine::roster roster_;
    std::unique_ptr<engine::relay> relay_;
    std::vector<connected_account> accounts_;
    shared_rules rules_;                     // null: it is starting
    std::unique_ptr<rewriting::desk> desk_;  // null: no API is configured
    std::optional<api_world> world_;
    known_chats known_;
    std::string fingerprint_;  // of rules_
    std::uint64_t generation_ = 1;
    wall_time loaded_at_{};
    bool is_reloading_ = false;
    bool is_last_reload_good_ = true;
    boost::asio::steady_timer reload_over_{io_, boost::asio::steady_timer::time_point::max()};
    std::array<observe::counter, 3> reloads_;                      // by reload_result
    std::vector<std::unique_ptr<intake::update_source>> sources_;  // by account; null: it is lost
    std::set<account_id> lost_;                                    // token refused
    webhook_marks marks_{settings_.data};
    api::webhook_door door_;
    task_group listening_{io_.get_executor()};  // the sources, stopped first
    result<void> outcome_;
    std::optional<error> given_up_;  // why it stopped by itself
    std::uint64_t delivered_ = 0;
    std::uint64_t no_space_ = 0;  // pauses in this run
    std::uint64_t script_failures_ = 0;
    observe::repeat_limiter scripts_said_{3, std::chrono::minutes(1)};  // by route
    observe::metrics figures_;
    std::shared_ptr<void> figures_update_;
    std::unique_ptr<api::status> status_;
    std::unique_ptr<http::server> server_;  // of status
    std::unique_ptr<http::server> posts_;   // of webhooks
    std::unique_ptr<control_socket> control_;
    task_group tasks_{io_.get_executor()};  // last: its tasks use everything above
};

}  // namespace baudot::app
