#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "model/event.hpp"

namespace baudot::engine {

/// A row of the `copies` family: what became of one delivery of a source message. A delivery has
/// one from its fate on; one that is owed stands in `pending`.
struct copy_row {
    delivery_ref delivery;
    std::optional<outcome_kind> fate;  // empty: planned again, or planned by an older program
    chat_id destination{};
    account_id sender{};
    message_id copy{};  // delivered: its id in the destination
    reject_class why = reject_class::none;
    std::string route;

    friend bool operator==(const copy_row&, const copy_row&) = default;
};

std::string encode(const copy_row& what);

/// errc::corrupt.
result<copy_row> decode_copy_row(std::string_view value);

std::string copy_key(chat_id source, message_id message, const delivery_id& id);

}  // namespace baudot::engine
