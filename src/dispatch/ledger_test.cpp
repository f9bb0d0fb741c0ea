#include "dispatch/ledger.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/random.hpp"

namespace baudot::dispatch {
namespace {

deliveries_planned plan(std::uint32_t destinations) {
    deliveries_planned what;
    what.source = chat_id{-100};
    what.message = message_id{7};
    what.route = "news";
    for (std::uint32_t index = 0; index < destinations; ++index) {
        what.deliveries.push_back({.id = {},
                                   .destination = chat_id{-900 - std::int64_t{index}},
                                   .sender = account_id{1}});
    }
    return what;
}

deliveries_settled settle(sequence planned, std::uint32_t index, outcome_kind kind) {
    deliveries_settled what;
    what.settlements.push_back({.delivery = {planned, index}, .kind = kind, .description = ""});
    return what;
}

/// What the store would hold of a ledger: plans, and the progress of those that have some.
struct rows {
    std::map<sequence, std::uint32_t> counts;
    std::map<sequence, std::string> progress;

    void take(ledger& from) {
        from.take_changes([&](sequence position, const std::string* value) {
            if (value) {
                progress[position] = *value;
            } else {
                EXPECT_EQ(progress.erase(position), 1U) << "only what the store knows";
            }
        });
        std::erase_if(counts, [&](const auto& each) { return !from.owes(each.first); });
    }

