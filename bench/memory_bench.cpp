// memory_bench fill DATA DELIVERIES CHATS FAN_OUT ACCOUNT
//     A data directory in which so many deliveries are owed by ACCOUNT, in so many chats: posts
//     of CHATS / FAN_OUT sources, each copied to FAN_OUT chats. Made by the real relay, journal
//     and store; the account is not there, so nothing is sent.
// memory_bench restart DATA ACCOUNT
//     What a start finds there: recovers, then lets the account send one copy.
// Each prints "name value" lines.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/blocking_pool.hpp"
#include "engine/relay.hpp"
#include "journal/posix_disk.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"
#include "model/delivery_id.hpp"
#include "store/rocksdb_store.hpp"

namespace {

using namespace baudot;
namespace asio = boost::asio;
using clock_type = std::chrono::steady_clock;

constexpr std::int64_t first_source = -1'001'000'000'001;
constexpr std::int64_t first_destination = -1'002'000'000'001;
constexpr std::uint64_t batch_posts = 1000;

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "memory_bench: %s\n", why.c_str());
    std::exit(1);
}

template <class T>
T must(result<T> got) {
    if (!got) give_up(got.error().message);
    return *std::move(got);
}

double seconds_since(clock_type::time_point start) {
    return std::chrono::duration<double>(clock_type::now() - start).count();
}

void print(const char* name, double value) {
    std::printf("%s %.6g\n", name, value);
    std::fflush(stdout);
}

double resident_bytes() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word && word != "VmRSS:") {
    }
    double kib = 0;
    status >> kib;
    return kib * 1024;
}

struct scenario {
    std::uint64_t deliveries = 0;
    std::uint64_t chats = 0;
    std::uint64_t fan_out = 0;
    account_id account{};

    std::uint64_t posts() const { return deliveries / fan_out; }
    std::uint64_t sources() const { return chats / fan_out; }
};

update nth_post(const scenario& of, std::uint64_t number) {
    update made;
    made.account = of.account;
    made.id = update_id{static_cast<std::int64_t>(number + 1)};
    made.kind = update_kind::post;
    made.content.chat = chat_id{first_source - static_cast<std::int64_t>(number % of.sources())};
    made.content.kind = chat_kind::channel;
    made.content.id = message_id{static_cast<std::int64_t>(number + 1)};
    made.content.text.text = "A post of the length that posts have, about two sentences long.";
    return made;
}

std::vector<deliveries_planned> plan(const scenario& of, const update& what, std::uint32_t version,
                                     sequence position) {
    deliveries_planned made;
    made.cause = position;
    made.source = what.content.chat;
    made.message = what.content.id;
    made.version = version;
    made.route = "memory";
    made.variants.push_back({copy_message{what.content.chat, what.content.id}, {}});
    const std::int64_t first = first_source - std::to_underlying(what.content.chat);
    for (std::uint64_t each = 0; each < of.fan_out; ++each) {
        const auto number = static_cast<std::uint64_t>(first) * of.fan_out + each;
        const chat_id to{first_destination - static_cast<std::int64_t>(number)};
        const delivery_key key{.source = made.source,
                               .reader = what.account,
                               .message = made.message,
                               .version = version,
                               .route = made.route,
                               .destination = to};
        made.deliveries.push_back({make_delivery_id(key), to, of.account, 0});
    }
    return {std::move(made)};
}

/// The account of a restart: its first copy ends the run.
class first_send final : public telegram::account {
public:
    explicit first_send(std::function<void()> sent) : sent_(std::move(sent)) {}
    const std::string& name() const override { return name_; }
    asio::awaitable<result<telegram::identity>> get_me() override {
        co_return fail(errc::rejected, "not asked");
    }
    asio::awaitable<result<telegram::chat_info>> get_chat(chat_reference) override {
        co_return fail(errc::rejected, "not asked");
    }
    asio::awaitable<result<telegram::membership>> get_membership(chat_id, account_id) override {
        co_return fail(errc::rejected, "not asked");
    }
    asio::awaitable<result<telegram::update_batch>> poll(update_id, duration) override {
        co_return fail(errc::rejected, "not asked");
    }
    asio::awaitable<outcome> execute(const operation&, chat_id) override {
        sent_();
        outcome answer;
        answer.kind = outcome_kind::delivered;
        answer.message = message_id{1};
        co_return answer;
    }

private:
    std::string name_ = "bench";
    std::function<void()> sent_;
};

