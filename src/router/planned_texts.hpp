#pragma once

#include <list>
#include <map>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "model/message.hpp"
#include "model/outcome.hpp"
#include "model/rule_set.hpp"
#include "text/marked_text.hpp"
#include "text/transform.hpp"

namespace baudot::router {

/// What transforms made of a post.
struct planned_texts {
    reject_class why = reject_class::none;  // not none: nobody can send it, and there are no parts
    /// Of each message, in order. Of media the first is the caption; all others are texts.
    std::vector<formatted_text> parts;
    std::optional<own_links> own{};  // of what of the parts has own links

    friend bool operator==(const planned_texts&, const planned_texts&) = default;
};

/// The texts of one post on one route, made when they are first asked for. All arguments, and what
/// `of` refers to, outlive it. Protected content is looked at by nobody.
class route_texts {
public:
    using of_destinations = std::map<chat_id, text::transform>;

    route_texts(const text::transform_input& of, const route& by, const text::transform& of_route,
                const of_destinations& of_each);

    /// For this destination; null: as in the source. The same for the same texts, and stays where
    /// it is.
    const planned_texts* to(chat_id destination);

    /// Whether one of those that were asked for waits for an answer: then there is none of it.
    bool waits() const { return waits_; }

private:
    /// What transforms have made of the text so far.
    struct draft {
        text::applied how;  // not done: `text` is of no use
        text::marked_text text;
    };
    void make_common();
    const planned_texts* finish(draft what);

    const text::transform_input& of_;
    const route& by_;
    const text::transform& of_route_;
    const of_destinations& of_each_;
    bool is_touched_;              // something may change
    std::optional<draft> common_;  // behind the transforms of the route
    bool waits_ = false;
    std::optional<const planned_texts*> for_most_;  // destinations without transforms of their own
    std::list<planned_texts> made_;
};

}  // namespace baudot::router
