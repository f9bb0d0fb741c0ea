#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/message.hpp"
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

/// The steps of a route, or of one destination, made ready: patterns compiled, HTML read. Immutable
/// and cheap to copy; apply() is a function of its arguments, on any threads at once.
class transform {
public:
    class step;  // one of them, in the .cpp files of this module

    transform() = default;  // leaves everything as it is

    static std::expected<transform, std::vector<transform_error>> compile(
        const transform_steps& steps);

    bool is_empty() const { return steps_.empty(); }

    /// `to` is the text or caption of `post`, or what another transform made of it. False: it grew
    /// beyond text_bytes_max, and is of no use.
    bool apply(const message& post, marked_text& to) const;

    /// One step after the other.
    std::size_t size() const { return steps_.size(); }
    bool apply_step(std::size_t step, const message& post, marked_text& to) const;

private:
    std::vector<std::shared_ptr<const step>> steps_;
};

}  // namespace baudot::text
