#pragma once

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "async/virtual_timers.hpp"
#include "engine/fake_telegram_test.hpp"
#include "engine/relay.hpp"
#include "engine/roster.hpp"
#include "journal/disk_double.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"
#include "model/delivery_id.hpp"
#include "store/store_double.hpp"

namespace baudot::engine {

inline constexpr account_id bot{1};
inline constexpr account_id second_bot{2};
inline constexpr chat_id sources[] = {chat_id{-1'000'000'000'101}, chat_id{-1'000'000'000'102}};
inline constexpr chat_id destinations[] = {chat_id{-1'000'000'000'901}, chat_id{-1'000'000'000'902},
                                           chat_id{-1'000'000'000'903}};
inline constexpr chat_id lonely_source{
    -1'000'000'000'109};  // its posts go to one chat of their own
inline constexpr chat_id lonely_destination[] = {chat_id{-1'000'000'000'909}};

/// Every post to every destination, by one bot that sees everything.
inline std::vector<deliveries_planned> to_everywhere(const update& what, std::uint32_t version,
                                                     sequence position, uncertain_policy policy) {
    deliveries_planned plan;
    plan.cause = position;
    plan.source = what.content.chat;
    plan.message = what.content.id;
    plan.version = version;
    plan.route = "everywhere";
    plan.on_uncertain = policy;
    plan.variants.push_back({copy_message{what.content.chat, what.content.id}, {}});
    const std::span<const chat_id> all = what.content.chat == lonely_source
                                             ? std::span<const chat_id>(lonely_destination)
                                             : std::span<const chat_id>(destinations);
    for (const chat_id to : all) {
        const delivery_key key{.source = what.content.chat,
                               .reader = what.account,
                               .message = what.content.id,
                               .version = version,
                               .route = plan.route,
                               .destination = to};
        plan.deliveries.push_back({make_delivery_id(key), to, bot, 0});
    }
    return {plan};
}

/// What survives a crash: disk, store, Telegram and the test's own memory.
struct surroundings {
    explicit surroundings(std::uint64_t seed) : random(seed), disk(seed), telegram(seed) {}

    random_source random;
    journal::disk_double disk;
    store::store_double rows;
    fake_telegram telegram;
    wall_time wall{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
    std::int64_t next_message = 1;
    std::set<std::pair<chat_id, message_id>> acknowledged;
    std::set<fake_telegram::copy> uncertain;  // printed at the restarts
    std::set<fake_telegram::copy> repeated;   // named while it ran
    journal::journal_options journal{.directory = "data"};
    relay_options options;
    rules_changed rules{.fingerprint = "first", .text = "{}"};
    duration sync_time = std::chrono::milliseconds(2);
};

/// One life of the process.
class life {
public:
    life(surroundings& around, uncertain_policy policy, pace rates)
        : around_(around), timers_(io_), tasks_(io_.get_executor()), turns_(io_.get_executor()) {
        timers_.set_wall(around.wall);
        driver_ = std::make_unique<journal::virtual_writer>(io_.get_executor(), timers_,
                                                            [&around] { return around.sync_time; });
        auto opened = journal::segmented_journal::open(around.journal, around.disk, timers_,
                                                       *driver_, no_threads_, around.random.next());
        EXPECT_TRUE(opened.has_value()) << opened.error().message;
        journal_ = std::move(*opened);
        account_ = std::make_unique<fake_account>(bot, around.telegram, timers_);
        tested = std::make_unique<relay>(io_.get_executor(), timers_, *journal_, around.rows,
                                         no_threads_, rates, 7, around.options);
        tested->set_listener({.fate =
                                  [this](const owed_delivery& of, const settlement& fate) {
                                      fates.push_back(fate);
                                      if (fate.why == reject_class::forbidden)
                                          who.forbid(of.sender, of.destination);
                                  },
                              .repeated =
                                  [this](const uncertain_delivery& each) {
                                      around_.repeated.insert(
                                          {each.source, each.message, each.destination});
                                  }});
        auto recovered = tested->recover();
        EXPECT_TRUE(recovered.has_value()) << recovered.error().message;
        for (const uncertain_delivery& each : *recovered) {
            around.uncertain.insert({each.source, each.message, each.destination});
        }
        set_planner([policy](const update& what, std::uint32_t version, sequence at) {
            return to_everywhere(what, version, at, policy);
        });
        tested->add_account(bot, *account_);
        turns_.spawn("relay", run());
    }

    ~life() {
        around_.wall = timers_.wall_now();
        tasks_.request_stop();
        stop_hard();
        wait(std::chrono::minutes(1));  // a write under way ends first
        EXPECT_EQ(tasks_.running() + turns_.running(), 0U)
            << "the hard stop leaves nothing running";
        tested.reset();
    }

    void post(int count, std::optional<chat_id> source = std::nullopt) {
        telegram::update_batch batch;
        for (int each = 0; each < count; ++each) {
            update made;
            made.account = bot;
            made.id = update_id{around_.next_message};
            made.kind = update_kind::post;
            made.content.chat =
                source ? *source : sources[around_.random.below(std::size(sources))];
            made.content.kind = chat_kind::channel;
            made.content.id = message_id{around_.next_message++};
            made.content.text.text = "post";
            batch.push_back(std::move(made));
        }
        tasks_.spawn("accept", accept(std::move(batch)));
    }

