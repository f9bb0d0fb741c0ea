// journal_crash [--cycles N] [--seed S]: starts a writer, kills it with -9 at a random moment,
// opens its journal and checks that everything it acknowledged is there, in order; N times, ten
// times as often with BAUDOT_LONG=1. BAUDOT_SEED is the default of the seed. Most of a cycle waits
// for the disk, so several journals are written and killed beside each other.
#include "journal_crash.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "journal/posix_disk.hpp"
#include "journal/writer_drivers.hpp"

namespace crash {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::size_t lanes = 4;

struct totals {
    std::uint64_t cycles = 0;
    std::uint64_t idle = 0;  // killed before the first acknowledgement
    std::uint64_t torn = 0;
    std::uint64_t rolled = 0;  // lives in which a segment ended and another began
    std::uint64_t acknowledged = 0;

    void add(const totals& other) {
        cycles += other.cycles;
        idle += other.idle;
        torn += other.torn;
        rolled += other.rolled;
        acknowledged += other.acknowledged;
    }
};

// The directory stays, for whoever looks into it.
[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "journal_crash: %s\n", why.c_str());
    std::_Exit(1);
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

class campaign {
public:
    campaign(std::string program, std::uint64_t seed)
        : program_(std::move(program)), random_(seed) {
        std::string pattern = (std::filesystem::current_path() / "crash_XXXXXX").string();
        const char* const made = ::mkdtemp(pattern.data());
        if (made == nullptr) give_up("cannot make a directory here");
        directory_ = made;
    }
    ~campaign() { std::filesystem::remove_all(directory_); }

    void cycle() {
        live_and_die();
        check();
        ++sum.cycles;
    }

    totals sum;

private:
    [[noreturn]] void give_up(const std::string& why) const {
        crash::give_up(directory_ + ": " + why);
    }
    void live_and_die();
    void check();

    const std::string program_;
    std::string directory_;
    random_source random_;
    std::string newest_;                                   // segment
    std::map<std::uint64_t, std::uint64_t> acknowledged_;  // position -> number, while kept
};

void campaign::live_and_die() {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0) give_up("pipe");
    const std::string first = std::to_string((sum.cycles + 1) << 32);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(pipe_ends[1], STDOUT_FILENO);
        ::close(pipe_ends[0]);
        ::close(pipe_ends[1]);
        ::execl(program_.c_str(), program_.c_str(), "--write", directory_.c_str(), first.c_str(),
                nullptr);
        ::_exit(127);
    }
    ::close(pipe_ends[1]);
    // One in four dies while it starts and recovers, the others after their first answer.
    const auto life = std::chrono::microseconds(random_.between(500, 20000));
    bool timed = random_.chance(0.25);
    auto end = clock::now() + (timed ? life : std::chrono::seconds(30));
    std::uint64_t count = 0;
    for (bool killed = false;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock::now());
        pollfd ready{pipe_ends[0], POLLIN, 0};
        if (!killed &&
            (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) == 0)) {
            ::kill(child, SIGKILL);
            killed = true;  // what it said before still lies in the pipe
        }
        acknowledgement heard{};
        if (killed || ready.revents != 0) {
            if (::read(pipe_ends[0], &heard, sizeof heard) != sizeof heard) break;
            for (std::uint64_t i = 0; i < heard.count; ++i) {
                acknowledged_[heard.position + i] = heard.number + i;
            }
            count += heard.count;
            if (!std::exchange(timed, true)) end = clock::now() + life;
        }
    }
    ::close(pipe_ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
        give_up("the writer ended by itself");
    }
    sum.acknowledged += count;
    if (count == 0) ++sum.idle;
}

