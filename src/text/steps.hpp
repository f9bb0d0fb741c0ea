#pragma once

#include <expected>
#include <memory>
#include <vector>

#include "text/transform.hpp"

// Private to the module.

namespace baudot::text {

class transform::step {
public:
    virtual ~step() = default;
    virtual void apply(const message& post, marked_text& to) const = 0;
};

using made_step = std::expected<std::shared_ptr<const transform::step>, transform_error>;

/// `place`: of the first value; each further replacement has the next two.
made_step make_step(const replace_step& step, std::uint32_t place);
made_step make_step(const rewrite_step& step, std::uint32_t place);
made_step make_step(const own_links_step& step, std::uint32_t place);

}  // namespace baudot::text
