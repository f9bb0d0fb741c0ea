#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "model/message.hpp"
#include "model/rewrite.hpp"
#include "model/transform.hpp"
#include "text/marked_text.hpp"

namespace baudot::text {

/// What is wrong with a step, for whoever wrote it.
struct transform_error {
    std::uint32_t place = 0;            // of the value, as transform_step::place counts
    std::optional<std::size_t> offset;  // bytes into it
    std::string message;
};

/// Text that grows beyond this in a transform is refused: what a configuration multiplies is
/// bounded.
inline constexpr std::size_t text_bytes_max = 64 << 10;

/// What has a text or a caption, or may have one. Other messages pass every transform as they are.
bool has_text(const message& post) noexcept;

/// What became of a text.
struct applied {
    enum class state : std::uint8_t {
        done,
        too_long,  // it grew beyond text_bytes_max
        waits,     // for an answer that is not there yet: try again when there are news
        failed,    // and the step does not let it pass
    };
    state is = state::done;
    std::string reason{};  // failed: a sentence for people, without secrets
};

struct transform_input;

/// Whom steps ask that cannot do their work alone.
class outside {
public:
    virtual ~outside() = default;

    /// What an external API makes of the text; does not block. done: `to` has the answer, or stays
    /// as it is where the request says that a failure passes. waits, failed: `to` is of no use.
    virtual applied rewrite(const rewrite_request& what, const transform_input& of,
                            marked_text& to) = 0;
};

/// What is transformed. All outlives the call.
struct transform_input {
    const message& post;
    std::string_view route{};  // by which it goes
    wall_time received_at{};
    std::vector<std::string>* troubles = nullptr;  // gets what scripts say that fail; may be null
    outside* world = nullptr;  // null: nobody is asked, and the text stays as it is there
};

/// The steps of a route, or of one destination, made ready: patterns compiled, HTML read. Immutable
/// and cheap to copy; apply() is a function of its arguments and of what the world answers, on any
/// threads at once.
class transform {
public:
    class step;  // one of them, in the .cpp files of this module

    transform() = default;  // leaves everything as it is

    static std::expected<transform, std::vector<transform_error>> compile(
        const transform_steps& steps);

    bool is_empty() const { return steps_.empty(); }

    /// `to` is the text or caption of the post, or what another transform made of it; of use only
    /// when it is done.
    applied apply(const transform_input& of, marked_text& to) const;

    /// One step after the other.
    std::size_t size() const { return steps_.size(); }
    applied apply_step(std::size_t step, const transform_input& of, marked_text& to) const;

private:
    std::vector<std::shared_ptr<const step>> steps_;
};

}  // namespace baudot::text
