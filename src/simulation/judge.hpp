#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "base/ids.hpp"
#include "simulation/cast.hpp"
#include "simulation/run.hpp"
#include "simulation/surroundings.hpp"

namespace baudot::simulation {

/// A post that was made, where the world keeps it.
struct made_post {
    post_line line;
    message_id own{};  // the chat's own id
};

/// What the script did to the world, as far as it excuses the process.
struct history {
    std::vector<made_post> posts;
    /// Destinations from which a bot was away: what was owed there may have been rejected.
    std::set<chat_id> hurt;
    /// What an account that is gone had been refused, or may have sent: that may be rejected.
    std::set<witness::copy_key> tied;
    /// Basic groups that became supergroups.
    std::map<chat_id, chat_id> migrated;
};

/// A bot's message in a destination that shows one of our posts.
struct standing_copy {
    std::size_t post = 0;
    chat_id chat{};  // where it stands: after a migration the new one
    message_id own{};
    bool is_faithful = false;  // the mode, the text and the origin are right
};

/// In order. What is no post of ours has a post number beyond all posts.
std::vector<standing_copy> copies_in(const surroundings& around, const history& what,
                                     chat_id destination);

/// How a post is called by those who read it: (chat, message id).
witness::source_key key_of(const surroundings& around, const made_post& post);

/// Every accepted post has one allowed fate per destination, in the world and in the state of the
/// process: P1, P2, P3, P4, P7. The process has ended in order. Adds to the figures of `report`,
/// faults go to the witness.
void judge(surroundings& around, const history& what, run_report& report);

}  // namespace baudot::simulation
