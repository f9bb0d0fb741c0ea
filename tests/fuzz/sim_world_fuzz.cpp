// Any text as a world file: it is read and built, or refused with a place, in bounded time; and
// JSON means the same as a world file and as a body of the control API.
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

#include "async/virtual_timers.hpp"
#include "base/assert.hpp"
#include "telegram_sim/json_fields.hpp"
#include "telegram_sim/world_builder.hpp"
#include "telegram_sim/world_file.hpp"

namespace {

using namespace baudot;
using namespace baudot::telegram_sim;

struct built {
    result<void> done;
    hash128 history;
};

built build(const boost::json::value& description) {
    boost::asio::io_context io(1);
    virtual_timers timers(io);
    local_telegram telegram(timers, {});
    world_builder builder(telegram, "");
    auto done = builder.build(description);
    telegram.publish();
    return {std::move(done), telegram.in().history_hash()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 4096) return 0;
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto read = read_world_text(text, "w");
    if (!read) {
        BAUDOT_ASSERT(read.error().message.starts_with("w:"), "a mistake has a place");
        return 0;
    }
    const built once = build(*read);
    BAUDOT_ASSERT(once.done || !once.done.error().message.empty(), "a refusal says why");
    const built twice = build(*read);
    BAUDOT_ASSERT(once.history == twice.history, "the same file makes the same world");
    // The tree as JSON is the same world again.
    const std::string json = boost::json::serialize(*read);
    const auto again = parse_json(json);
    BAUDOT_ASSERT(again, "what was read can be written");
    BAUDOT_ASSERT(build(*again).history == once.history, "and makes the same world");
    return 0;
}
