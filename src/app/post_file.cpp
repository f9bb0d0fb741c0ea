#include "app/post_file.hpp"

#include <cstdio>
#include <fstream>
#include <iostream>
#include <unistd.h>
#include <utility>

#include "telegram/bot_api/answers.hpp"

namespace baudot::app {
namespace {

/// A line that overwrites itself on a terminal.
class progress {
public:
    void add() {
        constexpr std::uint64_t often = 1'000;
        if (++lines_ % often != 0 || !is_shown_) return;
        std::fprintf(stderr, "\r\033[K%llu updates", static_cast<unsigned long long>(lines_));
        std::fflush(stderr);
    }
    void clear() const {
        if (is_shown_) std::fputs("\r\033[K", stderr);
    }

private:
    // Output on the terminal shows by itself how far it is.
    const bool is_shown_ = ::isatty(STDERR_FILENO) != 0 && ::isatty(STDOUT_FILENO) == 0;
    std::uint64_t lines_ = 0;
};

result<std::uint64_t> read_from(std::istream& from, const std::string& path,
                                const std::function<void(const update&)>& visit) {
    progress shown;
    telegram::bot_api::answer_reader reader;
    std::string text;
    std::uint64_t number = 0;
    std::uint64_t unreadable = 0;
    while (std::getline(from, text)) {
        ++number;
        shown.add();
        if (text.empty()) continue;
        auto got = reader.update_posted(text, {});
        if (!got || got->unreadable > 0) {
            constexpr std::uint64_t told = 10;
            if (++unreadable > told) continue;
            std::fprintf(stderr, "%s:%llu: no update of the Bot API\n", path.c_str(),
                         static_cast<unsigned long long>(number));
            continue;
        }
        visit(got->updates.front());
    }
    shown.clear();
    if (from.bad()) return fail(errc::io_failed, path + " cannot be read to its end");
    return unreadable;
}

}  // namespace

result<std::uint64_t> read_posts(const std::string& path,
                                 const std::function<void(const update&)>& visit) {
    if (path == "-") {
        std::ios::sync_with_stdio(false);
        return read_from(std::cin, path, visit);
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(errc::not_found, path + " cannot be opened");
    return read_from(file, path, visit);
}

}  // namespace baudot::app
