#include "app/journal_events.hpp"

#include <cstdio>

#include "async/timer_service.hpp"
#include "journal/posix_disk.hpp"
#include "journal/tools.hpp"
#include "model/codec.hpp"

namespace baudot::app {

result<std::uint64_t> read_events(const std::string& directory,
                                  const std::function<void(sequence, const event&)>& visit) {
    std::uint64_t unknown = 0;
    const auto each = [&](const journal::record_view& record) -> result<void> {
        const auto decoded =
            decode_event(static_cast<event_type>(record.header.type), record.payload);
        if (!decoded && decoded.error().code == errc::unsupported_version) {
            ++unknown;
            return {};
        }
        if (!decoded) return std::unexpected(decoded.error());
        visit(record.position, *decoded);
        return {};
    };
    journal::posix_disk files;
    steady_timers timers;
    auto read =
        journal::visit_journal({.files = files, .timers = timers, .directory = directory}, each);
    if (!read) return std::unexpected(std::move(read.error()));
    return unknown;
}

void tell_unknown_events(std::uint64_t count) {
    if (count == 0) return;
    std::fprintf(stderr, "baudot: %llu records are of a newer Baudot and passed over\n",
                 static_cast<unsigned long long>(count));
}

}  // namespace baudot::app
