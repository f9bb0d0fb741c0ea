#include "simulation/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/state.hpp"
#include "intake/sighting.hpp"

namespace baudot::simulation {
namespace {

using telegram_sim::cause_kind;

constexpr std::size_t no_post = SIZE_MAX;

std::size_t number_in(std::string_view text) {
    constexpr std::string_view begins = "post ";
    if (!text.starts_with(begins)) return no_post;
    std::size_t number = no_post;
    std::from_chars(text.data() + begins.size(), text.data() + text.size(), number);
    return number;
}

bool is_of_a_bot(const telegram_sim::message& what) {
    return what.made_by.kind == cause_kind::bot_copy ||
           what.made_by.kind == cause_kind::bot_forward ||
           what.made_by.kind == cause_kind::bot_method;
}

class chief_judge {
public:
    chief_judge(surroundings& around, const history& what, run_report& report)
        : around_(around), what_(what), report_(report) {}

    void hear() {
        for (const made_post& each : what_.posts) {
            const bool is_accepted =
                around_.seen.accepted_posts().contains(key_of(around_, each)) ||
                is_remembered(each);
            accepted_.push_back(is_accepted);
            report_.accepted += is_accepted ? 1 : 0;
        }
        check_gaps();
        for (std::size_t place = 0; place < around_.who.destinations.size(); ++place) {
            hear_destination(place);
        }
    }

private:
    struct charge {
        std::size_t post;
        chat_id destination;
    };

    // The last batch of a life may be durable although nobody heard of it.
    bool is_remembered(const made_post& post) const {
        update seen{.account = around_.who.bots.front().id};
        std::tie(seen.content.chat, seen.content.id) = key_of(around_, post);
        const auto row = around_.rows.get(store::family::seen, intake::source_key(seen));
        return row && row->has_value();
    }

    // What Telegram never handed out cannot be accepted.
    void check_gaps() {
        std::uint64_t dropped = 0;
        for (const cast_bot& each : around_.who.bots) {
            dropped += around_.at().line(user_id{std::to_underlying(each.id)})->updates.dropped();
        }
        const std::size_t missing = what_.posts.size() - report_.accepted;
        if (missing <= dropped) return;
        around_.seen.fault(
            fmt::format("P1: {} posts were never accepted, Telegram dropped {}", missing, dropped));
    }

    void hear_destination(std::size_t place) {
        const chat_id where = around_.who.destinations[place].id;
        std::map<std::size_t, std::vector<standing_copy>> copies;
        std::map<std::size_t, std::size_t> newest;  // by source: the highest post so far
        for (const standing_copy& each : copies_in(around_, what_, where)) {
            if (each.post >= what_.posts.size()) {
                accuse("unexpected", {each.post, where}, "a message that is no copy");
                continue;
            }
            std::vector<standing_copy>& same = copies[each.post];
            same.push_back(each);
            if (!each.is_faithful) accuse("content", {each.post, where}, "is not what was posted");
            // A request whose answer never came may act after its successors: only Telegram knows.
            if (same.size() > 1 || times_named(each.post, where) > 0) continue;
            const auto [last, is_first] =
                newest.try_emplace(what_.posts[each.post].line.source, each.post);
            if (!is_first && last->second > each.post) {
                accuse("P4", {each.post, where}, fmt::format("stands after post {}", last->second));
            }
            last->second = std::max(last->second, each.post);
        }
        for (std::size_t post = 0; post < what_.posts.size(); ++post) {
            const auto places = expected(around_.who, what_.posts[post].line);
            const auto found = copies.find(post);
            const std::vector<standing_copy> none;
            const std::vector<standing_copy>& there = found == copies.end() ? none : found->second;
            if (std::ranges::find(places, place) != places.end()) {
                if (accepted_[post]) hear_delivery({post, where}, there);
            } else if (!there.empty()) {
                accuse("rules", {post, where}, "should not be there");
            }
        }
    }