    void restore(ledger& to) const {
        for (const auto& [position, count] : counts) {
            const auto found = progress.find(position);
            const auto& known = found == progress.end() ? std::string() : found->second;
            ASSERT_TRUE(to.restore(position, count, known).has_value());
        }
    }
};

TEST(ledger, a_delivery_is_owed_until_it_has_a_fate) {
    ledger tested;
    EXPECT_TRUE(tested.planned(sequence{5}, plan(2)));
    EXPECT_FALSE(tested.planned(sequence{5}, plan(2))) << "a replay may say it again";
    EXPECT_EQ(tested.pending(), 2U);
    EXPECT_EQ(tested.oldest(), sequence{5});

    tested.started({.deliveries = {{sequence{5}, 0}, {sequence{5}, 1}}});
    EXPECT_EQ(tested.started_deliveries().size(), 2U);
    tested.settled(settle(sequence{5}, 0, outcome_kind::refused), nullptr);
    EXPECT_EQ(tested.started_deliveries(), (std::vector<delivery_ref>{{sequence{5}, 1}}));
    EXPECT_EQ(tested.pending(), 2U) << "a refusal undoes the start and is no fate";
    EXPECT_EQ(tested.find({sequence{5}, 0}), ledger::state::tied);

    int fates = 0;
    const auto count = [&](const settlement& fate) {
        EXPECT_FALSE(tested.owes(sequence{5}, fate.delivery.index, fate.delivery.index + 1));
        ++fates;
    };
    tested.settled(settle(sequence{5}, 1, outcome_kind::delivered), count);
    tested.settled(settle(sequence{5}, 1, outcome_kind::delivered), count);
    EXPECT_EQ(fates, 1) << "one fate, however often it is told";
    EXPECT_EQ(tested.pending(), 1U);
    EXPECT_TRUE(tested.owes(sequence{5}, 0, 1));
    EXPECT_FALSE(tested.owes(sequence{5}, 1, 9));
    tested.settled(settle(sequence{5}, 0, outcome_kind::rejected), count);
    EXPECT_EQ(fates, 2);
    EXPECT_EQ(tested.pending(), 0U);
    EXPECT_FALSE(tested.owes(sequence{5}));
    EXPECT_EQ(tested.find({sequence{5}, 0}), std::nullopt);
    EXPECT_EQ(tested.oldest(), sequence{0});
}

TEST(ledger, what_nobody_can_deliver_is_never_owed) {
    ledger tested;
    deliveries_planned half = plan(2);
    half.deliveries[0].why = reject_class::no_sender;
    EXPECT_TRUE(tested.planned(sequence{5}, half));
    EXPECT_EQ(tested.pending(), 1U);
    EXPECT_EQ(tested.find({sequence{5}, 0}), ledger::state::settled);
    rows stored{.counts = {{sequence{5}, 2}}, .progress = {}};
    stored.take(tested);
    ledger after;
    stored.restore(after);
    EXPECT_EQ(after.find({sequence{5}, 0}), ledger::state::settled);

    deliveries_planned none = plan(1);
    none.deliveries[0].why = reject_class::no_sender;
    EXPECT_FALSE(tested.planned(sequence{6}, none)) << "nothing is owed";
    EXPECT_FALSE(tested.owes(sequence{6}));
}

TEST(ledger, copy_forward_moves_the_content_and_nothing_else) {
    ledger tested;
    tested.planned(sequence{5}, plan(2));
    tested.planned(sequence{6}, plan(2));
    tested.started({.deliveries = {{sequence{5}, 0}}});
    deliveries_planned moved = plan(2);
    moved.moved_from = sequence{5};
    EXPECT_EQ(tested.held_before(sequence{7}, 2), (std::vector{sequence{5}, sequence{6}}));
    EXPECT_TRUE(tested.held_before(sequence{7}, 1).empty()) << "too many";
    EXPECT_FALSE(tested.planned(sequence{50}, moved)) << "nothing is owed anew";
    EXPECT_EQ(tested.pending(), 4U);
    EXPECT_EQ(tested.oldest(), sequence{6});
    EXPECT_EQ(tested.held_before(sequence{50}, 9), (std::vector{sequence{6}}));
    EXPECT_EQ(tested.held_before(sequence{51}, 9), (std::vector{sequence{5}, sequence{6}}));
    EXPECT_EQ(tested.content_at(sequence{5}), sequence{50});

    rows stored{.counts = {{sequence{5}, 2}, {sequence{6}, 2}}, .progress = {}};
    stored.take(tested);
    ledger after;
    stored.restore(after);
    for (ledger* each : {&tested, &after}) {
        each->settled(settle(sequence{6}, 0, outcome_kind::delivered), nullptr);
        each->settled(settle(sequence{6}, 1, outcome_kind::delivered), nullptr);
        EXPECT_EQ(each->oldest(), sequence{50});
        // What was in flight meanwhile ends under the identity that it began with.
        each->settled(settle(sequence{5}, 0, outcome_kind::delivered), nullptr);
        each->settled(settle(sequence{5}, 1, outcome_kind::delivered), nullptr);
        EXPECT_EQ(each->pending(), 0U);
        EXPECT_FALSE(each->planned(sequence{60}, moved)) << "settled while it was being moved";
        EXPECT_EQ(each->oldest(), sequence{0});
    }
}

TEST(ledger, what_was_refused_is_tied_until_it_has_a_fate_also_over_a_restart) {
    ledger before;
    before.planned(sequence{5}, plan(3));
    before.started({.deliveries = {{sequence{5}, 0}, {sequence{5}, 1}, {sequence{5}, 2}}});
    before.settled(settle(sequence{5}, 0, outcome_kind::refused), nullptr);
    before.settled(settle(sequence{5}, 1, outcome_kind::not_sent), nullptr);
    deliveries_settled tied = settle(sequence{5}, 2, outcome_kind::not_sent);
    tied.settlements.front().is_tied = true;
    before.settled(tied, nullptr);
    rows stored{.counts = {{sequence{5}, 3}}, .progress = {}};
    stored.take(before);
    ledger after;
    stored.restore(after);
    for (ledger* each : {&before, &after}) {
        EXPECT_EQ(each->tied_deliveries(),
                  (std::vector<delivery_ref>{{sequence{5}, 0}, {sequence{5}, 2}}));
        EXPECT_EQ(each->find({sequence{5}, 1}), ledger::state::waiting);
        each->started({.deliveries = {{sequence{5}, 0}}});
        EXPECT_EQ(each->find({sequence{5}, 0}), ledger::state::started) << "and goes again";
        EXPECT_EQ(each->pending(), 3U);
    }
}

TEST(ledger, progress_of_version_1_is_read_and_a_tie_in_it_is_corrupt) {
    ledger tested;
    std::string old("\x01\0\0\0\0\0\0\0\0\x21", 10);  // started, waiting, settled
    ASSERT_TRUE(tested.restore(sequence{5}, 3, old).has_value());
    EXPECT_EQ(tested.find({sequence{5}, 0}), ledger::state::started);
    EXPECT_EQ(tested.find({sequence{5}, 1}), ledger::state::waiting);
    EXPECT_EQ(tested.find({sequence{5}, 2}), ledger::state::settled);
    old.back() = '\x03';
    EXPECT_FALSE(tested.restore(sequence{6}, 3, old).has_value());
}

TEST(ledger, progress_cut_anywhere_is_corrupt_and_changes_nothing) {
    ledger before;
    before.planned(sequence{5}, plan(7));
    before.started({.deliveries = {{sequence{5}, 3}}});
    rows stored;
    stored.take(before);
    const std::string value = stored.progress[sequence{5}];
    for (std::size_t size = 1; size < value.size(); ++size) {
        ledger after;
        const auto restored = after.restore(sequence{5}, 7, value.substr(0, size));
        ASSERT_FALSE(restored.has_value()) << size;
        EXPECT_EQ(restored.error().code, errc::corrupt);
        EXPECT_EQ(after.pending(), 0U);
    }
}

/// What the ledger says it is, in the plainest form.
struct model {
    struct entry {
        sequence content{};
        std::vector<ledger::state> states;
    };
    std::map<sequence, entry> owed;