    /// Both accounts may do everything in these chats, and stand in for each other.
    void share(std::span<const chat_id> chats) {
        const telegram::membership everything{
            .is_member = true, .can_post = true, .can_send_media = true};
        who.add(bot);
        who.add(second_bot);
        for (const account_id each : {bot, second_bot}) {
            for (const chat_id chat : sources) who.learn(each, chat, everything);
            for (const chat_id chat : chats) who.learn(each, chat, everything);
        }
        tested->set_roster(who);
        add_second_account();
    }

    /// Once more: its token has been mended.
    void add_first_account() { tested->add_account(bot, *account_); }

    void add_second_account() {
        second_ = std::make_unique<fake_account>(second_bot, around_.telegram, timers_);
        tested->add_account(second_bot, *second_);
    }

    /// For what waits for nothing.
    using simple_planner = std::function<std::vector<deliveries_planned>(
        const update& what, std::uint32_t version, sequence position)>;
    void set_planner(simple_planner plan) {
        if (!plan) return set_waiting_planner({});
        set_waiting_planner([plan = std::move(plan)](const plan_wish& wish) -> post_plan {
            return plan(wish.what, wish.version, wish.position);
        });
    }
    void set_waiting_planner(planner plan) { tested->set_rules(std::move(plan), around_.rules); }

    time_point now() const { return timers_.now(); }
    wall_time wall_now() const { return timers_.wall_now(); }
    void jump_wall(duration by) { timers_.jump_wall(by); }
    void wait(duration time) { timers_.run_until(timers_.now() + time); }

    bool is_idle() const {
        return tested->facts().owed().pending() == 0 && !tested->facts().has_unplanned();
    }

    /// Until nothing is owed; false after a virtual day.
    bool drain() {
        for (int minute = 0; minute < 24 * 60; ++minute) {
            wait(std::chrono::minutes(1));
            if (is_idle()) return true;
        }
        return false;
    }

    roster who;
    std::vector<settlement> fates;
    std::unique_ptr<relay> tested;
    std::optional<result<void>> ended;
    int not_durable = 0;  // calls of accept() that said so

    const journal::journal& log() const { return *journal_; }

    void checkpoint() {
        tasks_.spawn("checkpoint", make_checkpoint());
        wait(std::chrono::seconds(1));
    }

    relay::retries retry(std::vector<retry_order> orders) {
        relay::retries outcomes;
        tasks_.spawn("retry", make_retry(std::move(orders), outcomes));
        wait(std::chrono::seconds(1));
        return outcomes;
    }
    void drop(std::vector<delivery_ref> letters) {
        tasks_.spawn("drop", make_drop(std::move(letters)));
        wait(std::chrono::seconds(1));
    }

    /// In the order in which they were planned; marks of retries, too.
    std::vector<dead_letter> letters() const {
        std::vector<dead_letter> all;
        const auto scanned = tested->facts().dead().each_from_newest([&](const dead_letter& each) {
            all.push_back(each);
            return true;
        });
        EXPECT_TRUE(scanned.has_value()) << scanned.error().message;
        std::ranges::sort(all, {}, &dead_letter::letter);
        return all;
    }

    void spawn(boost::asio::awaitable<void> task) { tasks_.spawn("test", std::move(task)); }
    void stop_hard() { turns_.request_stop(); }
    void stop(duration grace) { tested->stop(timers_.now() + grace); }

private:
    boost::asio::awaitable<void> make_checkpoint() {
        EXPECT_TRUE((co_await tested->checkpoint()).has_value());
    }

    boost::asio::awaitable<void> make_retry(std::vector<retry_order> orders,
                                            relay::retries& outcomes) {
        auto made = co_await tested->retry(std::move(orders));
        EXPECT_TRUE(made.has_value()) << made.error().message;
        if (made) outcomes = *std::move(made);
    }

    boost::asio::awaitable<void> make_drop(std::vector<delivery_ref> letters) {
        EXPECT_TRUE((co_await tested->drop(std::move(letters))).has_value());
    }

    boost::asio::awaitable<void> run() { ended = co_await tested->run(); }

    boost::asio::awaitable<void> accept(telegram::update_batch batch) {
        std::vector<std::pair<chat_id, message_id>> keys;
        for (const update& each : batch) keys.emplace_back(each.content.chat, each.content.id);
        const result<void> durable = co_await tested->accept(std::move(batch));
        not_durable += !durable;
        if (durable) around_.acknowledged.insert(keys.begin(), keys.end());
    }

    surroundings& around_;
    boost::asio::io_context io_;
    virtual_timers timers_;
    blocking_pool no_threads_{0};
    std::unique_ptr<journal::virtual_writer> driver_;
    std::unique_ptr<journal::segmented_journal> journal_;
    std::unique_ptr<fake_account> account_;
    std::unique_ptr<fake_account> second_;
    task_group tasks_;
    task_group turns_;
};

inline std::map<fake_telegram::copy, int> counted(const surroundings& around) {
    std::map<fake_telegram::copy, int> times;
    for (const fake_telegram::copy& each : around.telegram.executed) ++times[each];
    return times;
}

inline void expect_each_once(const surroundings& around) {
    for (const auto& [copy, times] : counted(around)) EXPECT_EQ(times, 1);
}

// First copies, in the order of their source, for each (source, destination).
inline void expect_order(const surroundings& around) {
    std::set<fake_telegram::copy> seen;
    std::map<std::pair<chat_id, chat_id>, message_id> newest;
    for (const fake_telegram::copy& each : around.telegram.executed) {
        if (!seen.insert(each).second) continue;
        message_id& last = newest[{each.source, each.destination}];
        EXPECT_LT(last, each.message) << "out of order";
        last = std::max(last, each.message);
    }
}

}  // namespace baudot::engine
