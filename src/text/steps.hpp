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
    virtual applied apply(const transform_input& of, marked_text& to) const = 0;
};

/// One that needs nothing but the post, and always succeeds.
class plain_step : public transform::step {
public:
    applied apply(const transform_input& of, marked_text& to) const final {
        change(of.post, to);
        return {};
    }

private:
    virtual void change(const message& post, marked_text& to) const = 0;
};

using made_step = std::expected<std::shared_ptr<const transform::step>, transform_error>;

/// `place`: of the first value; each further replacement has the next two.
made_step make_step(const replace_step& step, std::uint32_t place);
made_step make_step(const rewrite_step& step, std::uint32_t place);
made_step make_step(const own_links_step& step, std::uint32_t place);
made_step make_step(const script_step& step, std::uint32_t place);

}  // namespace baudot::text
