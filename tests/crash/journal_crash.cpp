// journal_crash [--cycles N] [--seed S]: starts a writer, kills it with -9 at a random moment,
// opens its journal and checks that everything it acknowledged is there, in order; N times.
// Stops earlier after BAUDOT_SECONDS; BAUDOT_SEED is the default of the seed.
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

struct totals {
    std::uint64_t cycles = 0;
    std::uint64_t idle = 0;  // killed before the first acknowledgement
    std::uint64_t torn = 0;
    std::uint64_t acknowledged = 0;
};

[[noreturn]] void give_up(const std::string& why) {
    std::fprintf(stderr, "journal_crash: %s\n", why.c_str());
    std::exit(1);
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
    std::string place() const { return directory_; }

private:
    void live_and_die();
    void check();

    const std::string program_;
    std::string directory_;
    random_source random_;
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

int run(int argc, char** argv) {
    std::uint64_t cycles = 2000;
    std::uint64_t seed = number_from("BAUDOT_SEED", 1);
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--cycles") == 0) cycles = std::strtoull(argv[i + 1], nullptr, 10);
        if (std::strcmp(argv[i], "--seed") == 0) seed = std::strtoull(argv[i + 1], nullptr, 10);
    }
    const auto start = clock::now();
    const auto end = start + std::chrono::seconds(number_from("BAUDOT_SECONDS", 86400));
    campaign work("/proc/self/exe", seed);
    while (work.sum.cycles < cycles && clock::now() < end) work.cycle();
    const double seconds = std::chrono::duration<double>(clock::now() - start).count();
    std::printf(
        "seed %llu: %llu kills in %.1f s, %llu records acknowledged, 0 lost, %llu torn tails, "
        "%llu killed before the first answer\n",
        static_cast<unsigned long long>(seed), static_cast<unsigned long long>(work.sum.cycles),
        seconds, static_cast<unsigned long long>(work.sum.acknowledged),
        static_cast<unsigned long long>(work.sum.torn),
        static_cast<unsigned long long>(work.sum.idle));
    if (work.sum.acknowledged == 0) give_up("no writer lived long enough to acknowledge anything");
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
