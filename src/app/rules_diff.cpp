#include "app/rules_diff.hpp"

#include <algorithm>

namespace baudot::app {

std::string_view name(rules_diff::kind how) noexcept {
    switch (how) {
        case rules_diff::kind::gained: return "gained";
        case rules_diff::kind::lost: return "lost";
        case rules_diff::kind::changed: break;
    }
    return "changed";
}

namespace {

void note_names(const settings& read, placeholders& names) {
    for (const route_settings& each : read.routes) {
        for (const chat_text& chat : each.from) names.of(chat);
        for (const chat_text& chat : each.to) names.of(chat);
        if (each.check) names.of(*each.check);
        if (each.other) names.of(*each.other);
    }
}

// A name stands for the same chat in both files.
placeholders names_of(const settings& before, const settings& after, placeholders names) {
    note_names(before, names);
    note_names(after, names);
    return names;
}

}  // namespace

rules_diff::rules_diff(const settings& before, const settings& after, placeholders names,
                       std::size_t examples)
    : before_(before, names_of(before, after, names)),
      after_(after, names_of(before, after, std::move(names))),
      most_(examples) {}

std::string rules_diff::chat_text_of(chat_id chat) const {
    const std::string written = before_.chat_text_of(chat);
    return written.starts_with('@') ? written : after_.chat_text_of(chat);
}

rules_diff::sent rules_diff::all_of(const replay& by, std::span<const replay::verdict> said) {
    sent made;
    for (const replay::verdict& each : said) {
        for (std::size_t at = 0; at < each.to.size(); ++at) {
            made[{by.route_name(each.route), each.to[at]}] = &each.messages[at];
        }
    }
    return made;
}

void rules_diff::add(const update& what) {
    const sent before = all_of(before_, before_.judge(what, true));
    const sent after = all_of(after_, after_.judge(what, true));
    bool differs = false;
    const auto row_of = [&](const sent::key_type& of) -> row& {
        return rows_[{std::string(of.first), of.second}];
    };
    for (const auto& [where, messages] : before) {
        const auto now = after.find(where);
        if (now != after.end() && *now->second == *messages) {
            ++row_of(where).same;
            continue;
        }
        differs = true;
        const bool is_lost = now == after.end();
        note(row_of(where), is_lost ? kind::lost : kind::changed, what.content, messages,
             is_lost ? nullptr : now->second);
    }
    for (const auto& [where, messages] : after) {
        if (before.contains(where)) continue;
        differs = true;
        note(row_of(where), kind::gained, what.content, nullptr, messages);
    }
    differing_ += differs ? 1 : 0;
}

void rules_diff::note(row& to, kind how, const message& post, const std::vector<operation>* before,
                      const std::vector<operation>* after) {
    const std::uint64_t count = how == kind::gained ? ++to.gained
                                : how == kind::lost ? ++to.lost
                                                    : ++to.changed;
    if (most_ != 0 && count > most_) return;
    example& made = to.examples.emplace_back();
    made.chat = post.chat;
    made.message = post.id;
    made.username = post.chat_username;
    made.text = post.text.text;
    made.how = how;
    if (before != nullptr) made.before = *before;
    if (after != nullptr) made.after = *after;
}

}  // namespace baudot::app
