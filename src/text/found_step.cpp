// What Telegram found in the post: links, mentions, hashtags.
#include <string_view>
#include <utility>

#include "text/removal.hpp"
#include "text/steps.hpp"

namespace baudot::text {
namespace {

using thing = rewrite_step::thing;
using action = rewrite_step::action;

class rewriting final : public transform::step {
public:
    explicit rewriting(rewrite_step what) : what_(std::move(what)) {}

    void apply(const message&, marked_text& to) const override {
        std::vector<byte_range> removed;
        std::vector<edit> edits;
        std::vector<mark> kept;
        for (mark& each : to.marks) {
            if (!is_meant(each.what.type)) {
                kept.push_back(std::move(each));
            } else if (what_.how == action::remove) {
                removed.push_back({.begin = each.begin, .end = each.end});
            } else if (what_.how == action::keep_text) {
                keep_text(to, each, removed, edits);
            } else {
                replace(to, std::move(each), kept, edits);
            }
        }
        to.is_changed = to.is_changed || kept.size() != to.marks.size();
        to.marks = std::move(kept);
        if (!removed.empty()) edits = removals(to.bytes, removed);
        apply_edits(edits, to);
    }

private:
    bool is_meant(std::string_view type) const {
        switch (what_.what) {
            case thing::links: return type == "url" || type == "text_link";
            case thing::mentions: return type == "mention" || type == "text_mention";
            case thing::hashtags: return type == "hashtag";
        }
        return false;
    }

    // An address that is seen cannot stay without being a link.
    static void keep_text(const marked_text& in, const mark& which,
                          std::vector<byte_range>& removed, std::vector<edit>& edits) {
        const char first = in.bytes[which.begin];
        if (which.what.type == "url") {
            removed.push_back({.begin = which.begin, .end = which.end});
        } else if (which.what.type != "text_link" && (first == '@' || first == '#')) {
            add(edits, {.begin = which.begin, .end = which.begin + 1, .with = {}});
        }
    }

    void replace(marked_text& in, mark which, std::vector<mark>& kept,
                 std::vector<edit>& edits) const {
        if (which.what.type == "text_link") {
            in.is_changed = in.is_changed || which.what.url != what_.with;
            which.what.url = what_.with;
            kept.push_back(std::move(which));
            return;
        }
        add(edits, {.begin = which.begin, .end = which.end, .with = what_.with});
        if (which.what.type == "url" || which.what.type == "mention" ||
            which.what.type == "hashtag") {
            kept.push_back(std::move(which));  // it was touched: Telegram decides what it is now
        }
    }

    // One inside of another goes with it.
    static void add(std::vector<edit>& edits, edit one) {
        if (!edits.empty() && one.begin < edits.back().end) return;
        edits.push_back(std::move(one));
    }

    rewrite_step what_;
};

}  // namespace

made_step make_step(const rewrite_step& step, std::uint32_t /*place*/) {
    return std::make_shared<rewriting>(step);
}

}  // namespace baudot::text
