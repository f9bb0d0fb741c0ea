#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "text/marked_text.hpp"

namespace baudot::rewriting {

/// Answers by what they are answers to, of at most so many bytes: the one that was not asked for
/// the longest goes first. Keys are whole texts, so that no two questions are ever mixed up. Not
/// thread-safe.
class answer_cache {
public:
    explicit answer_cache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    /// Valid until the next put(). Null: not there.
    const text::marked_text* find(std::string_view key);
    void put(std::string key, text::marked_text answer);

    std::size_t bytes() const { return bytes_; }

private:
    struct entry {
        std::string key;
        text::marked_text answer;
        std::size_t bytes = 0;
    };

    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::list<entry> entries_;  // the one used last is the first
    std::unordered_map<std::string_view, std::list<entry>::iterator> places_;
};

/// What an answer depends on: the request, the text with its marks, and of a webhook the post.
std::string question_key(bool is_webhook, const struct question& asked);

}  // namespace baudot::rewriting
