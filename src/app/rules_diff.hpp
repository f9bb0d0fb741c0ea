#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/replay.hpp"
#include "app/settings.hpp"
#include "base/ids.hpp"
#include "model/message.hpp"
#include "model/operation.hpp"
#include "model/update.hpp"

namespace baudot::app {

/// What two configurations would do with the same posts, as replay reads them: only where it is not
/// the same. A route is the one with the same name in the other file, as for what was sent (P2).
/// One thread.
class rules_diff {
public:
    /// Both files were read without a problem and outlive this. `names`: ids of chats that they
    /// call by name. `examples`: kept of each row and kind; 0: all.
    rules_diff(const settings& before, const settings& after, placeholders names,
               std::size_t examples);

    enum class kind : std::uint8_t {
        gained,   // the route brings it there now
        lost,     // no more
        changed,  // something else is sent there
    };

    struct example {
        chat_id chat{};
        message_id message{};
        std::string username;  // of the chat
        std::string text;      // of the post
        kind how = kind::gained;
        std::vector<operation> before;  // what is sent
        std::vector<operation> after;
    };

    /// One route and one chat.
    struct row {
        std::uint64_t gained = 0, lost = 0, changed = 0, same = 0;
        std::vector<example> examples;
        bool differs() const { return gained + lost + changed > 0; }
    };

    void add(const update& what);

    /// By name of the route and chat.
    using key = std::pair<std::string, chat_id>;
    const std::map<key, row>& rows() const { return rows_; }

    std::uint64_t posts() const { return before_.total().posts; }
    std::uint64_t differing() const { return differing_; }  // of them
    std::uint64_t others() const { return before_.total().others; }

    /// As one of the files writes it.
    std::string chat_text_of(chat_id chat) const;

private:
    using sent = std::map<std::pair<std::string_view, chat_id>, const std::vector<operation>*>;
    static sent all_of(const replay& by, std::span<const replay::verdict> said);
    void note(row& to, kind how, const message& post, const std::vector<operation>* before,
              const std::vector<operation>* after);

    replay before_;
    replay after_;
    std::size_t most_;
    std::map<key, row> rows_;
    std::uint64_t differing_ = 0;
};

std::string_view name(rules_diff::kind how) noexcept;

}  // namespace baudot::app
