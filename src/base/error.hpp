#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace baudot {

/// What a caller must tell apart. Written to logs and metrics by name: append only.
enum class errc : unsigned char {
    timed_out,            // the deadline passed and the operation did not complete
    cancelled,            // stopped by us before it had an effect
    queue_full,           // refused locally, the caller must slow down
    shutting_down,        // refused locally, the owner is stopping
    invalid_argument,     // the caller's or the operator's input is wrong
    not_found,            // the named thing does not exist
    in_use,               // another process or owner holds it
    no_space,             // the disk is full; nothing was lost, try again when there is room
    io_failed,            // the disk or the operating system refused; see the message
    corrupt,              // stored bytes do not match their checksum or grammar
    unsupported_version,  // written by a newer program
    connection_failed,    // surely nothing reached the other side
    connection_lost,      // the other side may have acted
    bad_answer,           // the other side answered something that is not its protocol
    unauthorized,         // a credential was refused
    conflict,             // another instance does the same work
    refused,              // asked to wait; see the outcome for how long
    rejected,             // refused for good
};

/// The enumerator's name, for logs and metrics.
std::string_view name(errc code) noexcept;

/// A failure that the caller is expected to look at. `message` is a sentence for people: it
/// names the place (file, account, chat, method) and, where it can, what to do. It never holds
/// a token.
struct error {
    errc code;
    std::string message;
};

template <class T>
using result = std::expected<T, error>;

/// `return fail(errc::not_found, "...");` in a function that returns a result.
inline std::unexpected<error> fail(errc code, std::string message) {
    return std::unexpected(error{code, std::move(message)});
}

}  // namespace baudot