    void hear_delivery(const charge& of, const std::vector<standing_copy>& there) {
        ++report_.deliveries;
        const witness::source_key key = key_of(around_, what_.posts[of.post]);
        const std::size_t named = times_named(of.post, of.destination);
        const std::optional<engine::copy_row> row = row_of(key, of.destination);
        if (!row) return accuse("P1", of, "was accepted and never planned");
        if (!row->fate) return accuse("P2", of, "has no fate");
        if (there.size() > 1 + named) {
            accuse("P3", of,
                   fmt::format("stands there {} times, {} were named", there.size(), named));
        }
        if (there.size() > 1) report_.doubled += there.size() - 1;
        switch (*row->fate) {
            case outcome_kind::delivered: return hear_delivered(of, there, *row);
            case outcome_kind::rejected:
                ++report_.rejected;
                if (!what_.hurt.contains(of.destination) &&
                    !what_.tied.contains({key, of.destination})) {
                    accuse("P7", of, fmt::format("was rejected ({})", name(row->why)));
                } else if (there.size() > named) {
                    accuse("P3", of, "was rejected, and stands there");
                }
                return;
            case outcome_kind::uncertain:
                ++report_.skipped;
                // A crash may come between the fate and its line in the log; the dead letter stays.
                if (named == 0 && around_.seen.crashes() == 0) {
                    accuse("P3", of, "was given up, and nobody was told");
                }
                if (route_of(around_.who, of.destination).on_uncertain != uncertain_policy::skip) {
                    accuse("P3", of, "was given up, and its route repeats");
                }
                return;
            case outcome_kind::refused:
            case outcome_kind::not_sent: accuse("P2", of, "has a fate that is none");
        }
    }

    std::size_t times_named(std::size_t post, chat_id destination) const {
        return around_.seen.times_uncertain({key_of(around_, what_.posts[post]), destination});
    }

    void hear_delivered(const charge& of, const std::vector<standing_copy>& there,
                        const engine::copy_row& row) {
        ++report_.delivered;
        const user_id sender{std::to_underlying(row.sender)};
        const bool is_there = std::ranges::any_of(there, [&](const standing_copy& each) {
            const telegram_sim::chat* in = around_.at().in().find_chat(sender, each.chat);
            return in && around_.at().in().own_id(sender, *in, row.copy) == each.own;
        });
        if (!is_there) accuse("P3", of, "was delivered, and does not stand there");
    }

    std::optional<engine::copy_row> row_of(const witness::source_key& key, chat_id destination) {
        const std::string lower = engine::copy_key(key.first, key.second, {});
        const std::string upper =
            engine::copy_key(key.first, message_id{std::to_underlying(key.second) + 1}, {});
        std::optional<engine::copy_row> found;
        (void)around_.rows.scan(store::family::copies, lower, upper,
                                [&](std::string_view, std::string_view value) {
                                    auto row = engine::decode_copy_row(value);
                                    if (row && row->destination == destination) found = *row;
                                    return !found;
                                });
        return found;
    }

    void accuse(std::string_view promise, const charge& of, std::string_view what) {
        std::string which = "a message";
        if (of.post < what_.posts.size()) {
            const auto [source, id] = key_of(around_, what_.posts[of.post]);
            which = fmt::format("post {} ({} of {})", of.post, std::to_underlying(id),
                                std::to_underlying(source));
        }
        around_.seen.fault(fmt::format("{}: {} in chat {} {}", promise, which,
                                       std::to_underlying(of.destination), what));
    }

    surroundings& around_;
    const history& what_;
    run_report& report_;
    std::vector<bool> accepted_;
};

}  // namespace

std::vector<standing_copy> copies_in(const surroundings& around, const history& what,
                                     chat_id destination) {
    std::vector<standing_copy> found;
    const telegram_sim::world& in = around.telegram_world();
    const user_id viewer{std::to_underlying(around.who.bots.front().id)};
    const route& by = route_of(around.who, destination);
    std::vector<chat_id> chats = {destination};
    if (const auto moved = what.migrated.find(destination); moved != what.migrated.end()) {
        chats.push_back(moved->second);
    }
    for (const chat_id chat : chats) {
        const telegram_sim::chat* where = in.find_chat(viewer, chat);
        if (!where) continue;
        for (const telegram_sim::message& each : where->messages) {
            if (!is_of_a_bot(each)) continue;
            standing_copy copy{
                .post = number_in(each.what.body.text), .chat = chat, .own = each.id};
            if (copy.post < what.posts.size()) {
                const made_post& post = what.posts[copy.post];
                const bool is_forward = each.made_by.kind == cause_kind::bot_forward;
                const bool is_anew = each.made_by.kind == cause_kind::bot_method;
                copy.is_faithful = is_forward == (by.mode == relay_mode::forward) &&
                                   each.what.body.text == text_of(post.line, copy.post) &&
                                   (is_anew || each.made_by.from_message == post.own);
            }
            found.push_back(copy);
        }
    }
    return found;
}

witness::source_key key_of(const surroundings& around, const made_post& post) {
    const telegram_sim::world& in = around.telegram_world();
    const chat_id chat = around.who.sources[post.line.source].id;
    const user_id reader{std::to_underlying(around.who.bots.front().id)};
    return {chat, in.shown_id(reader, *in.find_chat(reader, chat), post.own)};
}

void judge(surroundings& around, const history& what, run_report& report) {
    chief_judge(around, what, report).hear();
}

}  // namespace baudot::simulation
