#include "telegram_sim/score.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/bytes.hpp"

namespace baudot::telegram_sim {
namespace {

/// What the server would make of it, without what it finds by itself: equal here is equal.
formatted_text canonical(const formatted_text& body) {
    auto normal = normalise(body, false);
    return without_found(normal ? *normal : body);
}

hash128 digest(const formatted_text& canonical_body) {
    std::string bytes = canonical_body.text;
    const auto put = [&](std::uint64_t number) {
        std::array<char, 8> raw;
        store_little_endian(raw.data(), number);
        bytes.append(raw.data(), raw.size());
    };
    for (const entity& one : canonical_body.entities) {
        put(static_cast<std::uint64_t>(one.kind));
        put(static_cast<std::uint64_t>(one.offset));
        put(static_cast<std::uint64_t>(one.length));
        put(static_cast<std::uint64_t>(one.user));
        put(one.argument.size());
        bytes += one.argument;
    }
    return xxh3_128(bytes);
}

/// As it was when it was sent: a later edit is another matter.
const content& first_content(const message& of) {
    return of.is_edited() ? of.details->earlier.front().what : of.what;
}

/// What `source` showed at `when`: one version, or two at the very moment of an edit.
std::vector<const content*> contents_at(const message& source, wall_time when) {
    struct span {
        const content* what;
        wall_time since;
    };
    std::vector<span> spans;
    if (source.details) {
        for (const version& one : source.details->earlier) spans.push_back({&one.what, one.since});
    }
    spans.push_back({&source.what, source.is_edited() ? source.details->edited : source.date});
    std::vector<const content*> shown;
    for (std::size_t at = 0; at < spans.size(); ++at) {
        const bool begun = at == 0 || spans[at].since <= when;
        const bool over = at + 1 < spans.size() && spans[at + 1].since < when;
        if (begun && !over) shown.push_back(spans[at].what);
    }
    return shown;
}

class chat_judge {
public:
    chat_judge(const world& in, chat_id where) : in_(in) { out_.chat = where; }

    void expect(const expected_copy& what) {
        by_origin_[{what.from, what.message}].push_back(wanted_.size());
        wanted_.push_back({.what = &what, .is_found = false});
        ++out_.expected;
    }

    void judge(const chat& where) {
        for (const message& one : where.messages) {
            switch (one.made_by.kind) {
                case cause_kind::bot_copy:
                case cause_kind::bot_forward: by_origin(one); break;
                case cause_kind::bot_method: by_body(one); break;
                case cause_kind::user_act:
                case cause_kind::service: break;
            }
        }
    }

    chat_score take() {
        for (const wanted& one : wanted_) {
            if (!one.is_found) out_.lost.push_back(named(*one.what, {}));
        }
        return std::move(out_);
    }

    std::uint64_t& before_wait_over() noexcept { return out_.before_wait_over; }

private:
    struct wanted {
        const expected_copy* what;
        bool is_found;
    };
    using origin = std::pair<chat_id, message_id>;

    static scored_copy named(const expected_copy& what, message_id at) {
        return {.from = what.from, .message = what.message, .to = what.to, .at = at};
    }

    const message* source_of(const expected_copy& what) const {
        const chat* from = in_.find_chat({}, what.from);
        return from ? from->find(what.message) : nullptr;
    }

    void by_origin(const message& one) {
        const auto at = by_origin_.find({one.made_by.from_chat, one.made_by.from_message});
        if (at == by_origin_.end()) {
            out_.unexpected.push_back(one.id);
            return;
        }
        const copy_mode mode =
            one.made_by.kind == cause_kind::bot_copy ? copy_mode::copy : copy_mode::forward;
        // Of several that come from one message, the one that is right, and of those the first that
        // is in its place: another of them may be lost. What is like one found before is its double
        // and stands for no other.
        std::optional<std::size_t> right, open, twin;
        for (const std::size_t index : at->second) {
            const wanted& candidate = wanted_[index];
            const bool is_mode = candidate.what->mode == mode;
            const bool is_right = is_mode && has_content(*candidate.what, one);
            if (is_right && !candidate.is_found) {
                if (is_in_order(index)) return found(index, one.id, true);
                right = right.value_or(index);
            }
            if (is_right) twin = index;
            if (candidate.is_found) continue;
            if (!open || (is_mode && wanted_[*open].what->mode != mode)) open = index;
        }
        if (right) return found(*right, one.id, true);
        if (open && !twin) return found(*open, one.id, false);
        out_.doubled.push_back(named(*wanted_[twin.value_or(at->second.front())].what, one.id));
    }

    bool is_in_order(std::size_t index) const {
        const auto newest = newest_.find(wanted_[index].what->from);
        return newest == newest_.end() || index > newest->second;
    }

