#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace baudot::journal {

/// What a record is about and who may write it (ARCHITECTURE.md, "Who owns what").
struct record_header {
    std::uint8_t type = 0;                 // model::event_type; opaque here
    std::uint16_t partition = 0;           // of the chat that owns the fact
    std::uint32_t epoch = 0;               // raised when the partition's owner changes
    std::uint64_t partition_sequence = 0;  // set by the journal: 1, 2, ... inside a partition
};

struct new_record {
    record_header header;
    std::string payload;
};

struct stored_record {
    sequence position{};
    record_header header;
    std::string payload;
};

/// The durable log of a node. One per data directory; many appenders, one writer.
///
/// Guarantee: once append() has returned, its records survive kill -9 and power loss, in
/// order, all or (before it returned) perhaps none of a call. Group commit: whatever waits
/// shares one write and one fdatasync; there is no timer.
///
/// After errc::io_failed the journal is dead: every later call fails with it, and the process
/// must restart (a failed fdatasync may have dropped pages). errc::no_space is not fatal:
/// nothing of that call was kept, and appends work again when there is room.
class journal {
public:
    virtual ~journal() = default;

    /// Durable when it returns; the position of the first record, the others follow by one.
    /// Cancelling does not take the records back. Callable from any shard's coroutine; resumes
    /// on the caller's executor. The records wait in the suspended call, nowhere else, so the
    /// caller's own bound (updates of one answer, deliveries in flight) bounds the memory.
    /// errc::invalid_argument: no record, or more than 256 MiB in one call.
    virtual boost::asio::awaitable<result<sequence>> append(std::vector<new_record> records) = 0;

    /// One record by position. errc::not_found when retention removed it.
    virtual boost::asio::awaitable<result<stored_record>> read(sequence position) = 0;

    /// Every durable record from `from` (or the oldest kept) to the end, in order; for recovery
    /// and tools, before appends begin or beside them. Stops early with the visitor's error.
    /// Blocking.
    using visitor = std::function<result<void>(const stored_record&)>;
    virtual result<void> scan(sequence from, const visitor& visit) const = 0;

    virtual sequence first() const = 0;  // oldest kept, or next() when empty
    virtual sequence next() const = 0;   // what the next record will get

    /// What stands before it is beyond journal.keep and goes as soon as release_before() says that
    /// nobody needs it; first() when nothing is. Cheap; any thread.
    virtual sequence kept_from() const = 0;

    /// Segments that end before `needed` may go when journal.keep allows. Cheap; any thread.
    virtual void release_before(sequence needed) = 0;
};

}  // namespace baudot::journal
