#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "async/task_group.hpp"
#include "async/timer_service.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "http/client.hpp"
#include "observe/log.hpp"
#include "observe/metrics.hpp"
#include "rewriting/answer_cache.hpp"
#include "rewriting/desk.hpp"
#include "rewriting/dialogue.hpp"
#include "schedule/breaker.hpp"

namespace baudot::rewriting {

/// What one API needs from its surroundings.
struct line_parts {
    boost::asio::any_io_executor shard;
    timer_service& timers;
    text_api api;
    endpoint where;
    std::unique_ptr<http::exchange> calls;
    std::uint64_t seed = 0;
    std::size_t queue_max = 0;
    std::size_t queue_bytes_max = 0;
    observe::metrics& figures;
    observe::logger log;
    std::function<void()> news;  // may be called from anywhere but find()
};

/// All about one API: its queue, calls, breaker and cache. See desk.
///
///     find() --unknown--> job waits --due, a place free, breaker and API allow--> job is called
///                          ^    |                                                      |
///                          |    +--given up: failed, kept a minute      answered: cache, job gone
///                          +-----------unavailable or wrong, due after a back-off------+
///
/// On one shard only.
class api_line {
public:
    explicit api_line(line_parts parts);

    reply find(const question& asked);
    void request_stop();
    boost::asio::awaitable<void> join() { return tasks_.join(); }

private:
    struct job {
        std::string key;            // of the job: also the policy
        std::size_t cache_key = 0;  // bytes of it that are the answer's key
        std::unique_ptr<dialogue> talk;
        rewrite_failure_policy policy = rewrite_failure_policy::hold;
        time_point give_up_at{};
        time_point due{};  // not called before
        time_point asked_at{};
        bool is_reminded = false;  // news came because nobody asked for long
        bool is_called = false;
        std::uint32_t unavailable = 0;
        std::uint32_t wrong = 0;
        std::string trouble{};  // the last one
    };
    using jobs = std::list<job>;
    struct failed_question {
        hash128 key_hash;
        time_point until;
        std::string reason;
    };
    struct series {
        observe::counter answered, unavailable, wrong, failed, hits;
        observe::gauge waiting;
        observe::histogram seconds;
    };

    reply enqueue(const question& asked, std::string key, std::size_t cache_key);
    time_point give_up_time(const question& asked) const;
    void pump();
    void start(jobs::iterator which);
    boost::asio::awaitable<void> call(jobs::iterator which);
    void settle(jobs::iterator which, std::expected<text::marked_text, failure> got,
                std::uint32_t epoch);
    void note_health(const failure* why, std::uint32_t epoch);
    void hold_api(const failure& why);
    bool is_over(const job& which) const;
    time_point next_chance() const;
    void fail(jobs::iterator which);
    void remove(jobs::iterator which);
    void sweep();
    void set_alarm();
    duration back_off(std::uint32_t times);
    std::string_view cache_key_of(const job& of) const {
        return std::string_view(of.key).substr(0, of.cache_key);
    }

    boost::asio::any_io_executor shard_;
    timer_service& timers_;
    text_api api_;
    endpoint where_;
    std::unique_ptr<http::exchange> calls_;
    random_source random_;
    std::size_t queue_max_;
    std::size_t queue_bytes_max_;
    observe::logger log_;
    std::function<void()> news_;
    series figures_;

    answer_cache cache_;
    breaker breaker_;
    bool is_open_ = false;     // the breaker, as last logged
    time_point held_until_{};  // by the API itself
    std::uint32_t busy_in_a_row_ = 0;
    jobs jobs_;  // in the order in which they came
    std::unordered_map<std::string_view, jobs::iterator> places_;
    std::size_t queue_bytes_ = 0;
    std::list<failed_question> failed_;  // the oldest first
    std::uint32_t under_way_ = 0;
    bool is_stopped_ = false;
    std::unique_ptr<alarm> alarm_;
    task_group tasks_;
};

}  // namespace baudot::rewriting
