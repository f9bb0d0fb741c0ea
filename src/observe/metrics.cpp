#include "observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

#include "base/assert.hpp"
#include "observe/secrets.hpp"

namespace baudot::observe {
namespace {

bool is_snake_case(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

void check_name(std::string_view name, const labels& with) {
    BAUDOT_ASSERT(name.starts_with("baudot_") && is_snake_case(name),
                  "a metric is named baudot_... in snake_case");
    for (const auto& [key, value] : with) {
        BAUDOT_ASSERT(is_snake_case(key) && key != "le", "a label is named in snake_case");
    }
}

// The families of one type, and how many series each has.
template <class Metric>
class families {
public:
    template <class Builder, class... Arguments>
    Metric* series(Builder builder, prometheus::Registry& registry, std::string_view name,
                   std::string_view help, const labels& with, std::size_t series_max,
                   const Arguments&... arguments) {
        auto found = by_name_.find(name);
        if (found == by_name_.end()) {
            auto& made = builder.Name(std::string(name)).Help(std::string(help)).Register(registry);
            found = by_name_.emplace(std::string(name), family{&made, 0}).first;
        }
        family& mine = found->second;
        prometheus::Labels wanted;
        for (const auto& [key, value] : with) wanted.emplace(key, redact(value));
        if (!mine.all->Has(wanted)) {
            if (mine.series >= series_max) {
                for (auto& [key, value] : wanted) value = "other";
            } else {
                ++mine.series;
            }
        }
        return &mine.all->Add(wanted, arguments...);
    }

private:
    struct family {
        prometheus::Family<Metric>* all;
        std::size_t series;
    };
    std::map<std::string, family, std::less<>> by_name_;
};

}  // namespace

struct metrics::implementation {
    explicit implementation(std::size_t limit) : series_max(limit) {}

    const std::size_t series_max;
    prometheus::Registry registry;

    std::mutex series_mutex;
    families<prometheus::Counter> counters;      // guarded by series_mutex
    families<prometheus::Gauge> gauges;          // guarded by series_mutex
    families<prometheus::Histogram> histograms;  // guarded by series_mutex

    std::mutex update_mutex;
    std::uint64_t next_update = 0;                           // guarded by update_mutex
    std::map<std::uint64_t, std::function<void()>> updates;  // guarded by update_mutex
};

metrics::metrics(std::size_t series_max)
    : implementation_(std::make_unique<implementation>(series_max)) {}

metrics::~metrics() {
    BAUDOT_ASSERT(implementation_->updates.empty(), "an update outlives the metrics");
}

counter metrics::counter(std::string_view name, std::string_view help, labels with) {
    check_name(name, with);
    BAUDOT_ASSERT(name.ends_with("_total"), "a counter's name ends in _total");
    implementation& all = *implementation_;
    const std::lock_guard lock(all.series_mutex);
    return observe::counter(all.counters.series(prometheus::BuildCounter(), all.registry, name,
                                                help, with, all.series_max));
}

gauge metrics::gauge(std::string_view name, std::string_view help, labels with) {
    check_name(name, with);
    implementation& all = *implementation_;
    const std::lock_guard lock(all.series_mutex);
    return observe::gauge(all.gauges.series(prometheus::BuildGauge(), all.registry, name, help,
                                            with, all.series_max));
}

histogram metrics::histogram(std::string_view name, std::string_view help, labels with,
                             const std::vector<double>& upper_bounds) {
    check_name(name, with);
    BAUDOT_ASSERT(std::ranges::is_sorted(upper_bounds), "a histogram's bounds ascend");
    implementation& all = *implementation_;
    const std::lock_guard lock(all.series_mutex);
    return observe::histogram(all.histograms.series(prometheus::BuildHistogram(), all.registry,
                                                    name, help, with, all.series_max,
                                                    upper_bounds));
}

std::shared_ptr<void> metrics::before_render(std::function<void()> update) {
    implementation& all = *implementation_;
    const std::lock_guard lock(all.update_mutex);
    const std::uint64_t id = all.next_update++;
    all.updates.emplace(id, std::move(update));
    return {&all, [id](implementation* from) {
                const std::lock_guard erasing(from->update_mutex);
                from->updates.erase(id);
            }};
}

std::string metrics::render() const {
    {
        const std::lock_guard lock(implementation_->update_mutex);
        for (const auto& [id, update] : implementation_->updates) update();
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, implementation_->registry.Collect());
    return std::move(out).str();
}

void counter::add(std::uint64_t amount) {
    if (to_) to_->Increment(static_cast<double>(amount));
}

std::uint64_t counter::value() const {
    return to_ ? static_cast<std::uint64_t>(to_->Value()) : 0;
}

void gauge::set(double value) {
    if (to_) to_->Set(value);
}

void gauge::add(double amount) {
    if (to_) to_->Increment(amount);
}

double gauge::value() const {
    return to_ ? to_->Value() : 0;
}

void histogram::observe(double value) {
    if (to_) to_->Observe(value);
}

histogram_snapshot histogram::snapshot() const {
    if (!to_) return {};
    const auto collected = to_->Collect().histogram;
    histogram_snapshot out;
    out.sum = collected.sample_sum;
    std::uint64_t below = 0;
    for (const auto& bucket : collected.bucket) {
        out.counts.push_back(bucket.cumulative_count - below);
        below = bucket.cumulative_count;
        out.upper_bounds.push_back(bucket.upper_bound);
    }
    out.upper_bounds.pop_back();  // the last bucket is the infinite one
    return out;
}

}  // namespace baudot::observe
