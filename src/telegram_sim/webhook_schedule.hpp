#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/random.hpp"
#include "base/time.hpp"
#include "telegram_sim/update_queue.hpp"

namespace baudot::telegram_sim {

/// When which update of a queue goes to a webhook, and when it goes again (TELEGRAM.md 2.2).
///
/// Guarantee: of one lane one update is under way, and the next only after a 2xx; other lanes go
/// on beside it, in no order. At most `connections_max` requests at once and twice as many
/// updates looked at. An update that failed goes again at once, then after 2, 4, 8 s and so on up
/// to a random 60 to 120 s, or as Retry-After says, until it expires. Nobody answered for 10 s:
/// one new connection every 2 s, and no second one.
///
/// Pure, as update_queue is. Not thread-safe.
class webhook_schedule {
public:
    webhook_schedule(std::uint64_t seed, std::size_t connections_max)
        : random_(seed), connections_max_(connections_max) {}

    struct delivery {
        std::int64_t update_id = 0;
        std::string body;  // an Update
    };
    /// What goes now. Nothing: ask again at look_again(), after a push and after each answer.
    std::optional<delivery> next(update_queue& from, time_point now);
    /// time_point::max(): nothing waits for time.
    time_point look_again() const noexcept { return look_again_; }

    void delivered(update_queue& from, std::int64_t update_id, time_point now);

    enum class link : unsigned char { kept, lost };
    /// Any other outcome. `retry_after`: of the answer, 0 without one.
    void failed(update_queue& from, std::int64_t update_id, link after, std::int64_t retry_after,
                time_point now);

    std::size_t under_way() const noexcept { return under_way_; }

private:
    struct loaded {
        std::int64_t lane = 0;
        duration delay{};
        int failures = 0;
        time_point expires{};
    };
    struct due {
        time_point at;
        std::int64_t update_id = 0;
        auto operator<=>(const due&) const = default;
    };

    void load(update_queue& from, time_point now);
    bool may_connect(time_point now);
    void finish(std::int64_t update_id, time_point now);

    random_source random_;
    std::size_t connections_max_;

    std::map<std::int64_t, loaded> updates_;
    std::unordered_map<std::int64_t, std::deque<std::int64_t>> lanes_;  // ids; the first is due
    std::set<due> due_;
    std::int64_t cursor_ = 0;
    std::int64_t lonely_ = 0;  // lanes of updates that have none

    std::size_t connections_ = 0;
    std::size_t under_way_ = 0;
    std::optional<time_point> last_success_;
    time_point next_probe_{};
    time_point connects_full_{};  // of new connections while all is well
    time_point look_again_ = time_point::max();
};

}  // namespace baudot::telegram_sim
