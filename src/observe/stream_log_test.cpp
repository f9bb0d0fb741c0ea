#include "observe/stream_log.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace baudot::observe {
namespace {

using namespace std::chrono_literals;

// A pipe whose reader is the test.
class pipe_reader {
public:
    pipe_reader() { EXPECT_EQ(::pipe(ends_), 0); }
    ~pipe_reader() {
        ::close(ends_[0]);
        ::close(ends_[1]);
    }
    int writable() const { return ends_[1]; }

    std::string read_available() const {
        ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
        std::string all;
        std::vector<char> buffer(1 << 16);
        for (;;) {
            const ssize_t count = ::read(ends_[0], buffer.data(), buffer.size());
            if (count <= 0) return all;
            all.append(buffer.data(), static_cast<std::size_t>(count));
        }
    }

private:
    int ends_[2] = {-1, -1};
};

// Stands still until it is moved; read by several threads.
struct hand_clock {
    std::atomic<std::int64_t> microseconds{0};
    std::function<wall_time()> function() {
        return [this] { return wall_time(std::chrono::microseconds(microseconds.load())); };
    }
};

stream_log_options options_for(const pipe_reader& pipe, log_format format) {
    stream_log_options options;
    options.descriptor = pipe.writable();
    options.format = format;
    return options;
}

TEST(stream_log, lines_of_many_threads_arrive_whole_and_in_their_order) {
    const pipe_reader pipe;
    std::string text;
    constexpr int lines = 100;  // a pipe holds all of it
    {
        const auto sink = make_stream_log(options_for(pipe, log_format::json));
        std::vector<std::thread> threads;
        threads.reserve(4);
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&sink, t] {
                const logger log(sink, "t" + std::to_string(t));
                for (int i = 0; i < lines; ++i) log.info("line", {{"i", i}});
            });
        }
        for (auto& thread : threads) thread.join();
        sink->flush();
        text = pipe.read_available();
        EXPECT_EQ(sink->dropped_lines(), 0U);
    }
    text += pipe.read_available();
    int next[4] = {};
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
        const auto line = boost::json::parse(text.substr(begin, end - begin)).as_object();
        const int thread = line.at("component").as_string()[1] - '0';
        ASSERT_EQ(line.at("i").as_int64(), next[thread]++);
    }
    for (const int count : next) EXPECT_EQ(count, lines);
}

TEST(stream_log, below_the_lowest_level_nothing_is_written) {
    const pipe_reader pipe;
    auto options = options_for(pipe, log_format::people);
    options.lowest = level::warning;
    const auto sink = make_stream_log(options);
    const logger log(sink, "test");
    EXPECT_FALSE(log.enabled(level::info));
    log.info("quiet");
    log.error("loud");
    sink->flush();
    const std::string text = pipe.read_available();
    EXPECT_TRUE(text.contains("loud"));
    EXPECT_FALSE(text.contains("quiet"));
}

TEST(stream_log, a_pipe_gets_no_colour_unless_asked) {
    for (const auto& [colour, coloured] :
         {std::pair{log_colour::automatic, false}, {log_colour::always, true}}) {
        const pipe_reader pipe;
        auto options = options_for(pipe, log_format::people);
        options.colour = colour;
        const auto sink = make_stream_log(options);
        logger(sink, "test").error("loud");
        sink->flush();
        EXPECT_EQ(pipe.read_available().contains("\x1b["), coloured);
    }
}

TEST(stream_log, NO_COLOR_wins_over_a_terminal) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
    ASSERT_GE(master, 0);
    ASSERT_EQ(::grantpt(master), 0);
    ASSERT_EQ(::unlockpt(master), 0);
    const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
    ASSERT_GE(terminal, 0);
    for (const bool refused : {false, true}) {
        refused ? ::setenv("NO_COLOR", "1", 1) : ::unsetenv("NO_COLOR");
        stream_log_options options;
        options.descriptor = terminal;
        const auto sink = make_stream_log(options);
        logger(sink, "test").error("loud");
        sink->flush();
        char buffer[512];
        const ssize_t count = ::read(master, buffer, sizeof buffer);
        ASSERT_GT(count, 0);
        const std::string_view text(buffer, static_cast<std::size_t>(count));
        EXPECT_EQ(text.contains("\x1b["), !refused) << text;
    }
    ::unsetenv("NO_COLOR");
    ::close(terminal);
    ::close(master);
}

TEST(stream_log, identical_warnings_are_held_back_and_counted) {
    const pipe_reader pipe;
    hand_clock clock;
    auto options = options_for(pipe, log_format::people);
    options.identical_max = 2;
    options.clock = clock.function();
    const auto sink = make_stream_log(options);
    const logger log(sink, "test");
    for (int i = 0; i < 10; ++i) log.warning("again", {{"chat", 1}});
    for (int i = 0; i < 10; ++i) log.warning("again", {{"chat", i + 2}});  // not identical
    clock.microseconds += 11'000'000;
    log.info("another line ends the window");
    sink->flush();
    const std::string text = pipe.read_available();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find("again  chat=1\n", at)) != std::string::npos; ++at) {
        ++count;
    }
    EXPECT_EQ(count, 2U) << text;
    EXPECT_TRUE(text.contains("again  chat=1 suppressed=8\n")) << text;
    EXPECT_TRUE(text.contains("chat=11\n")) << text;
}

TEST(stream_log, a_stuck_reader_delays_nobody_and_learns_what_it_missed) {
    const pipe_reader pipe;
    auto options = options_for(pipe, log_format::people);
    options.queued_lines_max = 16;
    options.stall_max = 10ms;
    const auto sink = make_stream_log(options);
    const logger log(sink, "test");
    const std::string big(3000, 'x');
    for (int i = 0; i < 200; ++i) log.info("line", {{"big", big}});  // 600 kB; a pipe holds 64
    while (!sink->flush()) {
    }
    EXPECT_GT(sink->dropped_lines(), 100U);
    std::string text = pipe.read_available();
    log.info("the reader is back");
    while (!sink->flush()) {
    }
    text += pipe.read_available();
    EXPECT_TRUE(text.contains("the reader is back\n"));

    const std::string_view report = "lines were lost: the reader is too slow  lines=";
    std::uint64_t reported = 0;
    for (std::size_t at = 0; (at = text.find(report, at)) != std::string::npos;) {
        at += report.size();
        reported += std::stoull(text.substr(at));
    }
    EXPECT_EQ(reported, sink->dropped_lines());
}

TEST(stream_log, a_closed_pipe_is_no_reason_to_die) {
    ::signal(SIGPIPE, SIG_IGN);  // as app does
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    ::close(ends[0]);
    stream_log_options options;
    options.descriptor = ends[1];
    const auto sink = make_stream_log(options);
    logger(sink, "test").info("to nobody");
    sink->flush();
    EXPECT_EQ(sink->dropped_lines(), 1U);
    ::close(ends[1]);
}

TEST(stream_log_death, what_was_queued_before_a_crash_is_still_written) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            auto sink = make_stream_log({});
            flush_on_crash(sink);
            const logger log(sink, "test");
            for (int i = 0; i < 1000; ++i) log.info("line", {{"i", i}});
            std::abort();
        },
        testing::KilledBySignal(SIGABRT), "line  i=999\n");
}

}  // namespace
}  // namespace baudot::observe