    bool has_content(const expected_copy& what, const message& one) const {
        const content& sent = first_content(one);
        const formatted_text body = canonical(sent.body);
        const message* source = source_of(what);
        if (what.body && canonical(*what.body) != body) return false;
        if (!source) return what.body.has_value();
        return std::ranges::any_of(contents_at(*source, one.date), [&](const content* shown) {
            return shown->media == sent.media && shown->file == sent.file &&
                   is_same_object(*shown, sent) && (what.body || canonical(shown->body) == body);
        });
    }

    // Each copy of a poll is a poll of its own, and what is live stands still in a copy.
    bool is_same_object(const content& source, const content& copy) const {
        if (const poll_id* shown = source.get<poll_id>()) {
            const poll_terms& wanted = in_.find_poll(*shown)->terms;
            const poll_terms& got = in_.find_poll(*copy.get<poll_id>())->terms;
            return wanted.question == got.question && wanted.options == got.options &&
                   wanted.is_quiz == got.is_quiz && wanted.correct == got.correct;
        }
        if (const auto* at = source.get<location>()) {
            const auto* other = copy.get<location>();
            return at->latitude == other->latitude && at->longitude == other->longitude;
        }
        return source.more->object == copy.more->object;
    }

    void by_body(const message& one) {
        if (!bodies_are_known_) learn_bodies();
        const content& sent = first_content(one);
        const auto at = by_body_.find(digest(canonical(sent.body)));
        if (at == by_body_.end() || sent.media != media_kind::none) {
            out_.unexpected.push_back(one.id);
            return;
        }
        const auto open = std::ranges::find_if(
            at->second, [&](std::size_t index) { return !wanted_[index].is_found; });
        if (open == at->second.end()) {
            out_.doubled.push_back(named(*wanted_[at->second.front()].what, one.id));
            return;
        }
        found(*open, one.id, true);
    }

    void learn_bodies() {
        bodies_are_known_ = true;
        for (std::size_t index = 0; index < wanted_.size(); ++index) {
            const expected_copy& what = *wanted_[index].what;
            if (what.mode != copy_mode::copy) continue;
            std::set<hash128> bodies;
            if (what.body) {
                bodies.insert(digest(canonical(*what.body)));
            } else if (const message* source = source_of(what)) {
                bodies.insert(digest(canonical(source->what.body)));
                if (source->details) {
                    for (const version& old : source->details->earlier) {
                        bodies.insert(digest(canonical(old.what.body)));
                    }
                }
            }
            for (const hash128& body : bodies) by_body_[body].push_back(index);
        }
    }

    void found(std::size_t index, message_id at, bool is_right) {
        wanted& one = wanted_[index];
        one.is_found = true;
        if (is_right)
            ++out_.matched;
        else
            out_.wrong_content.push_back(named(*one.what, at));
        // The list's own order is the order of each source in it.
        const auto [newest, fresh] = newest_.try_emplace(one.what->from, index);
        if (!fresh && index < newest->second) out_.out_of_order.push_back(named(*one.what, at));
        newest->second = std::max(newest->second, index);
    }

    const world& in_;
    chat_score out_;
    std::vector<wanted> wanted_;
    std::map<origin, std::vector<std::size_t>> by_origin_;
    bool bodies_are_known_ = false;
    std::unordered_map<hash128, std::vector<std::size_t>> by_body_;
    std::map<chat_id, std::size_t> newest_;  // by source: the furthest copy that stands
};

}  // namespace

score compare(const world& in, const expectation& wanted,
              const std::vector<limiter::early_count>& early) {
    std::map<chat_id, chat_judge> judges;
    const auto judge_of = [&](chat_id where) -> chat_judge& {
        return judges.try_emplace(where, in, where).first->second;
    };
    for (const chat_id where : wanted.destinations) judge_of(where);
    for (const expected_copy& one : wanted.copies) judge_of(one.to).expect(one);
    in.for_each_chat([&](const chat& where) {
        if (const auto at = judges.find(where.id); at != judges.end()) at->second.judge(where);
    });
    for (const limiter::early_count& one : early)
        judge_of(one.chat).before_wait_over() += one.count;

    score out;
    for (auto& [where, judge] : judges) {
        chat_score of = judge.take();
        out.expected += of.expected;
        out.matched += of.matched;
        out.lost += of.lost.size();
        out.doubled += of.doubled.size();
        out.out_of_order += of.out_of_order.size();
        out.wrong_content += of.wrong_content.size();
        out.unexpected += of.unexpected.size();
        out.before_wait_over += of.before_wait_over;
        out.chats.push_back(std::move(of));
    }
    return out;
}

}  // namespace baudot::telegram_sim
