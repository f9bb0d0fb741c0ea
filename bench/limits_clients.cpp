#include "limits_clients.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "schedule/limit_learner.hpp"

namespace baudot::limits {
namespace {

constexpr double never = 1e12;

/// Our own: the learner of src/schedule, which begins with a guess that knows nothing.
class baudot_client final : public client {
public:
    double next(double now) override {
        const duration wait = learner_.wait(at(now));
        return now + std::chrono::duration<double>(wait).count();
    }
    int send(double now) override {
        learner_.sent(at(now));
        return 0;
    }
    void answer(double now, double sent_at, int, const server_answer& what) override {
        if (what.accepted) {
            if (learner_.accepted(at(now), at(sent_at))) learner_.held_back(at(now), at(sent_at));
        } else {
            learner_.refused(
                at(now), at(sent_at),
                std::chrono::duration_cast<duration>(std::chrono::duration<double>(what.wait)));
        }
    }

private:
    static time_point at(double seconds) {
        return time_point{} + std::chrono::hours(1) +
               std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds));
    }
    limit_learner learner_{learned_limit{.rate = 1}};
};

/// grammY's auto-retry: each of some workers repeats its own call after its own wait.
class auto_retry final : public client {
public:
    explicit auto_retry(std::size_t workers) : free_at_(workers, 0.0) {}
    double next(double now) override { return std::max(now, *soonest()); }
    int send(double) override {
        const auto worker = soonest();
        *worker = never;
        return static_cast<int>(worker - free_at_.begin());
    }
    void answer(double now, double, int number, const server_answer& what) override {
        free_at_[static_cast<std::size_t>(number)] = now + (what.accepted ? 0 : what.wait);
    }

private:
    std::vector<double>::iterator soonest() {
        return std::min_element(free_at_.begin(), free_at_.end());
    }
    std::vector<double> free_at_;
};

/// What the others share: a pace of their own, and nothing is sent while a declared wait lasts.
class obedient : public client {
public:
    double next(double now) override { return std::max({now, held_until_, due(now)}); }
    int send(double now) override {
        spend(now);
        return 0;
    }
    void answer(double now, double sent_at, int, const server_answer& what) override {
        if (!what.accepted) held_until_ = std::max(held_until_, now + what.wait + grace());
        learn(now, sent_at, what.accepted);
    }

protected:
    virtual double due(double now) = 0;
    virtual void spend(double now) = 0;
    virtual double grace() const { return 0; }
    virtual void learn(double /*now*/, double /*sent_at*/, bool /*accepted*/) {}

private:
    double held_until_ = 0;
};

/// grammY's transformer-throttler, evenly spaced: 30 a second for the bot, 20 a minute for a group.
class fixed_rate final : public obedient {
public:
    explicit fixed_rate(bool is_group) : interval_(is_group ? 3.0 : 1.0 / 30) {}

private:
    double due(double) override { return due_; }
    void spend(double now) override { due_ = std::max(now, due_) + interval_; }
    double interval_;
    double due_ = 0;
};

/// python-telegram-bot's AIORateLimiter: leaky buckets of 30 per second and, for groups, of 20 per
/// minute; a refusal halts everything for its wait and a tenth of a second.
class aio_rate_limiter final : public obedient {
public:
    explicit aio_rate_limiter(bool is_group) : all_(30, 1), group_(20, 60), is_group_(is_group) {}

private:
    struct leaky_bucket {
        leaky_bucket(double size, double period) : size(size), leak(size / period) {}
        double due(double now) const {
            return now + std::max(0.0, (level - leak * (now - at) + 1 - size) / leak);
        }
        void spend(double now) {
            level = std::max(0.0, level - leak * (now - at)) + 1;
            at = now;
        }
        double size, leak, level = 0, at = 0;
    };
    double due(double now) override {
        return is_group_ ? std::max(all_.due(now), group_.due(now)) : all_.due(now);
    }
    void spend(double now) override {
        all_.spend(now);
        if (is_group_) group_.spend(now);
    }
    double grace() const override { return 0.1; }
    leaky_bucket all_, group_;
    bool is_group_;
};

