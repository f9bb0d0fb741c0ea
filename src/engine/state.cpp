#include "engine/state.hpp"

#include <algorithm>
#include <string_view>

#include "base/assert.hpp"
#include "base/byte_io.hpp"
#include "intake/sighting.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace {

const std::string rules_key = "rules_fingerprint";

// Without a class it is as older programs wrote it.
std::string hold_key(const limit_scope& of) {
    std::string key;
    put(key, of.account);
    put(key, of.chat);
    if (of.methods != method_class::any) put(key, of.methods);
    return key;
}

std::string limit_key(const limit_scope& of) {
    std::string key;
    put_ordered(key, of.account);
    put_ordered(key, of.chat);
    put(key, of.methods);
    return key;
}

template <class Value>
std::string bytes_of(Value value) {
    std::string bytes;
    put(bytes, value);
    return bytes;
}

dead_letter letter_of(const owed_delivery& of, const settlement& fate) {
    dead_letter made{.letter = fate.delivery,
                     .died_at = fate.at,
                     .retried_as = {},
                     .fate = fate.kind,
                     .why = fate.why,
                     .description = fate.description,
                     .what = {}};
    if (fate.letter) {
        made.what = *fate.letter;
        planned_delivery& one = made.what.deliveries.front();
        if (one.why == reject_class::none) one.sender = of.sender;  // who had it last
        return made;
    }
    // Of an older program.
    if (made.died_at == 0) made.died_at = of.received_at;
    made.what.source = of.source;
    made.what.message = of.message;
    made.what.route = of.route;
    made.what.on_uncertain = of.policy;
    made.what.received_at = of.received_at;
    made.what.deliveries.push_back(
        {.id = of.id, .destination = of.destination, .sender = of.sender});
    return made;
}

}  // namespace

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
    // After one that was posted it is 0: none known.
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

    rows_.put_new(store::family::pending, encode(pending_key{.position = position}),
                  bytes_of(verdict.version));
    has_more_unplanned_ = has_more_unplanned_ || unplanned_.size() >= unplanned_max_;
    if (has_more_unplanned_) return {};
    unplanned_end_ = position;
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
    rows_.erase(store::family::pending, encode(pending_key{.position = passed.position}));
    if (passed.what) unplanned_bytes_ -= bytes_in_memory(*passed.what);
    unplanned_.pop_front();
}

result<void> state::fetch_unplanned() {
    const bool has_many = !unplanned_.empty() && unplanned_.size() >= unplanned_max_ / 2;
    if (!has_more_unplanned_ || has_many) return {};
    // What is scanned is what the store has.
    if (result<void> committed = is_dirty() ? commit() : result<void>(); !committed) {
        return committed;
    }
    has_more_unplanned_ = false;
    result<void> outcome;
    const auto row = [&](std::string_view key, std::string_view value) {
        const result<pending_key> found = decode_pending_key(key);
        std::uint32_t version = 0;
        if (!found || !byte_reader(value).take(version)) {
            outcome = fail(errc::corrupt, "store: a post without a plan cannot be read");
            return false;
        }
        has_more_unplanned_ = unplanned_.size() >= unplanned_max_;
        if (has_more_unplanned_) return false;
        unplanned_end_ = found->position;
        unplanned_.push_back({found->position, version, nullptr});
        return true;
    };
    const sequence from{std::to_underlying(unplanned_end_) + 1};
    const result<void> scanned =
        below_.scan(store::family::pending, encode(pending_key{.position = from}),
                    encode(pending_key{.is_planned = true}), row);
    return scanned ? outcome : scanned;
}

// Plans are made in order of arrival: whatever stands before the cause had no route. This comes
// before all else that the plan does, because to fetch is to commit.
result<void> state::pass_through(sequence cause) {
    while (has_unplanned()) {
        if (unplanned_.empty()) {
            if (result<void> fetched = fetch_unplanned(); !fetched) return fetched;
            continue;
        }
        if (unplanned_.front().position > cause) break;
        pass_unplanned();
    }
    return {};
}

result<void> state::apply_one(sequence position, const deliveries_planned& what) {
    if (what.moved_from != sequence{0}) {
        owed_.planned(position, what);
        return {};
    }
    if (result<void> passed = pass_through(what.cause); !passed) return passed;
    if (what.retry_of != delivery_ref{}) {
        const result<bool> is_dead = dead_.retried(what.retry_of, position);
        if (!is_dead) return std::unexpected(is_dead.error());
        if (!*is_dead) return {};
    }
    if (result<void> left = waiting_.planned(what); !left) return left;
    if (result<void> marked = posts_.planned(position, what); !marked) return marked;
    const bool is_owed = owed_.planned(position, what);
    put_copies(position, what);
    if (!is_owed) return {};
    put_owed(position, what);
    if (listener_.planned) listener_.planned(position, what);
    return {};
}

