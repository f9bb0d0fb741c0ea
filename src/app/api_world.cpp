#include "app/api_world.hpp"

#include <utility>

namespace baudot::app {

using text::applied;

api_world::api_world(rewriting::desk& desk, observe::logger log)
    : desk_(desk), log_(std::move(log)) {}

applied api_world::rewrite(const rewrite_request& what, const text::transform_input& of,
                           text::marked_text& to) {
    rewriting::reply reply = desk_.find({.what = what,
                                         .text = to,
                                         .post = {.route = std::string(of.route),
                                                  .chat = of.post.chat,
                                                  .chat_title = of.post.chat_title,
                                                  .message = of.post.id,
                                                  .date = of.post.date},
                                         .received_at = of.received_at});
    switch (reply.is) {
        case rewriting::reply::state::waiting: return {.is = applied::state::waits};
        case rewriting::reply::state::answered: to = std::move(reply.text); return {};
        case rewriting::reply::state::failed: break;
    }
    const bool passes = what.on_failure == rewrite_failure_policy::pass;
    log_.warning(passes ? "a text goes as it is: its API did not give it back"
                        : "a post does not go: its API did not give its text back",
                 {{"api", what.api},
                  {"route", of.route},
                  {"source", of.post.chat},
                  {"message", of.post.id},
                  {"reason", reply.reason}});
    if (passes) return {};
    return {.is = applied::state::failed, .reason = std::move(reply.reason)};
}

}  // namespace baudot::app
