#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.hpp"
#include "schedule/admission.hpp"

namespace baudot {

/// What is worth keeping over a restart about one limit.
struct learned_limit {
    double rate = 1;           // calls per second that the limit allows, as far as we know; > 0
    double doubt = 1;          // how far below the rate one is safe, as a share; 1: a mere guess
    double burst = 1;          // calls beyond the rate that passed before a refusal
    double cost = 0;           // seconds from the last refusal to the end of its wait
    std::uint32_t window = 0;  // calls in window_seconds, where the limit counts in windows
    double window_seconds = 0;
    friend bool operator==(const learned_limit&, const learned_limit&) = default;
};

/// That may be risked in an hour (docs/limits.md; ANCHORS.md 1.4).
inline constexpr std::uint8_t refusals_of_bots = 30;

/// An answer that comes sooner was not held by the server (TELEGRAM.md 1.3: whole seconds).
inline constexpr duration held_answer = std::chrono::milliseconds(1500);

/// Whether a learner may begin with it. What it told itself is; what was stored may be damaged.
bool is_plausible(const learned_limit& what);

/// After an idle time the limit may have changed: a tenth less is trusted for each hour.
learned_limit aged(learned_limit what, duration idle);

/// Learns one limit that nobody publishes (of an account, or of a chat) and paces just under it.
///
/// A run goes from the end of one wait to the next refusal. Its pace rises slowly from a little
/// below the estimate to a little above. The refusal tells the rate anew: what the whole run
/// carried, its wait included, is surely allowed, and the pace in the end is not. The surer the
/// estimate, the longer the runs, so that waits cost some 2 % of the time. When no refusal comes
/// where one was due, the ceiling is gone and the pace climbs until there is one again. A limit
/// that twice lets the same number pass in the same time, with different waits, is a window: it is
/// obeyed to the letter and hardly tried again.
///
/// Guarantees: admits nothing before a declared wait is over; where the refusals of an hour are
/// used up, the next run is long enough to earn one. 64 bytes. Owned by one shard.
class limit_learner {
public:
    explicit limit_learner(const learned_limit& known,
                           std::uint8_t refusals_per_hour = refusals_of_bots);

    /// How long a call must wait; zero: it may go now. An ordinary one so long that one for an
    /// urgent one is left, where several may go at once.
    duration wait(time_point now, urgency how = urgency::urgent) const;

    /// A call goes; accepted() or refused() may follow.
    void sent(time_point now);

    /// The call that went was dearer than one, or cheaper; -1: it did not go after all.
    void charge(time_point now, double more);

    /// True: the answer came so late that the server held the call, while calls were as many as
    /// the pace allows: for held_back(). `cost`: of the call, in calls.
    [[nodiscard]] bool accepted(time_point now, time_point sent_at, double cost = 1);

    /// That the server held the call was about this limit: a refusal without a wait.
    void held_back(time_point now, time_point sent_at);
    void refused(time_point now, time_point sent_at, duration wait);

    /// Nothing before `until`; what follows is a new run.
    void hold(time_point until);

    /// Calls came as fast as the pace allows, so a refusal may be about this limit.
    bool is_pressed() const { return is_pressed_; }
    time_point held_until() const { return run_start_; }

    /// It is pressed at a pace at which it refused before.
    bool is_due(time_point now) const;

    /// As good as new since so long, but for what learned() says.
    bool is_idle(time_point now, duration since) const { return due_ + since <= now; }

    learned_limit learned(time_point now) const;
    double refusals_left() const { return refusals_left_; }
    double pace(time_point now) const;  // calls per second

private:
    struct run_end {
        double seconds;  // from the start to the call that was refused
        double waited;   // from then to the end of the wait
        double pace;     // when it was refused
        double carried;  // accepted calls per second, the wait included
        double last_cost;
    };
    struct belief {
        double rate;
        double doubt;
    };

    void begin_first_run(time_point start);
    void begin_run(time_point start, double at_least);
    void end_run(double seconds, double waited);
    bool is_window(const run_end& end);
    belief after_climb(const run_end& end);
    belief after_fall(const run_end& end);
    belief after_rise(const run_end& end);
    double pace_after(double seconds) const;
    double ceiling_gone_at() const;
    void earn_refusals(time_point now);
    duration allowance() const;

    time_point due_ = time_point::min();        // when a burst of calls would be allowed again
    time_point run_start_ = time_point::min();  // no call before it
    float rate_;
    float doubt_;
    float slope_ = 0;  // what the pace gains per second; 0: it climbs, no ceiling is known
    float burst_;
    float cost_;
    float usual_latency_ = 0;
    float refusals_left_;
    float window_seconds_;
    std::uint32_t window_;
    float accepted_ = 0;  // in this run
    std::uint32_t earned_at_ = 0;
    bool is_window_;
    bool is_pressed_ = false;
    std::uint8_t refusals_per_hour_;
};

}  // namespace baudot
