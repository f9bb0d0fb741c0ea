#include "engine/relay.hpp"

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
#include "journal/disk_double.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"
#include "model/delivery_id.hpp"
#include "store/store_double.hpp"

namespace baudot::engine {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr account_id bot{1};
constexpr chat_id sources[] = {chat_id{-1'000'000'000'101}, chat_id{-1'000'000'000'102}};
constexpr chat_id destinations[] = {chat_id{-1'000'000'000'901}, chat_id{-1'000'000'000'902},
                                    chat_id{-1'000'000'000'903}};
constexpr chat_id lonely_source{-1'000'000'000'109};  // its posts go to one chat of their own
constexpr chat_id lonely_destination[] = {chat_id{-1'000'000'000'909}};

/// Every post to every destination, by one bot that sees everything.
std::vector<deliveries_planned> to_everywhere(const update& what, std::uint32_t version,
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
};

/// One life of the process.
class life {
public:
    life(surroundings& around, uncertain_policy policy, pace rates)
        : around_(around), timers_(io_), tasks_(io_.get_executor()) {
        timers_.set_wall(around.wall);
        driver_ = std::make_unique<journal::virtual_writer>(io_.get_executor(), timers_,
                                                            [] { return duration(2ms); });
        auto opened = journal::segmented_journal::open(around.journal, around.disk, timers_,
                                                       *driver_, no_threads_, around.random.next());
        EXPECT_TRUE(opened.has_value()) << opened.error().message;
        journal_ = std::move(*opened);
        account_ = std::make_unique<fake_account>(around.telegram, timers_);
        tested = std::make_unique<relay>(io_.get_executor(), timers_, *journal_, around.rows,
                                         no_threads_, rates, 7, around.options);
        tested->set_planner([policy](const update& what, std::uint32_t version, sequence at) {
            return to_everywhere(what, version, at, policy);
        });
        tested->set_listener({.repeated = [this](const uncertain_delivery& each) {
            around_.repeated.insert({each.source, each.message, each.destination});
        }});
        auto recovered = tested->recover();
        EXPECT_TRUE(recovered.has_value()) << recovered.error().message;
        for (const uncertain_delivery& each : *recovered) {
            around.uncertain.insert({each.source, each.message, each.destination});
        }
        tested->add_account(bot, *account_);
        tasks_.spawn("relay", run());
    }

    ~life() {
        around_.wall = timers_.wall_now();
        tasks_.request_stop();
        wait(1min);  // a write under way ends first
        EXPECT_EQ(tasks_.running(), 0U) << "the hard stop leaves nothing running";
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

    void wait(duration time) { timers_.run_until(timers_.now() + time); }

    bool is_idle() const {
        return tested->facts().owed().pending() == 0 && !tested->facts().has_unplanned();
    }

    /// Until nothing is owed; false after a virtual day.
    bool drain() {
        for (int minute = 0; minute < 24 * 60; ++minute) {
            wait(1min);
            if (is_idle()) return true;
        }
        return false;
    }

    std::unique_ptr<relay> tested;
    std::optional<result<void>> ended;

    const journal::journal& log() const { return *journal_; }

    void checkpoint() {
        tasks_.spawn("checkpoint", make_checkpoint());
        wait(1s);
    }

    void stop(duration grace) { tested->stop(timers_.now() + grace); }

private:
    asio::awaitable<void> make_checkpoint() {
        EXPECT_TRUE((co_await tested->checkpoint()).has_value());
    }

    asio::awaitable<void> run() { ended = co_await tested->run(); }

    asio::awaitable<void> accept(telegram::update_batch batch) {
        std::vector<std::pair<chat_id, message_id>> keys;
        for (const update& each : batch) keys.emplace_back(each.content.chat, each.content.id);
        const result<void> durable = co_await tested->accept(std::move(batch));
        if (durable) around_.acknowledged.insert(keys.begin(), keys.end());
    }

    surroundings& around_;
    asio::io_context io_;
    virtual_timers timers_;
    blocking_pool no_threads_{0};
    std::unique_ptr<journal::virtual_writer> driver_;
    std::unique_ptr<journal::segmented_journal> journal_;
    std::unique_ptr<fake_account> account_;
    task_group tasks_;
};

std::map<fake_telegram::copy, int> counted(const surroundings& around) {
    std::map<fake_telegram::copy, int> times;
    for (const fake_telegram::copy& each : around.telegram.executed) ++times[each];
    return times;
}

void expect_each_once(const surroundings& around) {
    for (const auto& [copy, times] : counted(around)) EXPECT_EQ(times, 1);
}

// First copies, in the order of their source, for each (source, destination).
void expect_order(const surroundings& around) {
    std::set<fake_telegram::copy> seen;
    std::map<std::pair<chat_id, chat_id>, message_id> newest;
    for (const fake_telegram::copy& each : around.telegram.executed) {
        if (!seen.insert(each).second) continue;
        message_id& last = newest[{each.source, each.destination}];
        EXPECT_LT(last, each.message) << "out of order";
        last = std::max(last, each.message);
    }
}

TEST(relay, posts_reach_every_destination_once_and_in_order) {
    surroundings around(1);
    life node(around, uncertain_policy::repeat, {});
    for (int batch = 0; batch < 20; ++batch) {
        node.post(5);
        node.wait(30ms);
    }
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.acknowledged.size(), 100U);
    EXPECT_EQ(around.telegram.executed.size(), 300U);
    expect_each_once(around);
    expect_order(around);
}

TEST(relay, nothing_is_sent_twice_when_a_post_comes_twice) {
    surroundings around(2);
    life node(around, uncertain_policy::repeat, {});
    node.post(3);
    node.wait(1s);
    around.next_message -= 3;
    surroundings& same = around;
    node.post(3);  // other chats may be drawn, so compare with what is distinct
    ASSERT_TRUE(node.drain());
    for (const auto& [copy, times] : counted(same)) EXPECT_EQ(times, 1);
}

TEST(relay, a_wait_is_kept_and_the_refused_post_keeps_its_place) {
    surroundings around(3);
    around.telegram.refuse = 0.2;
    life node(around, uncertain_policy::skip, {});
    node.post(50);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.before_wait_over, 0) << "P6";
    EXPECT_EQ(around.telegram.executed.size(), 150U) << "a refusal is never a loss";
    expect_order(around);
}

