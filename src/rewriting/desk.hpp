#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/timer_service.hpp"
#include "base/error.hpp"
#include "http/client.hpp"
#include "model/rewrite.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "rewriting/question.hpp"
#include "text/marked_text.hpp"

namespace baudot::rewriting {

struct reply {
    enum class state : std::uint8_t {
        answered,  // `text` is the answer; all of it is body now
        waiting,   // ask again after on_news
        failed,    // `reason`, a sentence without secrets; what then is the caller's to decide
    };
    state is = state::waiting;
    text::marked_text text{};
    std::string reason{};
};

/// Asks external APIs for texts, in the background.
///
/// Each API has calls at once, a deadline for each call, a breaker, a cache and a queue of its own:
/// one that is slow or dead costs the others nothing. Nothing here survives a restart: who still
/// wants an answer asks again.
///
/// How a question ends: with an answer; failed after three wrong answers to this text; failed when
/// the API could not be had three times or for three timeouts (on_failure pass, skip), or until
/// hold_at_most is over (hold). A failure is kept for a minute, then the question counts as new.
/// A question that nobody asked for in a minute and a half is forgotten; news come before.
///
/// On one shard only.
class desk {
public:
    virtual ~desk() = default;

    /// Never blocks and never calls on_news. An API that is not configured, and a text above
    /// text_bytes_max: failed. A text in which there is nothing to translate is its own answer.
    virtual reply find(const question& asked) = 0;

    /// `news` runs on the shard's loop, not inside of find(), whenever a reply may differ from the
    /// last one. It must not throw. Replaces the one before.
    virtual void on_news(std::function<void()> news) = 0;

    /// Cancels what is under way and waits for it. Afterwards whatever is not known yet waits for
    /// ever. To be called before the desk is destroyed.
    virtual boost::asio::awaitable<void> stop() = 0;
};

using connect_function = std::function<result<std::unique_ptr<http::exchange>>(const text_api&)>;

struct desk_options {
    std::vector<text_api> apis{};
    std::uint64_t seed = 0;        // of the jitter
    connect_function connect{};    // empty: HTTP over TCP
    std::size_t queue_max = 1024;  // questions of one API that are not answered
    std::size_t queue_bytes_max = 8 << 20;
};

/// Each API's key becomes a secret of the log. errc::invalid_argument: see check().
result<std::unique_ptr<desk>> make_desk(const boost::asio::any_io_executor& shard,
                                        timer_service& timers, observe::metrics& figures,
                                        const observe::logger& log, desk_options options);

}  // namespace baudot::rewriting
