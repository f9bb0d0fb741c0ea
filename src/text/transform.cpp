#include "text/transform.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "base/overloaded.hpp"
#include "text/decoration.hpp"
#include "text/steps.hpp"

namespace baudot::text {
namespace {

constexpr std::array<std::string_view, 9> styles = {
    "bold", "italic", "underline",  "strikethrough",        "spoiler",
    "code", "pre",    "blockquote", "expandable_blockquote"};

std::string_view separator(add_step::gap apart) {
    switch (apart) {
        case add_step::gap::paragraph: return "\n\n";
        case add_step::gap::line: return "\n";
        case add_step::gap::space: return " ";
        case add_step::gap::none: return "";
    }
    return "";
}

class adding final : public plain_step {
public:
    adding(add_step how, decoration what) : how_(std::move(how)), what_(std::move(what)) {}

    void change(const message& post, marked_text& to) const override {
        // Of an album one part has the caption, and what is added to it.
        if (to.bytes.empty() && !post.media_group_id.empty()) return;
        auto filled = what_.fill(post, how_.zone);
        if (!filled || filled->bytes.empty()) return;
        trim(to);
        const bool is_header = how_.where == add_step::place::header;
        const std::size_t place = is_header ? 0 : to.bytes.size();
        edit one{.begin = place,
                 .end = place,
                 .with = std::move(filled->bytes),
                 .marks = std::move(filled->marks)};
        if (!to.bytes.empty()) {
            const std::string_view gap = separator(how_.apart);
            one.with.insert(is_header ? one.with.size() : 0, gap);
            for (mark& each : one.marks) {
                each.begin += is_header ? 0 : gap.size();
                each.end += is_header ? 0 : gap.size();
            }
        }
        const auto body = std::pair(to.body_begin, to.body_end);
        apply_edits({&one, 1}, to);
        if (!is_header) std::tie(to.body_begin, to.body_end) = body;
    }

private:
    add_step how_;
    decoration what_;
};

class styling final : public plain_step {
public:
    explicit styling(std::string type) : type_(std::move(type)) {}

    void change(const message&, marked_text& to) const override {
        trim(to);
        if (to.bytes.empty()) return;
        const bool is_verbatim = type_ == "code" || type_ == "pre";
        std::erase_if(to.marks, [&](const mark& each) {
            const std::string& is = each.what.type;
            return is_verbatim || is == type_ || (is_quote(type_) && is_quote(is));
        });
        to.marks.insert(to.marks.begin(),
                        {.begin = 0, .end = to.bytes.size(), .what = {.type = type_}});
        to.is_changed = true;
    }

private:
    static bool is_quote(std::string_view type) {
        return type == "blockquote" || type == "expandable_blockquote";
    }

    std::string type_;
};

class stripping final : public plain_step {
public:
    void change(const message& post, marked_text& to) const override {
        if (post.content == content_kind::text || to.bytes.empty()) return;
        const edit all{.begin = 0, .end = to.bytes.size(), .with = {}};
        apply_edits({&all, 1}, to);
    }
};

// With an empty text there is nothing to ask about.
class asking final : public transform::step {
public:
    explicit asking(rewrite_request what) : what_(std::move(what)) {}

    applied apply(const transform_input& of, marked_text& to) const override {
        if (of.world == nullptr || to.bytes.empty()) return {};
        return of.world->rewrite(what_, of, to);
    }

private:
    rewrite_request what_;
};

made_step make_step(const add_step& step, std::uint32_t place) {
    auto what = decoration::parse(step.html);
    if (!what) {
        return std::unexpected(transform_error{
            .place = place, .offset = what.error().at, .message = std::move(what.error().message)});
    }
    return std::make_shared<adding>(step, *std::move(what));
}

made_step make_step(const style_step& step, std::uint32_t place) {
    if (std::ranges::find(styles, step.type) == styles.end()) {
        std::string message = '"' + step.type + "\" is no style: there are";
        for (const std::string_view each : styles) message += ' ' + std::string(each);
        return std::unexpected(
            transform_error{.place = place, .offset = {}, .message = std::move(message)});
    }
    return std::make_shared<styling>(step.type);
}

made_step make_step(const strip_caption_step&, std::uint32_t) {
    return std::make_shared<stripping>();
}

made_step make_step(const ask_step& step, std::uint32_t) {
    return std::make_shared<asking>(step.what);
}

}  // namespace

bool has_text(const message& post) noexcept {
    switch (post.content) {
        case content_kind::text:
        case content_kind::photo:
        case content_kind::video:
        case content_kind::animation:
        case content_kind::audio:
        case content_kind::voice:
        case content_kind::document: return true;
        case content_kind::other: return !post.text.text.empty();  // it may be a poll
        case content_kind::video_note:
        case content_kind::sticker:
        case content_kind::service: return false;
    }
    return false;
}

std::expected<transform, std::vector<transform_error>> transform::compile(
    const transform_steps& steps) {
    transform made;
    std::vector<transform_error> errors;
    bool has_own_links = false;
    for (const transform_step& each : steps) {
        if (std::holds_alternative<own_links_step>(each.what) &&
            std::exchange(has_own_links, true)) {
            errors.push_back({.place = each.place,
                              .offset = {},
                              .message = "there is an \"own_links\" before it, of which nothing "
                                         "would be left"});
        }
        auto step = std::visit(
            [&](const auto& what) -> made_step { return make_step(what, each.place); }, each.what);
        if (step) {
            made.steps_.push_back(*std::move(step));
        } else {
            errors.push_back(std::move(step.error()));
        }
    }
    if (!errors.empty()) return std::unexpected(std::move(errors));
    return made;
}

applied transform::apply(const transform_input& of, marked_text& to) const {
    for (std::size_t step = 0; step < steps_.size(); ++step) {
        applied made = apply_step(step, of, to);
        if (made.is != applied::state::done) return made;
    }
    return {};
}

applied transform::apply_step(std::size_t step, const transform_input& of, marked_text& to) const {
    applied made = steps_[step]->apply(of, to);
    if (made.is == applied::state::done && to.bytes.size() > text_bytes_max) {
        made.is = applied::state::too_long;
    }
    return made;
}

}  // namespace baudot::text
