#include "observe/metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "base/random.hpp"

namespace baudot::observe {
namespace {

using namespace std::chrono_literals;

TEST(metrics, render_in_the_text_format) {
    metrics figures;
    figures.counter("baudot_posts_total", "Posts in.", {{"route", "a\"b"}}).add(3);
    figures.gauge("baudot_waiting", "Waiting.").set(1.5);
    figures.histogram("baudot_delay_seconds", "Delay.", {}, {0.1, 1}).observe(500ms);
    const std::string text = figures.render();
    for (const std::string_view line : {
             ("# HELP baudot_posts_total Posts in.\n# TYPE baudot_posts_total counter\n"
              "baudot_posts_total{route=\"a\\\"b\"} 3\n"),
             "# TYPE baudot_waiting gauge\nbaudot_waiting 1.5\n",
             "baudot_delay_seconds_count 1\nbaudot_delay_seconds_sum 0.5\n",
             "baudot_delay_seconds_bucket{le=\"0.1\"} 0\n",
             "baudot_delay_seconds_bucket{le=\"1\"} 1\n",
             "baudot_delay_seconds_bucket{le=\"+Inf\"} 1\n",
         }) {
        EXPECT_TRUE(text.contains(line)) << line << "\nin\n" << text;
    }
}

TEST(metrics, the_same_name_and_labels_are_the_same_series) {
    metrics figures;
    figures.counter("baudot_x_total", "X.", {{"a", "1"}}).add();
    figures.counter("baudot_x_total", "X.", {{"a", "1"}}).add();
    auto other = figures.counter("baudot_x_total", "X.", {{"a", "2"}});
    EXPECT_EQ(figures.counter("baudot_x_total", "X.", {{"a", "1"}}).value(), 2U);
    EXPECT_EQ(other.value(), 0U);
}

TEST(metrics, a_family_holds_a_bounded_number_of_series) {
    metrics figures(3);
    for (int chat = 0; chat < 10; ++chat) {
        figures.counter("baudot_x_total", "X.", {{"chat", std::to_string(chat)}}).add();
    }
    EXPECT_EQ(figures.counter("baudot_x_total", "X.", {{"chat", "other"}}).value(), 7U);
    EXPECT_EQ(figures.counter("baudot_x_total", "X.", {{"chat", "2"}}).value(), 1U);
    EXPECT_FALSE(figures.render().contains("chat=\"3\""));
}

TEST(metrics, an_update_runs_before_each_render_until_it_is_dropped) {
    metrics figures;
    auto depth = figures.gauge("baudot_depth", "Depth.");
    int calls = 0;
    auto registration = figures.before_render([&] { depth.set(++calls); });
    EXPECT_TRUE(figures.render().contains("baudot_depth 1\n"));
    EXPECT_TRUE(figures.render().contains("baudot_depth 2\n"));
    registration.reset();
    EXPECT_TRUE(figures.render().contains("baudot_depth 2\n"));
}

TEST(metrics, an_unset_handle_counts_nothing) {
    counter nobody;
    nobody.add();
    gauge nothing;
    nothing.set(1);
    nothing.add(1);
    histogram nowhere;
    nowhere.observe(1.0);
    EXPECT_EQ(nobody.value(), 0U);
    EXPECT_EQ(nothing.value(), 0);
    EXPECT_EQ(nowhere.snapshot().count(), 0U);
}

TEST(metrics, updates_of_many_threads_all_count) {
    metrics figures;
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            auto hits = figures.counter("baudot_hits_total", "Hits.");
            auto delay = figures.histogram("baudot_delay_seconds", "Delay.");
            for (int i = 0; i < 1000; ++i) {
                hits.add();
                delay.observe(1ms);
            }
        });
    }
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(figures.render().contains("baudot_hits_total -"));
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(figures.counter("baudot_hits_total", "Hits.").value(), 4000U);
    EXPECT_EQ(figures.histogram("baudot_delay_seconds", "Delay.").snapshot().count(), 4000U);
}

TEST(metrics, a_quantile_lies_in_the_bucket_of_the_true_one) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        random_source random(seed);
        metrics figures;
        auto delay = figures.histogram("baudot_delay_seconds", "Delay.");
        std::vector<double> truth;
        for (int i = 0; i < 1000; ++i) {
            truth.push_back(std::pow(10.0, random.unit() * 6 - 3));  // 1 ms .. 1000 s
            delay.observe(truth.back());
        }
        std::ranges::sort(truth);
        for (const double q : {0.1, 0.5, 0.9, 0.99}) {
            const double exact = truth[static_cast<std::size_t>(q * 1000) - 1];
            const auto& bounds = latency_buckets();
            const auto upper = std::ranges::lower_bound(bounds, exact);
            const double lower = upper == bounds.begin() ? 0 : *(upper - 1);
            const double estimate = delay.snapshot().quantile(q);
            EXPECT_GE(estimate, lower) << "seed " << seed << " q " << q;
            EXPECT_LE(estimate, *upper) << "seed " << seed << " q " << q;
        }
    }
}

TEST(metrics, quantiles_of_an_interval_forget_what_was_before) {
    metrics figures;
    auto delay = figures.histogram("baudot_delay_seconds", "Delay.");
    EXPECT_EQ(delay.snapshot().quantile(0.5), 0);
    for (int i = 0; i < 100; ++i) delay.observe(30min);
    const auto before = delay.snapshot();
    for (int i = 0; i < 10; ++i) delay.observe(3ms);
    const auto interval = delay.snapshot().since(before);
    EXPECT_EQ(interval.count(), 10U);
    EXPECT_NEAR(interval.sum, 0.03, 1e-9);
    EXPECT_LE(interval.quantile(0.99), 0.005);
    delay.observe(2h);
    EXPECT_EQ(delay.snapshot().since(before).quantile(1), 3600) << "beyond the last bound";
}

TEST(metrics, latency_buckets_reach_from_a_millisecond_to_an_hour) {
    EXPECT_EQ(latency_buckets().front(), 0.001);
    EXPECT_EQ(latency_buckets().back(), 3600);
    EXPECT_TRUE(std::ranges::is_sorted(latency_buckets()));
}

TEST(metrics_death, a_name_that_breaks_the_rule_is_a_bug) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    metrics figures;
    EXPECT_DEATH(figures.gauge("other_name", "X."), "baudot_");
    EXPECT_DEATH(figures.counter("baudot_hits", "X."), "_total");
}

}  // namespace
}  // namespace baudot::observe
