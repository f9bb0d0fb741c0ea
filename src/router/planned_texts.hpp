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

/// The texts of one post on one route, made when they are first asked for. All arguments outlive
/// it. Protected content is looked at by nobody.
class route_texts {
public:
    using of_destinations = std::map<chat_id, text::transform>;

    route_texts(const message& post, const route& by, const text::transform& of_route,
                const of_destinations& of_each);

    /// For this destination; null: as in the source. The same for the same texts, and stays where
    /// it is.
    const planned_texts* to(chat_id destination);

private:
    void make_common();
    const planned_texts* finish(std::optional<text::marked_text> what);

    const message& post_;
    const route& by_;
    const text::transform& of_route_;
    const of_destinations& of_each_;
    bool is_touched_;                          // something may change
    std::optional<text::marked_text> common_;  // behind the transforms of the route; none: too long
    bool has_common_ = false;
    std::optional<const planned_texts*> for_most_;  // destinations without transforms of their own
    std::list<planned_texts> made_;
};

}  // namespace baudot::router
