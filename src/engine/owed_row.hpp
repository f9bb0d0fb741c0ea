#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/event.hpp"

namespace baudot::engine {

/// What is known of a delivery beside its content, from its plan to its fate.
struct owed_delivery {
    delivery_id id;
    std::string route;
    chat_id source{};
    message_id message{};
    chat_id destination{};
    account_id sender{};
    uncertain_policy policy = uncertain_policy::repeat;
    delivery_terms terms;
    std::int64_t received_at = 0;  // wall clock, microseconds
    bool needs_source = true;      // whoever sends it must see the source: a copy or a forward
    bool is_tied = false;          // by its plan: an operator retries it, and said by whom
};

/// A copy or a forward: whoever sends it must see the source. So must what is not known.
bool needs_source(const deliveries_planned& plan, std::uint32_t index);

/// Of a delivery in `plan`.
owed_delivery describe(const deliveries_planned& plan, std::uint32_t index);

// Rows of the store's family `pending` (docs/formats.md). What is owed stands there in full, so
// that memory need not hold it: a planned event in rows of 16 deliveries, so that a fate reads and
// a restart walks little more than what it is about, however many destinations a route has. Keys:
//   0, position                a post without a plan; value: version u32
//   1, position, 0             progress of a planned event (dispatch::ledger), where it has some
//   1, position, part + 1      its deliveries from 16 * part on

inline constexpr std::uint32_t deliveries_per_row = 16;

struct pending_key {
    bool is_planned = false;
    sequence position{};
    std::uint32_t row = 0;  // of a planned event; 0: its progress
};

std::string encode(const pending_key& what);

/// errc::corrupt.
result<pending_key> decode_pending_key(std::string_view key);

/// The key of the row that holds a delivery.
inline pending_key row_of(const delivery_ref& of) {
    return {true, of.planned, of.index / deliveries_per_row + 1};
}

/// Those of `plan` from 16 * part on.
std::string encode_owed_row(const deliveries_planned& plan, std::uint32_t part);

/// The same row, where another account sends the delivery from now on. errc::corrupt.
result<std::string> with_sender(std::string row, const delivery_ref& of, account_id sender);

/// A row as it was read: the deliveries of one part.
class owed_row {
public:
    /// errc::corrupt. `value` outlives the row.
    static result<owed_row> read(std::string_view value, std::uint32_t part);

    std::uint32_t planned() const { return planned_; }  // deliveries of the whole event
    std::uint32_t first() const { return first_; }      // index of the first here
    std::uint32_t last() const { return last_; }        // one behind the last
    std::size_t bytes_of_one() const { return delivery_bytes_; }
    /// `index` in [first(), last()).
    owed_delivery at(std::uint32_t index) const;

private:
    owed_delivery common_;
    std::uint32_t planned_ = 0;
    std::uint32_t first_ = 0;
    std::uint32_t last_ = 0;
    std::size_t delivery_bytes_ = 0;
    std::string_view deliveries_;
};

}  // namespace baudot::engine
