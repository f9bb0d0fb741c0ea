#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/placeholders.hpp"
#include "app/settings.hpp"
#include "model/update.hpp"
#include "router/router.hpp"

namespace baudot::app {

/// What the rules of a configuration would have done with posts: nothing is sent, and Telegram is
/// not asked. Every account is taken to see and to post everywhere; a chat that the file calls by
/// name is known by the username that its posts carry. One thread.
class replay {
public:
    using said = router::compiled_rules::judgement::said;

    /// `read`: without a problem. It outlives this. `names`: what is known of chats with names.
    explicit replay(const settings& read, placeholders names = {});

    /// What one route of the post's chat says to it.
    struct verdict {
        std::size_t route = 0;  // its place in the file
        said how = said::taken;
        std::vector<chat_id> to;  // where a copy would stand; of what is not taken: its review
        std::vector<std::vector<operation>> messages{};  // to each of them, where asked for
    };

    /// In file order; empty: no route has this chat, or it is none of the posts that routes are
    /// asked about. Valid until the next call.
    std::span<const verdict> judge(update what, bool with_messages = false);

    struct tally {
        std::uint64_t taken = 0, refused = 0, passed_over = 0;
        std::uint64_t copies = 0;  // of what was taken
        std::uint64_t reviews = 0;
    };
    const std::vector<tally>& tallies() const { return tallies_; }  // by route

    struct sum {
        std::uint64_t posts = 0;    // edits, service messages and the like are none
        std::uint64_t others = 0;   // the updates that are none
        std::uint64_t of_none = 0;  // posts of chats that no route has
        std::uint64_t relayed = 0;  // posts that a route takes
        std::uint64_t copies = 0;
    };
    const sum& total() const { return total_; }

    const std::string& route_name(std::size_t route) const { return read_.routes[route].name; }

    /// As the configuration writes it.
    std::string chat_text_of(chat_id chat) const;

private:
    void judge_as(const update& what, bool with_messages);
    void count();

    const settings& read_;
    placeholders names_;
    router::compiled_rules rules_;
    boost::unordered_flat_map<chat_id, std::string> written_;  // chats with names
    std::vector<verdict> verdicts_;
    std::vector<tally> tallies_;
    sum total_;
};

std::string_view name(replay::said how) noexcept;

}  // namespace baudot::app
