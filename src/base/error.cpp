#include "base/error.hpp"

namespace baudot {

std::string_view name(errc code) noexcept {
    switch (code) {
        case errc::timed_out: return "timed_out";
        case errc::cancelled: return "cancelled";
        case errc::queue_full: return "queue_full";
        case errc::shutting_down: return "shutting_down";
        case errc::invalid_argument: return "invalid_argument";
        case errc::not_found: return "not_found";
        case errc::in_use: return "in_use";
        case errc::no_space: return "no_space";
        case errc::io_failed: return "io_failed";
        case errc::corrupt: return "corrupt";
        case errc::unsupported_version: return "unsupported_version";
        case errc::connection_failed: return "connection_failed";
        case errc::connection_lost: return "connection_lost";
        case errc::bad_answer: return "bad_answer";
        case errc::unauthorized: return "unauthorized";
        case errc::conflict: return "conflict";
        case errc::refused: return "refused";
        case errc::rejected: return "rejected";
    }
    return "unknown";
}

}  // namespace baudot
