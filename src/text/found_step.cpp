// What Telegram found in the post: links, mentions, hashtags.
#include <string_view>
#include <utility>

#include "text/removal.hpp"
#include "text/steps.hpp"
#include "text/words.hpp"

namespace baudot::text {
namespace {

using thing = rewrite_step::thing;
using action = rewrite_step::action;

class rewriting final : public plain_step {
public:
    explicit rewriting(rewrite_step what) : what_(std::move(what)) {}

    void change(const message&, marked_text& to) const override {
        std::vector<byte_range> removed;
        std::vector<edit> edits;
        std::vector<mark> kept;
        for (mark& each : to.marks) {
            const bool is_own = each.what.own_post != message_id{};  // another step has taken it
            if (is_own || !is_meant(each.what.type) || !is_still_one(to, each)) {
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

    // What a step before put in the place of what Telegram found may be something else.
    static bool is_still_one(const marked_text& in, const mark& which) {
        if (!which.is_touched || !is_found_by_telegram(which.what.type)) return true;
        return looks_like(which.what.type, text_of(in, which));
    }

    // An address that is seen cannot stay without being a link.
    static void keep_text(const marked_text& in, const mark& which,
                          std::vector<byte_range>& removed, std::vector<edit>& edits) {
        const bool is_link = which.what.type == "url" || which.what.type == "text_link";
        const std::string_view words = text_of(in, which);
        if (is_link && looks_like("url", words)) {
            removed.push_back({.begin = which.begin, .end = which.end});
        } else if (!is_link && (words.front() == '@' || words.front() == '#')) {
            add(edits, {.begin = which.begin, .end = which.begin + 1, .with = {}});
        }
    }

    static std::string_view text_of(const marked_text& in, const mark& which) {
        return std::string_view(in.bytes).substr(which.begin, which.end - which.begin);
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