// What nobody can deliver ends with its plan. A retry takes back the fate that it had.
void state::put_copies(sequence position, const deliveries_planned& what) {
    for (std::uint32_t index = 0; index < what.deliveries.size(); ++index) {
        const planned_delivery& each = what.deliveries[index];
        if (each.why != reject_class::none) {
            end(describe(what, index), {.delivery = {position, index},
                                        .kind = outcome_kind::rejected,
                                        .message = {},
                                        .why = each.why,
                                        .description = {},
                                        .at = what.received_at,
                                        .letter = cut_out(what, index)});
        } else if (what.retry_of != delivery_ref{}) {
            rows_.put(store::family::copies, copy_key(what.source, what.message, each.id),
                      encode(copy_row{.delivery = {position, index},
                                      .fate = std::nullopt,
                                      .destination = each.destination,
                                      .sender = each.sender,
                                      .route = what.route}));
        }
    }
}

void state::put_owed(sequence position, const deliveries_planned& what) {
    const auto count = static_cast<std::uint32_t>(what.deliveries.size());
    for (std::uint32_t part = 0; part * deliveries_per_row < count; ++part) {
        const std::uint32_t first = part * deliveries_per_row;
        if (!owed_.owes(position, first, first + deliveries_per_row)) continue;
        rows_.put_new(store::family::pending, encode(pending_key{true, position, part + 1}),
                      encode_owed_row(what, part));
    }
}

result<void> state::apply_one(sequence, const deliveries_settled& what) {
    result<void> outcome;
    owed_.settled(what, [&](const settlement& fate) {
        if (outcome) outcome = end(fate);
    });
    return outcome;
}

result<owed_delivery> state::find_owed(const delivery_ref& ref) {
    const pending_key where = row_of(ref);
    const std::string key = encode(where);
    const auto delivery_in = [&](std::string_view value) -> result<owed_delivery> {
        const auto row = owed_row::read(value, where.row - 1);
        if (!row) return std::unexpected(row.error());
        if (ref.index < row->last()) return row->at(ref.index);
        return fail(errc::corrupt, "store: a delivery has no row");
    };
    if (const std::string* known = owed_rows_.find(key)) return delivery_in(*known);
    auto value = rows_.get(store::family::pending, key);
    if (!value) return std::unexpected(value.error());
    if (!*value) return fail(errc::corrupt, "store: what is owed has no row");
    auto found = delivery_in(**value);
    const std::uint32_t first = (where.row - 1) * deliveries_per_row;
    const bool is_asked_again = owed_.owes(ref.planned, first, first + deliveries_per_row);
    if (found && is_asked_again) owed_rows_.keep(key, **std::move(value));
    return found;
}

result<void> state::end(const settlement& fate) {
    const result<owed_delivery> of = find_owed(fate.delivery);
    if (!of) return std::unexpected(of.error());
    const std::uint32_t first = fate.delivery.index / deliveries_per_row * deliveries_per_row;
    if (!owed_.owes(fate.delivery.planned, first, first + deliveries_per_row)) {
        std::string key = encode(row_of(fate.delivery));
        owed_rows_.forget(key);
        rows_.erase(store::family::pending, std::move(key));
    }
    end(*of, fate);
    return {};
}

void state::end(const owed_delivery& of, const settlement& fate) {
    rows_.put(store::family::copies, copy_key(of.source, of.message, of.id),
              encode(copy_row{.delivery = fate.delivery,
                              .fate = fate.kind,
                              .destination = of.destination,
                              .sender = of.sender,
                              .copy = fate.message,
                              .why = fate.why,
                              .route = of.route}));
    if (is_dead(fate.kind)) dead_.add(letter_of(of, fate));
    if (listener_.fate) listener_.fate(of, fate);
}

