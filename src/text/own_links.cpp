#include "text/own_links.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/utf16.hpp"
#include "text/marked_text.hpp"
#include "text/message_link.hpp"
#include "text/removal.hpp"
#include "text/steps.hpp"
#include "text/words.hpp"

namespace baudot::text {
namespace {

using action = own_links::action;

std::string_view text_of(const marked_text& in, const mark& which) {
    return std::string_view(in.bytes).substr(which.begin, which.end - which.begin);
}

/// Marks the links, so that they are led elsewhere when it is known where to.
class marking final : public plain_step {
public:
    explicit marking(own_links_step what) : what_(std::move(what)) {}

    void change(const message& post, marked_text& to) const override {
        bool has_some = false;
        for (mark& each : to.marks) {
            const bool is_address = each.what.type == "url";
            if (!is_address && each.what.type != "text_link") continue;
            const std::string_view words = text_of(to, each);
            if (each.what.own_post == message_id{}) {
                each.what.own_post = own_post_of(is_address ? words : each.what.url, post);
            }
            if (each.what.own_post == message_id{}) continue;
            has_some = true;
            // The words would go on naming the source.
            if (own_post_of(words, post) != message_id{}) {
                each.what.type = "url";
                each.what.url.clear();
            }
        }
        if (!has_some) return;
        to.own = own_links{.without_copy = what_.without_copy, .with = what_.with, .routes = {}};
        to.is_changed = true;
    }

private:
    own_links_step what_;
};

/// One way through a text.
class leading {
public:
    leading(const own_links& how, bool may_grow,
            const std::function<std::optional<std::string>(message_id)>& copy)
        : how_(how), may_grow_(may_grow), copy_(copy) {}

    void apply(marked_text& to) {
        for (mark& each : to.marks) {
            if (each.what.own_post == message_id{}) continue;
            if (auto address = copy_(each.what.own_post)) {
                lead(each, *std::move(address));
            } else {
                end(to, each);
            }
        }
        std::erase_if(to.marks, [](const mark& each) { return each.what.type.empty(); });
        apply_edits(edits_, to);
        std::vector<byte_range> removed;
        for (const mark& each : to.marks) {
            if (each.what.own_post == message_id{}) continue;
            removed.push_back({.begin = each.begin, .end = each.end});
        }
        std::erase_if(to.marks,
                      [](const mark& each) { return each.what.own_post != message_id{}; });
        if (!removed.empty()) apply_edits(removals(to.bytes, removed), to);
    }

private:
    void lead(mark& which, std::string address) {
        which.what.own_post = {};
        if (which.what.type == "url" && may_grow_) {
            put_instead(which, std::move(address));
            return;
        }
        which.what.type = "text_link";
        which.what.url = std::move(address);
    }

    // What keeps its own_post is removed in the end.
    void end(const marked_text& in, mark& which) {
        action how = how_.without_copy;
        if (how == action::replace && !may_grow_) how = action::strike;
        const bool is_seen = which.what.type == "url" || looks_like("url", text_of(in, which));
        if (how == action::remove || (how == action::strike && is_seen)) return;
        which.what.own_post = {};
        if (how == action::keep) return;
        which.what.url.clear();
        if (how == action::strike) {
            which.what.type = "strikethrough";
            return;
        }
        which.what.type.clear();
        put_instead(which, how_.with);
    }

    // One inside of another goes with it.
    void put_instead(const mark& which, std::string with) {
        if (!edits_.empty() && which.begin < edits_.back().end) return;
        edits_.push_back({.begin = which.begin, .end = which.end, .with = std::move(with)});
    }

    const own_links& how_;
    bool may_grow_;
    const std::function<std::optional<std::string>(message_id)>& copy_;
    std::vector<edit> edits_;
};

}  // namespace

made_step make_step(const own_links_step& step, std::uint32_t /*place*/) {
    return std::make_shared<marking>(step);
}

bool has_own_links(const formatted_text& what) noexcept {
    return std::ranges::any_of(
        what.entities, [](const message_entity& each) { return each.own_post != message_id{}; });
}

formatted_text lead_to_copies(const formatted_text& what, const own_links& how,
                              std::size_t units_max,
                              const std::function<std::optional<std::string>(message_id)>& copy) {
    for (const bool may_grow : {true, false}) {
        marked_text led = read_marked(what);
        leading(how, may_grow, copy).apply(led);
        trim(led);
        if (!may_grow || utf16_length(led.bytes) <= units_max) return write_formatted(led);
    }
    return what;
}

}  // namespace baudot::text
