#include "model/codec.hpp"

#include <events.pb.h>
#include <utility>

#include "model/wire.hpp"

namespace baudot {
namespace {

// Reused: its strings and vectors keep their memory, so that the next event costs no
// allocation inside protobuf. What one huge event grew is given back, or a rare rule set of
// megabytes would stay in every thread for ever.
constexpr std::size_t keep_up_to = std::size_t{64} << 10;

template <class Wire>
class reused {
public:
    Wire& fresh() {
        value_.Clear();
        return value_;
    }
    void used(std::size_t bytes) {
        if (bytes > keep_up_to) value_ = Wire();
    }

private:
    Wire value_;
};

template <class Wire>
reused<Wire>& scratch() {
    static thread_local reused<Wire> instance;
    return instance;
}

template <class Value>
void append(const Value& value, std::string& bytes) {
    auto& holder = scratch<wire_of<Value>>();
    auto& wire = holder.fresh();
    to_wire(value, wire);
    const std::size_t size = wire.ByteSizeLong();
    const std::size_t before = bytes.size();
    bytes.resize(before + size);
    wire.SerializeWithCachedSizesToArray(
        reinterpret_cast<google::protobuf::uint8*>(bytes.data() + before));
    holder.used(size);
}

template <class Value>
result<event> parse(std::string_view bytes) {
    auto& holder = scratch<wire_of<Value>>();
    auto& wire = holder.fresh();
    if (bytes.size() > max_event_bytes ||
        !wire.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return fail(errc::corrupt, "an event of " + std::to_string(bytes.size()) +
                                       " bytes is not what its type says");
    }
    Value value;
    const bool known = from_wire(wire, value);
    holder.used(bytes.size());
    if (!known) {
        return fail(errc::unsupported_version,
                    "an event holds a value of a newer program: run that program, or a newer one");
    }
    return event(std::move(value));
}

}  // namespace

event_type type_of(const event& value) noexcept {
    struct visitor {
        event_type operator()(const update_received&) { return event_type::update_received; }
        event_type operator()(const deliveries_planned&) { return event_type::deliveries_planned; }
        event_type operator()(const deliveries_started&) { return event_type::deliveries_started; }
        event_type operator()(const deliveries_settled&) { return event_type::deliveries_settled; }
        event_type operator()(const hold_set&) { return event_type::hold_set; }
        event_type operator()(const rules_changed&) { return event_type::rules_changed; }
        event_type operator()(const chat_migrated&) { return event_type::chat_migrated; }
        event_type operator()(const dead_letters_dropped&) {
            return event_type::dead_letters_dropped;
        }
        event_type operator()(const limit_learned&) { return event_type::limit_learned; }
        event_type operator()(const post_waits&) { return event_type::post_waits; }
    };
    return std::visit(visitor{}, value);
}

void encode(const event& value, std::string& bytes) {
    std::visit([&bytes](const auto& held) { append(held, bytes); }, value);
}

result<event> decode_event(event_type type, std::string_view bytes) {
    switch (type) {
        case event_type::update_received: return parse<update_received>(bytes);
        case event_type::deliveries_planned: return parse<deliveries_planned>(bytes);
        case event_type::deliveries_started: return parse<deliveries_started>(bytes);
        case event_type::deliveries_settled: return parse<deliveries_settled>(bytes);
        case event_type::hold_set: return parse<hold_set>(bytes);
        case event_type::rules_changed: return parse<rules_changed>(bytes);
        case event_type::chat_migrated: return parse<chat_migrated>(bytes);
        case event_type::dead_letters_dropped: return parse<dead_letters_dropped>(bytes);
        case event_type::limit_learned: return parse<limit_learned>(bytes);
        case event_type::post_waits: return parse<post_waits>(bytes);
    }
    return fail(errc::unsupported_version,
                "event type " + std::to_string(std::to_underlying(type)) +
                    " is of a newer program: run that program, or a newer one");
}

}  // namespace baudot