result<void> state::apply_one(sequence, const hold_set& what) {
    const limit_scope of{what.account, what.chat, what.methods};
    std::int64_t& until = holds_[of];
    until = std::max(until, what.until);
    rows_.put(store::family::holds, hold_key(of), bytes_of(until));
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

result<void> state::apply_one(sequence, const dead_letters_dropped& what) {
    for (const delivery_ref& each : what.letters) {
        if (result<void> dropped = dead_.drop(each); !dropped) return dropped;
    }
    return {};
}

result<void> state::apply_one(sequence, const limit_learned& what) {
    std::string key = limit_key({what.account, what.chat, what.methods});
    if (what.rate <= 0) {
        rows_.erase(store::family::limits, std::move(key));
        return {};
    }
    std::string value;
    encode(what, value);
    rows_.put(store::family::limits, std::move(key), std::move(value));
    return {};
}

// Its post has its plan, as far as there is one now.
result<void> state::apply_one(sequence, const post_waits& what) {
    if (what.what) {
        if (result<void> passed = pass_through(what.cause); !passed) return passed;
    }
    return waiting_.apply(what);
}

result<std::optional<limit_learned>> state::limit(const limit_scope& of) const {
    const auto row = rows_.get(store::family::limits, limit_key(of));
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::nullopt;
    auto read = decode_event(event_type::limit_learned, **row);
    if (!read) return std::unexpected(read.error());
    return std::get<limit_learned>(*read);
}

result<void> state::commit() {
    owed_.take_changes([this](sequence position, const std::string* progress) {
        std::string key = encode(pending_key{.is_planned = true, .position = position});
        if (progress) {
            rows_.put(store::family::pending, std::move(key), *progress);
        } else {
            rows_.erase(store::family::pending, std::move(key));
        }
    });
    return rows_.commit(position_);
}

sequence state::needed_from() const {
    sequence needed{std::to_underlying(below_.position()) + 1};
    const sequence owed = owed_.oldest();
    if (owed != sequence{0}) needed = std::min(needed, owed);
    if (!unplanned_.empty()) {
        needed = std::min(needed, unplanned_.front().position);
    } else if (has_more_unplanned_) {
        needed = std::min(needed, sequence{std::to_underlying(unplanned_end_) + 1});
    }
    return needed;
}

void state::drop_holds(const std::function<bool(const limit_scope&)>& is_over) {
    for (auto hold = holds_.begin(); hold != holds_.end();) {
        if (!is_over(hold->first)) {
            ++hold;
            continue;
        }
        rows_.erase(store::family::holds, hold_key(hold->first));
        hold = holds_.erase(hold);
    }
}

update_id state::cursor(account_id account) const {
    const auto found = cursors_.find(account);
    return found == cursors_.end() ? update_id{0} : found->second;
}

result<message_id> state::copy_of(const delivery_key& key) const {
    const auto row =
        rows_.get(store::family::copies, copy_key(key.source, key.message, make_delivery_id(key)));
    if (!row) return std::unexpected(row.error());
    if (!*row) return message_id{};
    const auto read = decode_copy_row(**row);
    if (!read) return std::unexpected(read.error());
    return read->fate == outcome_kind::delivered ? read->copy : message_id{};
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

result<void> state::restore(const owed_visitor& owes) {
    position_ = below_.position();
    if (result<void> meta = restore_meta(); !meta) return meta;
    if (result<void> posts = posts_.restore(position_ == sequence{0}); !posts) return posts;
    if (result<void> chats = restore_chats(); !chats) return chats;
    if (result<void> letters = dead_.restore(); !letters) return letters;
    has_more_unplanned_ = true;  // as far as is known
    if (result<void> posts = waiting_.restore(); !posts) return posts;
    if (result<void> posts = fetch_unplanned(); !posts) return posts;
    return restore_pending(owes);
}

result<void> state::restore_pending(const owed_visitor& owes) {
    stored_progress progress;
    result<void> outcome;
    const auto row = [&](std::string_view key, std::string_view value) {
        const result<pending_key> found = decode_pending_key(key);
        outcome =
            found ? restore_owed(*found, value, progress, owes) : std::unexpected(found.error());
        return outcome.has_value();
    };
    const std::string from = encode(pending_key{.is_planned = true});
    const std::string end(1, from.front() + 1);
    const result<void> scanned = below_.scan(store::family::pending, from, end, row);
    return scanned ? outcome : scanned;
}

// Its progress stands before its deliveries, of which only those rows are left that are owed.
result<void> state::restore_owed(const pending_key& key, std::string_view value,
                                 stored_progress& newest, const owed_visitor& owes) {
    if (key.row == 0) {
        newest = {key.position, std::string(value)};
        return {};
    }
    static const std::string none;
    const auto row = owed_row::read(value, key.row - 1);
    if (!row) return std::unexpected(row.error());
    if (!owed_.owes(key.position)) {
        const std::string& progress = newest.first == key.position ? newest.second : none;
        if (auto known = owed_.restore(key.position, row->planned(), progress); !known) {
            return known;
        }
    }
    for (std::uint32_t index = row->first(); index < row->last(); ++index) {
        const delivery_ref ref{key.position, index};
        if (owed_.find(ref) != dispatch::ledger::state::settled) owes(ref, row->at(index));
    }
    return {};
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
        limit_scope of;
        std::int64_t until = 0;
        if (reader.take(of.account) && reader.take(of.chat) && byte_reader(value).take(until)) {
            if (!reader.take(of.methods)) of.methods = method_class::any;
            if (of.methods <= method_class_last) holds_[of] = until;
        }
        return true;
    });
}

}  // namespace baudot::engine
