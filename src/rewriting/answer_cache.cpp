#include "rewriting/answer_cache.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "rewriting/question.hpp"

namespace baudot::rewriting {
namespace {

// Nodes of the containers, and what strings and vectors take beyond their bytes; about.
constexpr std::size_t entry_overhead = 256;

std::size_t bytes_of(const text::marked_text& what) {
    std::size_t bytes = what.bytes.size() + what.marks.size() * sizeof(text::mark);
    for (const text::mark& each : what.marks) {
        bytes += each.what.type.size() + each.what.url.size() + each.what.language.size() +
                 each.what.custom_emoji_id.size();
    }
    return bytes;
}

}  // namespace

const text::marked_text* answer_cache::find(std::string_view key) {
    const auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->answer;
}

void answer_cache::put(std::string key, text::marked_text answer) {
    if (const auto old = places_.find(key); old != places_.end()) {
        const auto place = old->second;
        places_.erase(old);
        bytes_ -= place->bytes;
        entries_.erase(place);
    }
    entry& added = entries_.emplace_front(std::move(key), std::move(answer));
    added.bytes = added.key.size() + bytes_of(added.answer) + entry_overhead;
    bytes_ += added.bytes;
    places_.emplace(added.key, entries_.begin());
    while (bytes_ > bytes_max_ && !entries_.empty()) {
        bytes_ -= entries_.back().bytes;
        places_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

std::string question_key(bool is_webhook, const question& asked) {
    std::string key;
    const auto add_text = [&](std::string_view what) {
        fmt::format_to(std::back_inserter(key), "{}:{}", what.size(), what);
    };
    const auto add_number = [&](auto what) {
        fmt::format_to(std::back_inserter(key), "{};", what);
    };
    add_text(asked.what.from);
    add_text(asked.what.to);
    add_text(asked.what.prompt);
    add_text(asked.text.bytes);
    for (const text::mark& each : asked.text.marks) {
        add_number(each.begin);
        add_number(each.end);
        add_text(each.what.type);
        add_text(each.what.url);
        add_number(std::to_underlying(each.what.user));
        add_text(each.what.language);
        add_text(each.what.custom_emoji_id);
        add_number(std::to_underlying(each.what.own_post));
    }
    if (const auto& own = asked.text.own) {
        add_number(static_cast<int>(own->without_copy));
        add_text(own->with);
        for (const std::string& each : own->routes) add_text(each);
    }
    if (!is_webhook) return key;
    add_text(asked.post.route);
    add_number(std::to_underlying(asked.post.chat));
    add_text(asked.post.chat_title);
    add_number(std::to_underlying(asked.post.message));
    add_number(asked.post.date);
    return key;
}

}  // namespace baudot::rewriting
