#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "api/status.hpp"
#include "api/webhook_door.hpp"
#include "app/accounts.hpp"
#include "app/api_world.hpp"
#include "app/control_socket.hpp"
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
/// journal for the next start. A second signal stops hard.
class node {
public:
    node(const settings& from, duration grace, observe::logger log);
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
    void tell_trouble(const update& what, const router::script_trouble& which);
    void tell_uncertain(std::string_view what, const engine::uncertain_delivery& which);

    post_plan plan(const engine::plan_wish& wish);

    const settings& settings_;
    duration grace_;
    observe::logger log_;
    steady_timers timers_;
    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_{io_, SIGINT, SIGTERM};  // from the start: recovery may be long
    blocking_pool disk_pool_{2};
    blocking_pool backup_pool_{1};  // a copy takes long
    journal::posix_disk files_;
    std::unique_ptr<journal::file_lock> lock_;  // of the data directory
    journal::thread_writer writer_;
    std::unique_ptr<store::store> store_;
    std::unique_ptr<journal::segmented_journal> journal_;
    engine::roster roster_;
    std::unique_ptr<engine::relay> relay_;
    std::vector<connected_account> accounts_;
    std::optional<router::compiled_rules> rules_;
    std::unique_ptr<rewriting::desk> desk_;  // null: no API is configured
    std::optional<api_world> world_;
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
