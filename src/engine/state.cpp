#include "engine/state.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/assert.hpp"
#include "base/byte_io.hpp"
#include "intake/sighting.hpp"

namespace baudot::engine {
namespace {

// Rows of the store that the engine owns (docs/formats.md). Rows of `pending` begin with a byte
// that says what waits at that position: a post without a plan, or a plan (the ledger's value).
constexpr std::uint8_t unplanned_row = 0;
constexpr std::uint8_t ledger_row = 1;
constexpr std::uint8_t copy_row_version = 1;
constexpr std::uint8_t fate_planned = 0xFF;

const std::string rules_key = "rules_fingerprint";

std::string position_key(sequence position) {
    std::string key;
    put_ordered(key, position);
    return key;
}

result<sequence> parse_position(std::string_view key) {
    if (key.size() != sizeof(sequence))
        return fail(errc::corrupt, "store: a key of the family pending cannot be read");
    return sequence{load_big_endian<std::uint64_t>(key.data())};
}

std::string hold_key(account_id account, chat_id chat) {
    std::string key;
    put(key, account);
    put(key, chat);
    return key;
}

template <class Value>
std::string bytes_of(Value value) {
    std::string bytes;
    put(bytes, value);
    return bytes;
}

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
    if (!whole || version != copy_row_version) {
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

std::size_t bytes_in_memory(const update& what) {
    const message& of = what.content;
    std::size_t bytes = sizeof what + of.text.text.size() + of.chat_title.size();
    bytes += of.text.entities.size() * sizeof(message_entity);
    if (of.media) bytes += of.media->file_id.size() + of.media->file_name.size();
    return bytes;
}

result<void> state::apply(sequence position, const event& what) {
    BAUDOT_ASSERT(position > position_, "events are applied once and in order");
    result<void> applied =
        std::visit([&](const auto& each) { return apply_one(position, each); }, what);
    if (applied) position_ = position;
    return applied;
}

result<void> state::apply_one(sequence position, const update_received& what) {
    const update_id next{std::to_underlying(what.what.id) + 1};
    cursors_[what.what.account] = next;
    rows_.put(store::family::cursors, bytes_of(what.what.account), bytes_of(next));
    if (what.what.kind == update_kind::other) return {};

    const std::string key = intake::source_key(what.what);
    const auto stored = rows_.get(store::family::seen, key);
    if (!stored) return std::unexpected(stored.error());
    std::optional<intake::sighting> known;
    if (*stored) {
        const auto decoded = intake::decode_sighting(**stored);
        if (!decoded) return std::unexpected(decoded.error());
        known = *decoded;
    }
    const intake::verdict verdict = intake::judge(what.what, known);
    if (verdict.what == intake::news::twice || verdict.what == intake::news::none) return {};
    rows_.put(store::family::seen, key, intake::encode(*known));
    if (verdict.what != intake::news::post) return {};

    std::string row(1, static_cast<char>(unplanned_row));
    put(row, verdict.version);
    rows_.put_new(store::family::pending, position_key(position), std::move(row));
    const std::size_t bytes = bytes_in_memory(what.what);
    const bool is_kept = unplanned_bytes_ + bytes <= unplanned_bytes_max_;
    if (is_kept) unplanned_bytes_ += bytes;
    unplanned_.push_back(
        {position, verdict.version, is_kept ? std::make_unique<const update>(what.what) : nullptr});
    return {};
}

void state::pass_unplanned() {
    BAUDOT_ASSERT(!unplanned_.empty(), "there is a post to pass");
    const unplanned_post& passed = unplanned_.front();
    rows_.erase(store::family::pending, position_key(passed.position));
    if (passed.what) unplanned_bytes_ -= bytes_in_memory(*passed.what);
    unplanned_.pop_front();
}

result<void> state::apply_one(sequence position, const deliveries_planned& what) {
    const auto fate = [this](const dispatch::ledger::entry& of, const settlement& ended) {
        note_fate(of, ended);
    };
    const bool is_new = owed_.planned(position, what, fate);
    if (what.moved_from != sequence{0}) return {};
    // Plans are made in order of arrival: whatever stands before the cause had no route.
    while (!unplanned_.empty() && unplanned_.front().position <= what.cause) pass_unplanned();
    if (!is_new) return {};
    for (std::uint32_t index = 0; index < what.deliveries.size(); ++index) {
        const planned_delivery& each = what.deliveries[index];
        if (each.why != reject_class::none) continue;
        rows_.put(store::family::copies, copy_key(what.source, what.message, each.id),
                  encode(copy_row{.delivery = {position, index},
                                  .fate = std::nullopt,
                                  .destination = each.destination,
                                  .sender = each.sender,
                                  .route = what.route}));
    }
    if (listener_.planned) listener_.planned(position, what);
    return {};
}

result<void> state::apply_one(sequence, const deliveries_started& what) {
    owed_.started(what);
    return {};
}

result<void> state::apply_one(sequence, const deliveries_settled& what) {
    owed_.settled(what, [this](const dispatch::ledger::entry& of, const settlement& fate) {
        note_fate(of, fate);
    });
    return {};
}

void state::note_fate(const dispatch::ledger::entry& of, const settlement& fate) {
    const dispatch::ledger::delivery& each = of.deliveries[fate.delivery.index];
    rows_.put(store::family::copies, copy_key(of.source, of.message, each.id),
              encode(copy_row{.delivery = fate.delivery,
                              .fate = fate.kind,
                              .destination = each.destination,
                              .sender = each.sender,
                              .copy = fate.message,
                              .why = fate.why,
                              .route = owed_.route_name(of)}));
    if (listener_.fate) listener_.fate(of, fate);
}

result<void> state::apply_one(sequence, const hold_set& what) {
    std::int64_t& until = holds_[{what.account, what.chat}];
    until = std::max(until, what.until);
    rows_.put(store::family::holds, hold_key(what.account, what.chat), bytes_of(until));
    return {};
}

result<void> state::apply_one(sequence, const rules_changed& what) {
    rules_fingerprint_ = what.fingerprint;
    rows_.put(store::family::meta, rules_key, what.fingerprint);
    return {};
}

result<void> state::apply_one(sequence, const chat_migrated& what) {
    migrated_[what.from] = what.to;
    rows_.put(store::family::chats, "migrated:" + bytes_of(what.from), bytes_of(what.to));
    return {};
}

result<void> state::commit() {
    owed_.take_changes([this](sequence position, const std::string* value) {
        std::string key = position_key(position);
        if (!value) {
            rows_.erase(store::family::pending, std::move(key));
        } else {
            rows_.put(store::family::pending, std::move(key),
                      std::string(1, static_cast<char>(ledger_row)) + *value);
        }
    });
    return rows_.commit(position_);
}

sequence state::needed_from() const {
    sequence needed{std::to_underlying(below_.position()) + 1};
    const sequence owed = owed_.oldest();
    if (owed != sequence{0}) needed = std::min(needed, owed);
    if (has_unplanned()) needed = std::min(needed, unplanned_.front().position);
    return needed;
}

void state::drop_holds_before(std::int64_t now) {
    for (auto hold = holds_.begin(); hold != holds_.end();) {
        if (hold->second > now) {
            ++hold;
            continue;
        }
        rows_.erase(store::family::holds, hold_key(hold->first.first, hold->first.second));
        hold = holds_.erase(hold);
    }
}

update_id state::cursor(account_id account) const {
    const auto found = cursors_.find(account);
    return found == cursors_.end() ? update_id{0} : found->second;
}

result<bool> state::is_known(chat_id source, message_id message, const delivery_id& id) const {
    const auto row = rows_.get(store::family::copies, copy_key(source, message, id));
    if (!row) return std::unexpected(row.error());
    return row->has_value();
}

// A group moves once; a chain longer than that is a mistake of the other side, and ends.
chat_id state::resolve(chat_id chat) const {
    for (int hops = 0; hops < 4; ++hops) {
        const auto found = migrated_.find(chat);
        if (found == migrated_.end()) break;
        chat = found->second;
    }
    return chat;
}

result<void> state::restore() {
    position_ = below_.position();
    if (result<void> meta = restore_meta(); !meta) return meta;
    if (result<void> chats = restore_chats(); !chats) return chats;

    result<void> outcome;
    const auto row = [&](std::string_view key, std::string_view value) {
        const result<sequence> position = parse_position(key);
        if (!position || value.empty()) {
            outcome = fail(errc::corrupt, "store: a row of the family pending cannot be read");
            return false;
        }
        if (value.front() == static_cast<char>(unplanned_row)) {
            byte_reader reader(value.substr(1));
            unplanned_post post{.position = *position, .what = nullptr};
            reader.take(post.version);
            unplanned_.push_back(std::move(post));
        } else {
            outcome = owed_.restore(*position, value.substr(1));
        }
        return outcome.has_value();
    };
    if (result<void> scanned = below_.scan(store::family::pending, "", "", row); !scanned) {
        return scanned;
    }
    return outcome;
}

result<void> state::restore_meta() {
    auto fingerprint = below_.get(store::family::meta, rules_key);
    if (!fingerprint) return std::unexpected(fingerprint.error());
    rules_fingerprint_ = std::move(*fingerprint).value_or("");
    return below_.scan(store::family::cursors, "", "", [&](auto key, auto value) {
        account_id account{};
        update_id next{};
        if (byte_reader(key).take(account) && byte_reader(value).take(next)) {
            cursors_[account] = next;
        }
        return true;
    });
}

result<void> state::restore_chats() {
    constexpr std::string_view migrated = "migrated:";
    const auto moved = [&](std::string_view key, std::string_view value) {
        chat_id from{}, to{};
        if (byte_reader(key.substr(migrated.size())).take(from) && byte_reader(value).take(to)) {
            migrated_[from] = to;
        }
        return true;
    };
    if (auto scanned = below_.scan(store::family::chats, migrated, "migrated;", moved); !scanned) {
        return scanned;
    }
    return below_.scan(store::family::holds, "", "", [&](auto key, auto value) {
        byte_reader reader(key);
        account_id account{};
        chat_id chat{};
        std::int64_t until = 0;
        if (reader.take(account) && reader.take(chat) && byte_reader(value).take(until)) {
            holds_[{account, chat}] = until;
        }
        return true;
    });
}

}  // namespace baudot::engine
