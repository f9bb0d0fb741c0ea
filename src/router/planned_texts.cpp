#include "router/planned_texts.hpp"

#include <algorithm>
#include <utility>

#include "text/fit.hpp"
#include "text/words.hpp"

namespace baudot::router {

namespace {

using state = text::applied::state;

}  // namespace

route_texts::route_texts(const text::transform_input& of, const route& by,
                         const text::transform& of_route, const of_destinations& of_each)
    : of_(of),
      by_(by),
      of_route_(of_route),
      of_each_(of_each),
      is_touched_((!of_route.is_empty() || !of_each.empty()) && text::has_text(of.post) &&
                  !of.post.has_protected_content) {}

const planned_texts* route_texts::to(chat_id destination) {
    if (!is_touched_) return nullptr;
    const auto own = of_each_.find(destination);
    if (own == of_each_.end() || own->second.is_empty()) {
        if (of_route_.is_empty()) return nullptr;
        if (!for_most_) {
            make_common();
            for_most_ = finish(*common_);
        }
        return *for_most_;
    }
    make_common();
    draft what = *common_;
    if (what.how.is == state::done) what.how = own->second.apply(of_, what.text);
    return finish(std::move(what));
}

void route_texts::make_common() {
    if (common_) return;
    common_ = {.how = {}, .text = text::read_marked(of_.post.text)};
    common_->how = of_route_.apply(of_, common_->text);
}

const planned_texts* route_texts::finish(draft what) {
    planned_texts made;
    if (what.how.is == state::waits) {
        waits_ = true;
        return nullptr;
    }
    if (what.how.is != state::done) {
        made.why = what.how.is == state::too_long ? reject_class::too_long
                                                  : reject_class::transform_failed;
    } else if (!what.text.is_changed) {
        return nullptr;
    } else {
        const bool is_caption = of_.post.content != content_kind::text;
        made.own = std::move(what.text.own);
        made.parts = text::fit(std::move(what.text), is_caption, by_.too_long);
        if (made.parts.size() == 1 && made.parts.front() == of_.post.text) return nullptr;
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