    std::size_t pending() const {
        std::size_t open = 0;
        for (const auto& [position, of] : owed) {
            open += of.states.size() -
                    static_cast<std::size_t>(std::ranges::count(of.states, ledger::state::settled));
        }
        return open;
    }
    sequence oldest() const {
        sequence lowest{0};
        for (const auto& [position, of] : owed) {
            if (lowest == sequence{0} || of.content < lowest) lowest = of.content;
        }
        return lowest;
    }
    void check(const ledger& tested) const {
        ASSERT_EQ(tested.pending(), pending());
        ASSERT_EQ(tested.oldest(), oldest());
        std::vector<delivery_ref> started;
        for (const auto& [position, of] : owed) {
            ASSERT_TRUE(tested.owes(position));
            ASSERT_EQ(tested.content_at(position), of.content);
            for (std::uint32_t index = 0; index < of.states.size(); ++index) {
                ASSERT_EQ(tested.find({position, index}), of.states[index]);
                if (of.states[index] == ledger::state::started)
                    started.push_back({position, index});
            }
            ASSERT_EQ(tested.find({position, static_cast<std::uint32_t>(of.states.size())}),
                      std::nullopt);
        }
        ASSERT_EQ(tested.started_deliveries(), started);
    }
};

/// A ledger and its model under the same events, with checkpoints and restarts.
class both {
public:
    explicit both(std::uint64_t seed) : random_(seed), tested_(std::make_unique<ledger>()) {}

    void plan_one() {
        position_ += 1 + (random_.chance(0.01) ? 1ULL << 26 : random_.below(5));
        const std::uint32_t widths[] = {1, 1, 2, 15, 16, 17, 70};
        const std::uint32_t count = widths[random_.below(std::size(widths))];
        deliveries_planned what = plan(count);
        std::vector<ledger::state> states(count, ledger::state::waiting);
        for (std::uint32_t index = 0; index < count; ++index) {
            if (!random_.chance(0.1)) continue;
            what.deliveries[index].why = reject_class::no_sender;
            states[index] = ledger::state::settled;
        }
        const bool is_new =
            std::ranges::count(states, ledger::state::settled) < std::ptrdiff_t{count};
        EXPECT_EQ(tested_->planned(sequence{position_}, what), is_new);
        if (!is_new) return;
        expected_.owed[sequence{position_}] = {sequence{position_}, std::move(states)};
        stored_.counts[sequence{position_}] = count;
    }

