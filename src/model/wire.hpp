#pragma once

#include "model/event.hpp"

// Values to protobuf messages and back, field by field. Private to the codec.

namespace baudot {

namespace pb {
class UpdateReceived;
class DeliveriesPlanned;
class DeliveriesStarted;
class DeliveriesSettled;
class HoldSet;
class RulesChanged;
class ChatMigrated;
class DeadLettersDropped;
class LimitLearned;
class PostWaits;
}  // namespace pb

template <class Value>
struct wire_type;
template <>
struct wire_type<update_received> {
    using type = pb::UpdateReceived;
};
template <>
struct wire_type<deliveries_planned> {
    using type = pb::DeliveriesPlanned;
};
template <>
struct wire_type<deliveries_started> {
    using type = pb::DeliveriesStarted;
};
template <>
struct wire_type<deliveries_settled> {
    using type = pb::DeliveriesSettled;
};
template <>
struct wire_type<hold_set> {
    using type = pb::HoldSet;
};
template <>
struct wire_type<rules_changed> {
    using type = pb::RulesChanged;
};
template <>
struct wire_type<chat_migrated> {
    using type = pb::ChatMigrated;
};

template <>
struct wire_type<dead_letters_dropped> {
    using type = pb::DeadLettersDropped;
};

template <>
struct wire_type<limit_learned> {
    using type = pb::LimitLearned;
};

template <>
struct wire_type<post_waits> {
    using type = pb::PostWaits;
};

template <class Value>
using wire_of = typename wire_type<Value>::type;

// `wire` is cleared by the caller.
void to_wire(const update_received& value, pb::UpdateReceived& wire);
void to_wire(const deliveries_planned& value, pb::DeliveriesPlanned& wire);
void to_wire(const deliveries_started& value, pb::DeliveriesStarted& wire);
void to_wire(const deliveries_settled& value, pb::DeliveriesSettled& wire);
void to_wire(const hold_set& value, pb::HoldSet& wire);
void to_wire(const rules_changed& value, pb::RulesChanged& wire);
void to_wire(const chat_migrated& value, pb::ChatMigrated& wire);
void to_wire(const dead_letters_dropped& value, pb::DeadLettersDropped& wire);
void to_wire(const limit_learned& value, pb::LimitLearned& wire);
void to_wire(const post_waits& value, pb::PostWaits& wire);

// False: an enumerator or an operation that this program does not know. `value` is default.
bool from_wire(const pb::UpdateReceived& wire, update_received& value);
bool from_wire(const pb::DeliveriesPlanned& wire, deliveries_planned& value);
bool from_wire(const pb::DeliveriesStarted& wire, deliveries_started& value);
bool from_wire(const pb::DeliveriesSettled& wire, deliveries_settled& value);
bool from_wire(const pb::HoldSet& wire, hold_set& value);
bool from_wire(const pb::RulesChanged& wire, rules_changed& value);
bool from_wire(const pb::ChatMigrated& wire, chat_migrated& value);
bool from_wire(const pb::DeadLettersDropped& wire, dead_letters_dropped& value);
bool from_wire(const pb::LimitLearned& wire, limit_learned& value);
bool from_wire(const pb::PostWaits& wire, post_waits& value);

}  // namespace baudot