/// What `baudot run` has below its accounts.
struct node {
    explicit node(const std::string& data) {
        rows = must(store::open_rocksdb({.directory = data + "/store"}));
        log = must(journal::segmented_journal::open(
            {.directory = data + "/journal", .verify_from = rows->flushed_position()}, files,
            timers, writer, disk, 1));
        engine::relay_options options;
        options.pending_max = SIZE_MAX;  // a start has to take what is owed, whatever it is
        relay = std::make_unique<engine::relay>(io.get_executor(), timers, *log, *rows, disk,
                                                pace{}, 1, options);
        if (const auto found = relay->recover(); !found) give_up(found.error().message);
    }

    void run() {
        asio::co_spawn(io, relay->run(), [](std::exception_ptr failure, const auto& ended) {
            if (failure) std::rethrow_exception(failure);
            if (!ended) give_up(ended.error().message);
        });
    }

    void close() {
        if (auto closed = log->close(); !closed) give_up(closed.error().message);
    }

    steady_timers timers;
    asio::io_context io{1};
    blocking_pool disk{2};
    journal::posix_disk files;
    journal::thread_writer writer;
    std::unique_ptr<store::store> rows;
    std::unique_ptr<journal::segmented_journal> log;
    std::unique_ptr<engine::relay> relay;
};

asio::awaitable<void> post_all(node& to, const scenario& of) {
    for (std::uint64_t done = 0; done < of.posts();) {
        telegram::update_batch batch;
        for (std::uint64_t each = 0; each < batch_posts && done < of.posts(); ++each, ++done) {
            batch.push_back(nth_post(of, done));
        }
        if (auto taken = co_await to.relay->accept(std::move(batch)); !taken) {
            give_up(taken.error().message);
        }
    }
    while (to.relay->facts().has_unplanned()) {
        co_await to.timers.sleep_until(to.timers.now() + std::chrono::milliseconds(10));
    }
    to.relay->stop(to.timers.now());
}

void fill(const std::string& data, const scenario& of) {
    std::filesystem::create_directories(data);
    const auto start = clock_type::now();
    node made(data);
    made.relay->set_rules(
        [&of](const engine::plan_wish& wish) -> post_plan {
            return plan(of, wish.what, wish.version, wish.position);
        },
        {.fingerprint = "bench", .text = "{}"});
    made.run();
    asio::co_spawn(made.io, post_all(made, of), [](std::exception_ptr failure) {
        if (failure) std::rethrow_exception(failure);
    });
    made.io.run();
    if (made.relay->facts().owed().pending() != of.deliveries) give_up("not all of it is owed");
    print("seconds", seconds_since(start));
    print("bytes_per_delivery",
          static_cast<double>(made.relay->bytes_owed()) / static_cast<double>(of.deliveries));
    made.close();
}

void restart(const std::string& data, account_id account) {
    const double before = resident_bytes();
    const auto start = clock_type::now();
    node found(data);
    const auto owed = static_cast<double>(found.relay->facts().owed().pending());
    print("recovered_seconds", seconds_since(start));
    print("deliveries", owed);
    print("owed_bytes", static_cast<double>(found.relay->bytes_owed()));
    print("resident_growth", resident_bytes() - before);
    bool is_sent = false;
    first_send one([&] {
        if (!std::exchange(is_sent, true)) print("first_send_seconds", seconds_since(start));
        found.relay->stop(found.timers.now());
    });
    found.relay->add_account(account, one);
    found.run();
    found.io.run();
    if (!is_sent) give_up("nothing was sent");
    print("resident_bytes", resident_bytes());
    found.close();
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const auto number = [&](std::size_t at) {
        return std::strtoull(words[at].c_str(), nullptr, 10);
    };
    const auto account = [&](std::size_t at) {
        return account_id{static_cast<std::int64_t>(number(at))};
    };
    if (words.size() == 6 && words[0] == "fill") {
        fill(words[1], {number(2), number(3), number(4), account(5)});
    } else if (words.size() == 3 && words[0] == "restart") {
        restart(words[1], account(2));
    } else {
        give_up("see the top of memory_bench.cpp");
    }
}
