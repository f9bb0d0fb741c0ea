#pragma once

#include "observe/log.hpp"
#include "rewriting/desk.hpp"
#include "text/transform.hpp"

namespace baudot::app {

/// What steps of transforms ask is asked of external APIs. On one shard only.
class api_world final : public text::outside {
public:
    /// `desk` outlives this.
    api_world(rewriting::desk& desk, observe::logger log);

    /// A text that an API did not give back is in the log, with its route and its post.
    text::applied rewrite(const rewrite_request& what, const text::transform_input& of,
                          text::marked_text& to) override;

private:
    rewriting::desk& desk_;
    observe::logger log_;
};

}  // namespace baudot::app