TEST(relay, what_is_sent_again_because_no_answer_came_is_named) {
    surroundings around(10);
    around.telegram.lose_answer = 0.1;
    life node(around, uncertain_policy::repeat, {});
    node.post(50);
    ASSERT_TRUE(node.drain());
    int doubled = 0;
    for (const auto& [copy, times] : counted(around)) {
        if (times == 1) continue;
        ++doubled;
        EXPECT_TRUE(around.repeated.contains(copy)) << "doubled, and nobody said so";
    }
    EXPECT_GT(doubled, 0);
    expect_order(around);
}

TEST(relay, stop_drains_and_a_second_life_has_nothing_to_do) {
    surroundings around(4);
    {
        life node(around, uncertain_policy::repeat, {});
        node.post(10);
        node.wait(5ms);
        node.stop(1h);
        node.wait(1h);
        ASSERT_TRUE(node.ended.has_value());
        EXPECT_TRUE(node.ended->has_value());
    }
    EXPECT_EQ(around.telegram.executed.size(), 30U);
    life again(around, uncertain_policy::repeat, {});
    EXPECT_TRUE(again.is_idle());
    EXPECT_TRUE(around.uncertain.empty());
}

TEST(relay, a_stop_whose_time_is_over_keeps_the_rest_for_the_next_start) {
    surroundings around(5);
    around.telegram.refuse = 1;
    {
        life node(around, uncertain_policy::skip, {});
        node.post(5);
        node.wait(1s);
        node.stop(10s);
        node.wait(1min);
        ASSERT_TRUE(node.ended.has_value()) << "the bound holds whatever Telegram says";
    }
    EXPECT_TRUE(around.telegram.executed.empty());
    around.telegram.refuse = 0;
    life again(around, uncertain_policy::skip, {});
    EXPECT_TRUE(around.uncertain.empty());
    ASSERT_TRUE(again.drain());
    EXPECT_EQ(around.telegram.executed.size(), 15U);
    EXPECT_EQ(around.telegram.before_wait_over, 0) << "holds survive a restart";
}

TEST(relay, a_full_disk_pauses_and_loses_nothing) {
    surroundings around(6);
    life node(around, uncertain_policy::repeat, {});
    node.post(5);
    node.wait(1s);
    around.disk.set_capacity(around.disk.bytes_used());
    node.post(5);
    node.wait(1min);
    EXPECT_EQ(around.acknowledged.size(), 5U) << "P1: not durable, not acknowledged";
    around.disk.set_capacity(1ULL << 40);
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.acknowledged.size(), 10U);
    EXPECT_EQ(around.telegram.executed.size(), 30U);
}

