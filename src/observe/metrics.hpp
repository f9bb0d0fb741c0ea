#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace baudot::observe {

/// The handles below are cheap values: ask once, keep them; an update costs some nanoseconds.
/// They are valid as long as their `metrics`. A default-constructed one counts nothing. Any
/// thread.
class counter {
public:
    counter() = default;
    explicit counter(prometheus::Counter* to) : to_(to) {}
    void add(std::uint64_t amount = 1);
    std::uint64_t value() const;

private:
    prometheus::Counter* to_ = nullptr;
};

class gauge {
public:
    gauge() = default;
    explicit gauge(prometheus::Gauge* to) : to_(to) {}
    void set(double value);
    void add(double amount);
    double value() const;

private:
    prometheus::Gauge* to_ = nullptr;
};

/// What a histogram held at one moment.
struct histogram_snapshot {
    std::vector<double> upper_bounds;   // ascending, of the finite buckets
    std::vector<std::uint64_t> counts;  // per bucket, not cumulative; the last one is infinite
    double sum = 0;

    std::uint64_t count() const;

    /// Estimate by linear interpolation inside the bucket; the highest finite bound when the
    /// quantile is beyond it; 0 when empty. `q` in [0, 1].
    double quantile(double q) const;

    /// What happened since `earlier`, a snapshot of the same histogram.
    histogram_snapshot since(const histogram_snapshot& earlier) const;
};

class histogram {
public:
    histogram() = default;
    explicit histogram(prometheus::Histogram* to) : to_(to) {}
    void observe(double value);
    void observe(duration value) { observe(std::chrono::duration<double>(value).count()); }
    histogram_snapshot snapshot() const;

private:
    prometheus::Histogram* to_ = nullptr;
};

/// Seconds, 1 ms to 1 h, about three per decade.
const std::vector<double>& latency_buckets();

using labels = std::vector<std::pair<std::string, std::string>>;

/// The figures of a process, in Prometheus' terms. Names are `baudot_...` in snake_case, with
/// the unit last (`_seconds`, `_bytes`; counters `_total`): anything else is a bug (asserts).
/// The same name and labels give the same series again.
///
/// Memory is bounded: a family holds at most `series_max` label sets, further ones share one
/// series whose label values are all "other". Label values are redacted.
class metrics {
public:
    explicit metrics(std::size_t series_max = 2000);
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;
    ~metrics();

    observe::counter counter(std::string_view name, std::string_view help, labels with = {});
    observe::gauge gauge(std::string_view name, std::string_view help, labels with = {});
    observe::histogram histogram(std::string_view name, std::string_view help, labels with = {},
                                 const std::vector<double>& upper_bounds = latency_buckets());

    /// Runs before every render(), on its thread, to set figures that are cheaper to ask for
    /// than to follow. Ends when the returned object is destroyed, which waits for a render()
    /// under way. The object must not outlive `metrics`.
    [[nodiscard]] std::shared_ptr<void> before_render(std::function<void()> update);

    /// Prometheus text format 0.0.4. Milliseconds with thousands of series: not for the path of
    /// a message.
    std::string render() const;

private:
    struct implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace baudot::observe