    void act() {
        if (expected_.owed.empty()) return;
        auto of = expected_.owed.lower_bound(sequence{random_.below(position_ + 1)});
        if (of == expected_.owed.end()) of = expected_.owed.begin();
        const auto index = static_cast<std::uint32_t>(random_.below(of->second.states.size()));
        ledger::state& now = of->second.states[index];
        if (random_.chance(0.05)) {
            deliveries_planned again = plan(1);
            again.moved_from = of->first;
            EXPECT_FALSE(tested_->planned(sequence{++position_}, again));
            of->second.content = sequence{position_};
        } else if (now != ledger::state::settled && now != ledger::state::started &&
                   random_.chance(0.7)) {
            tested_->started({.deliveries = {{of->first, index}}});
            now = ledger::state::started;
        } else if (now == ledger::state::started) {
            const std::pair<outcome_kind, ledger::state> ends[] = {
                {outcome_kind::delivered, ledger::state::settled},
                {outcome_kind::rejected, ledger::state::settled},
                {outcome_kind::uncertain, ledger::state::settled},
                {outcome_kind::refused, ledger::state::tied},
                {outcome_kind::not_sent, ledger::state::waiting}};
            const auto& [kind, after] = ends[random_.below(std::size(ends))];
            tested_->settled(settle(of->first, index, kind), nullptr);
            now = after;
            if (!tested_->owes(of->first)) expected_.owed.erase(of);
        }
    }

    void restart() {
        stored_.take(*tested_);
        if (random_.chance(0.5)) return;  // a checkpoint and no more
        tested_ = std::make_unique<ledger>();
        stored_.restore(*tested_);
    }

    bool is_empty() const { return expected_.owed.empty(); }
    void check() const { expected_.check(*tested_); }
    std::size_t bytes() const { return tested_->bytes(); }

private:
    random_source random_;
    std::uint64_t position_ = 0;
    std::unique_ptr<ledger> tested_;
    model expected_;
    rows stored_;
};

TEST(ledger_property, it_is_what_the_events_say_through_checkpoints_and_restarts) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        both pair(seed);
        random_source random(seed);
        for (int step = 0; step < 3000; ++step) {
            if (random.chance(0.3)) pair.plan_one();
            for (int acts = 0; acts < 5; ++acts) pair.act();
            if (random.chance(0.01)) pair.restart();
            if (step % 100 == 0) pair.check();
            if (testing::Test::HasFatalFailure()) return;
        }
        for (int step = 0; step < 1'000'000 && !pair.is_empty(); ++step) pair.act();
        pair.check();
        EXPECT_TRUE(pair.is_empty());
        EXPECT_LT(pair.bytes(), 200'000U) << "room comes back";
    }
}

TEST(ledger, plans_of_one_delivery_take_at_most_twelve_bytes_each) {
    ledger tested;
    constexpr std::uint64_t plans = 200'000;
    const deliveries_planned one = plan(1);
    for (std::uint64_t each = 1; each <= plans; ++each) tested.planned(sequence{3 * each}, one);
    EXPECT_LE(tested.bytes(), 9 * plans);
    // Every fourth goes, as when some chats are held and others are not.
    for (std::uint64_t each = 1; each <= plans; each += 4) {
        tested.settled(settle(sequence{3 * each}, 0, outcome_kind::delivered), nullptr);
        if (each % 1000 == 1) tested.take_changes([](auto...) {});
    }
    tested.take_changes([](auto...) {});
    EXPECT_LE(tested.bytes(), 12 * tested.pending());
}

}  // namespace
}  // namespace baudot::dispatch