/// Additive increase of one per second and second, half after a refusal.
class aimd final : public obedient {
    double due(double) override { return due_; }
    void spend(double now) override {
        rate_ = std::min(1000.0, rate_ + std::min(1.0, now - grown_at_));
        grown_at_ = now;
        due_ = std::max(due_, now) + 1 / rate_;
    }
    void learn(double now, double sent_at, bool accepted) override {
        if (accepted || sent_at < cut_at_) return;
        rate_ = std::max(0.05, rate_ / 2);
        cut_at_ = now;
    }
    double rate_ = 1, due_ = 0, grown_at_ = 0, cut_at_ = -1;
};

/// The AWS SDK's adaptive mode: a measured rate, and CUBIC around it; with obedience added.
class aws_adaptive final : public obedient {
    double due(double now) override {
        if (!throttled_) return now + (unanswered_ < 50 ? 0 : never);
        refill(now);
        return tokens_ >= 1 ? now : now + (1 - tokens_) / fill_;
    }
    void spend(double now) override {
        refill(now);
        if (throttled_) tokens_ -= 1;
        ++unanswered_;
    }
    void learn(double now, double, bool accepted) override {
        --unanswered_;
        measure(now);
        double rate = 0;
        if (!accepted) {
            const double used = throttled_ ? std::min(measured_, fill_) : measured_;
            last_max_ = used;
            time_window_ = std::cbrt(last_max_ * (1 - beta) / scale);
            last_throttle_ = now;
            throttled_ = true;
            rate = used * beta;
        } else {
            rate = scale * std::pow(now - last_throttle_ - time_window_, 3) + last_max_;
        }
        refill(now);
        fill_ = std::max(0.5, std::min(rate, 2 * measured_));
        capacity_ = std::max(1.0, fill_);
        tokens_ = std::min(tokens_, capacity_);
    }
    void measure(double now) {
        ++count_;
        const double bucket = std::floor(now * 2) / 2;
        if (bucket <= last_bucket_) return;
        measured_ = 0.8 * count_ / (bucket - last_bucket_) + 0.2 * measured_;
        count_ = 0;
        last_bucket_ = bucket;
    }
    void refill(double now) {
        tokens_ = std::min(capacity_, tokens_ + (now - refilled_at_) * fill_);
        refilled_at_ = now;
    }
    static constexpr double beta = 0.7;
    static constexpr double scale = 0.4;
    bool throttled_ = false;
    int unanswered_ = 0;
    int count_ = 0;
    double measured_ = 0, last_bucket_ = 0, last_max_ = 0, time_window_ = 0, last_throttle_ = 0;
    double fill_ = 0.5, capacity_ = 1, tokens_ = 0, refilled_at_ = 0;
};

template <class Client, class... Arguments>
std::function<std::unique_ptr<client>(bool)> always(Arguments... arguments) {
    return [=](bool) { return std::make_unique<Client>(arguments...); };
}

template <class Client>
std::function<std::unique_ptr<client>(bool)> by_chat() {
    return [](bool is_group) { return std::make_unique<Client>(is_group); };
}

}  // namespace

std::vector<client_kind> client_kinds() {
    return {{"baudot", always<baudot_client>()},
            {"fixed rate", by_chat<fixed_rate>()},
            {"auto-retry, 3 workers", always<auto_retry>(std::size_t{3})},
            {"auto-retry, 50 workers", always<auto_retry>(std::size_t{50})},
            {"AIORateLimiter", by_chat<aio_rate_limiter>()},
            {"AWS adaptive", always<aws_adaptive>()},
            {"AIMD", always<aimd>()}};
}

}  // namespace baudot::limits
