#include "router/planned_texts.hpp"

#include <algorithm>
#include <utility>

#include "text/fit.hpp"
#include "text/words.hpp"

namespace baudot::router {

route_texts::route_texts(const message& post, const route& by, const text::transform& of_route,
                         const of_destinations& of_each)
    : post_(post),
      by_(by),
      of_route_(of_route),
      of_each_(of_each),
      is_touched_((!of_route.is_empty() || !of_each.empty()) && text::has_text(post) &&
                  !post.has_protected_content) {}

const planned_texts* route_texts::to(chat_id destination) {
    if (!is_touched_) return nullptr;
    const auto own = of_each_.find(destination);
    if (own == of_each_.end() || own->second.is_empty()) {
        if (of_route_.is_empty()) return nullptr;
        if (!for_most_) {
            make_common();
            for_most_ = finish(common_);
        }
        return *for_most_;
    }
    make_common();
    std::optional<text::marked_text> what = common_;
    if (what && !own->second.apply(post_, *what)) what.reset();
    return finish(std::move(what));
}

void route_texts::make_common() {
    if (std::exchange(has_common_, true)) return;
    common_ = text::read_marked(post_.text);
    if (!of_route_.apply(post_, *common_)) common_.reset();
}

const planned_texts* route_texts::finish(std::optional<text::marked_text> what) {
    planned_texts made;
    if (!what) {
        made.why = reject_class::too_long;
    } else if (!what->is_changed) {
        return nullptr;
    } else {
        const bool is_caption = post_.content != content_kind::text;
        made.own = std::move(what->own);
        made.parts = text::fit(*std::move(what), is_caption, by_.too_long);
        if (made.parts.size() == 1 && made.parts.front() == post_.text) return nullptr;
        if (made.parts.empty()) {
            made.why = reject_class::too_long;
        } else if (!is_caption && !text::can_be_seen(made.parts.front().text)) {
            made = {.why = reject_class::nothing_left, .parts = {}, .own = {}};
        }
    }
    const auto known = std::ranges::find(made_, made);
    if (known != made_.end()) return &*known;
    return &made_.emplace_back(std::move(made));
}

}  // namespace baudot::router
