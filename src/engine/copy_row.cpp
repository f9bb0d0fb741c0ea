#include "engine/copy_row.hpp"

#include <array>

#include "base/byte_io.hpp"

namespace baudot::engine {
namespace {

constexpr std::uint8_t copy_row_version = 1;
constexpr std::uint8_t fate_planned = 0xFF;

}  // namespace

std::string encode(const copy_row& what) {
    std::string value;
    put(value, copy_row_version);
    put(value, what.delivery.planned);
    put(value, what.delivery.index);
    put(value, what.fate ? std::to_underlying(*what.fate) : fate_planned);
    put(value, what.destination);
    put(value, what.sender);
    put(value, what.copy);
    put(value, what.why);
    value += what.route;
    return value;
}

result<copy_row> decode_copy_row(std::string_view value) {
    byte_reader reader(value);
    std::uint8_t version = 0, fate = 0;
    copy_row what;
    reader.take(version);
    reader.take(what.delivery.planned);
    reader.take(what.delivery.index);
    reader.take(fate);
    reader.take(what.destination);
    reader.take(what.sender);
    reader.take(what.copy);
    const bool whole = reader.take(what.why);
    const bool is_known =
        fate == fate_planned || fate <= std::to_underlying(outcome_kind::not_sent);
    if (!whole || version != copy_row_version || !is_known || what.why > reject_class_last) {
        return fail(errc::corrupt, "store: a value of the family copies cannot be read");
    }
    if (fate != fate_planned) what.fate = static_cast<outcome_kind>(fate);
    what.route = reader.rest();
    return what;
}

std::string copy_key(chat_id source, message_id message, const delivery_id& id) {
    std::string key;
    put_ordered(key, source);
    put_ordered(key, message);
    const std::array<char, 16> bytes = to_bytes(id);
    key.append(bytes.data(), bytes.size());
    return key;
}

}  // namespace baudot::engine