TEST(relay, what_one_held_chat_is_owed_does_not_pin_the_journal) {
    surroundings around(8);
    around.journal = {.directory = "data", .segment_bytes = 4096, .keep_bytes = 8192};
    around.telegram.closed.insert(lonely_destination[0]);
    for (int start = 0; start < 3; ++start) {
        around.telegram.is_away = false;
        life node(around, uncertain_policy::skip, {});
        node.post(2, lonely_source);
        node.wait(1s);
        const sequence planned = node.log().next();
        for (int round = 0; round < 20; ++round) {
            node.post(10);
            node.wait(1s);
            node.checkpoint();
        }
        EXPECT_GT(node.log().first(), planned);
        EXPECT_EQ(node.tested->facts().owed().pending(), 2U * static_cast<unsigned>(start + 1));
        around.telegram.is_away = true;
        around.disk.crash();
        around.rows.crash(around.random);
    }
    around.telegram.is_away = false;
    around.telegram.closed.clear();
    life last(around, uncertain_policy::skip, {});
    ASSERT_TRUE(last.drain());
    EXPECT_TRUE(around.uncertain.empty());
    EXPECT_EQ(around.telegram.executed.size(), 3U * (2 + 20 * 10 * 3));
    expect_each_once(around);
    expect_order(around);
}

TEST(relay, what_is_owed_is_bounded_in_memory_and_the_rest_waits_in_the_journal) {
    surroundings around(11);
    around.options.pending_max = 20;
    around.telegram.closed.insert(lonely_destination[0]);
    life node(around, uncertain_policy::skip, {});
    for (int batch = 0; batch < 15; ++batch) {
        node.post(100, lonely_source);
        node.wait(1s);
    }
    EXPECT_EQ(around.acknowledged.size(), 1500U) << "intake goes on";
    EXPECT_EQ(node.tested->facts().owed().pending(), 20U);
    const auto& waiting = node.tested->facts().unplanned();
    ASSERT_EQ(waiting.size(), 1480U);
    EXPECT_LE(std::ranges::count_if(waiting, [](const auto& each) { return each.what != nullptr; }),
              static_cast<std::ptrdiff_t>(unplanned_kept_max));
    around.telegram.closed.clear();
    ASSERT_TRUE(node.drain());
    EXPECT_EQ(around.telegram.executed.size(), 1500U);
    expect_each_once(around);
    expect_order(around);
}

TEST(relay, a_journal_full_of_what_is_owed_is_not_written_anew) {
    surroundings around(9);
    around.journal = {.directory = "data", .segment_bytes = 4096, .keep_bytes = 8192};
    around.telegram.closed.insert(lonely_destination[0]);
    life node(around, uncertain_policy::skip, {});
    node.post(200, lonely_source);
    node.wait(1min);
    const sequence end = node.log().next();
    for (int round = 0; round < 5; ++round) node.checkpoint();
    EXPECT_EQ(node.log().next(), end);
    EXPECT_EQ(node.tested->facts().owed().pending(), 200U);
}

// Crashes at random moments, with unsynced data lost and torn, and a Telegram that refuses,
// vanishes and loses answers.
void survive(std::uint64_t seed, uncertain_policy policy) {
    surroundings around(seed);
    around.telegram.refuse = around.random.unit() * 0.1;
    around.telegram.not_sent = around.random.unit() * 0.1;
    for (int crash = 0; crash < 5; ++crash) {
        life node(around, policy, {});
        for (std::int64_t step = around.random.between(1, 20); step > 0; --step) {
            node.post(static_cast<int>(around.random.between(1, 4)));
            node.wait(1ms * around.random.between(1, 200));
        }
        around.telegram.is_away = true;
        if (around.random.chance(0.5)) {
            around.disk.crash();
            around.rows.crash(around.random);
        } else {
            around.disk.kill();
            around.rows.crash(around.random);
        }
        // ~life: the process is gone; its coroutines end against a dead disk.
    }
    around.telegram.is_away = false;
    life last(around, policy, {});
    ASSERT_TRUE(last.drain());

    const auto times = counted(around);
    for (const auto& [source, message] : around.acknowledged) {
        for (const chat_id to : destinations) {
            const fake_telegram::copy copy{source, message, to};
            const bool is_there = times.contains(copy);
            if (policy == uncertain_policy::repeat) {
                EXPECT_TRUE(is_there) << "lost";
            } else if (!is_there) {
                EXPECT_TRUE(around.uncertain.contains(copy)) << "lost, and nobody said so";
            }
        }
    }
    for (const auto& [copy, count] : times) {
        if (count == 1) continue;
        EXPECT_EQ(policy, uncertain_policy::repeat) << "doubled";
        EXPECT_TRUE(around.uncertain.contains(copy)) << "doubled, and nobody said so";
    }
    EXPECT_EQ(around.telegram.before_wait_over, 0);
    expect_order(around);
}

TEST(relay_property, crashes_with_repeat_lose_nothing) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        survive(seed, uncertain_policy::repeat);
        if (testing::Test::HasFailure()) return;
    }
}

TEST(relay_property, crashes_with_skip_double_nothing) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        survive(seed, uncertain_policy::skip);
        if (testing::Test::HasFailure()) return;
    }
}

}  // namespace
}  // namespace baudot::engine