void campaign::check() {
    steady_timers timers;
    journal::posix_disk files;
    journal::thread_writer driver;
    blocking_pool readers(0);
    const auto log = journal::segmented_journal::open(options_for(directory_), files, timers,
                                                      driver, readers, 1);
    if (!log) give_up("open after the kill: " + log.error().message);
    if ((*log)->recovered().cut_bytes > 0) ++sum.torn;
    if (std::exchange(newest_, (*log)->segments().back().file) != newest_) ++sum.rolled;

    const auto first = std::to_underlying((*log)->first());
    acknowledged_.erase(acknowledged_.begin(), acknowledged_.lower_bound(first));
    std::uint64_t position = first;
    std::map<std::uint16_t, std::pair<std::uint64_t, std::uint64_t>> last;  // sequence, number
    auto expected = acknowledged_.begin();
    const auto visit = [&](const journal::stored_record& record) -> result<void> {
        const std::string at = "record " + std::to_string(position);
        if (record.position != sequence{position++}) give_up(at + ": out of order");
        const auto number = load_little_endian<std::uint64_t>(record.payload.data());
        if (record.payload != payload_of(number)) give_up(at + ": another payload");
        if (expected != acknowledged_.end() && expected->first + 1 == position) {
            if (expected->second != number) give_up(at + ": acknowledged as another record");
            ++expected;
        }
        auto& [sequence_before, number_before] = last[record.header.partition];
        if (sequence_before != 0 &&
            (record.header.partition_sequence != sequence_before + 1 || number <= number_before)) {
            give_up(at + ": the order of its appender is broken");
        }
        sequence_before = record.header.partition_sequence;
        number_before = number;
        return {};
    };
    const auto scanned = (*log)->scan((*log)->first(), visit);
    if (!scanned) give_up("scan: " + scanned.error().message);
    if (expected != acknowledged_.end()) {
        give_up("lost: record " + std::to_string(expected->first) + " was acknowledged");
    }
}

struct plan {
    std::uint64_t cycles = 1000;
    std::uint64_t seed = number_from("BAUDOT_SEED", 1);
};

// A lane is a process: a fork beside threads would carry their files along.
[[noreturn]] void run_lane(const plan& what, std::size_t lane, int to) {
    totals sum;
    {
        campaign work("/proc/self/exe", what.seed * lanes + lane);
        const std::uint64_t cycles = (what.cycles + lanes - 1) / lanes;
        while (work.sum.cycles < cycles) work.cycle();
        sum = work.sum;
    }
    std::_Exit(::write(to, &sum, sizeof sum) == sizeof sum ? 0 : 1);
}

totals run_all(const plan& what) {
    int pipe_ends[2];
    if (::pipe(pipe_ends) != 0) give_up("pipe");
    std::vector<pid_t> children;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        children.push_back(::fork());
        if (children.back() == 0) run_lane(what, lane, pipe_ends[1]);
    }
    ::close(pipe_ends[1]);
    bool failed = false;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        failed = failed || status != 0;
    }
    if (failed) give_up("a lane failed (above)");
    totals sum;
    for (totals each; ::read(pipe_ends[0], &each, sizeof each) == sizeof each;) sum.add(each);
    return sum;
}

int run(int argc, char** argv) {
    plan what;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::uint64_t number = std::strtoull(argv[i + 1], nullptr, 10);
        if (std::strcmp(argv[i], "--cycles") == 0) what.cycles = number;
        if (std::strcmp(argv[i], "--seed") == 0) what.seed = number;
    }
    if (number_from("BAUDOT_LONG", 0) == 1) what.cycles *= 10;
    const auto start = clock::now();
    const totals sum = run_all(what);
    const double seconds = std::chrono::duration<double>(clock::now() - start).count();
    const auto shown = [](std::uint64_t number) { return static_cast<unsigned long long>(number); };
    std::printf(
        "seed %llu: %llu kills in %.1f s, %llu records acknowledged, 0 lost; %llu torn tails, "
        "%llu killed before the first answer, %llu after a segment's end\n",
        shown(what.seed), shown(sum.cycles), seconds, shown(sum.acknowledged), shown(sum.torn),
        shown(sum.idle), shown(sum.rolled));
    if (sum.cycles < what.cycles) give_up("too few kills");
    if (sum.acknowledged == 0) give_up("no writer lived long enough to acknowledge anything");
    if (sum.rolled == 0 || sum.idle == 0) give_up("the kills did not fall everywhere");
    return 0;
}

}  // namespace
}  // namespace crash

int main(int argc, char** argv) {
    if (argc == 4 && std::strcmp(argv[1], "--write") == 0) {
        return crash::write_until_killed(argv[2], std::strtoull(argv[3], nullptr, 10));
    }
    return crash::run(argc, argv);
}
