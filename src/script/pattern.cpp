#include "script/pattern.hpp"

#include <utility>

#include "base/assert.hpp"

namespace baudot::script {
namespace {

constexpr std::size_t captures_max = std::tuple_size_v<decltype(match::all)>;

bool is_in_class(unsigned char byte, char name) {
    const bool is_upper = byte >= 'A' && byte <= 'Z';
    const bool is_lower = byte >= 'a' && byte <= 'z';
    const bool is_digit = byte >= '0' && byte <= '9';
    const bool is_seen = byte > ' ' && byte < 0x7F;
    switch (name) {
        case 'a': return is_upper || is_lower;
        case 'c': return byte < ' ' || byte == 0x7F;
        case 'd': return is_digit;
        case 'g': return is_seen;
        case 'l': return is_lower;
        case 'p': return is_seen && !is_upper && !is_lower && !is_digit;
        case 's': return byte == ' ' || (byte >= '\t' && byte <= '\r');
        case 'u': return is_upper;
        case 'w': return is_upper || is_lower || is_digit;
        case 'x': return is_digit || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
        case 'z': return byte == 0;
        default: return false;
    }
}

unsigned char byte_of(char each) {
    return static_cast<unsigned char>(each);
}

}  // namespace

/// Reads a pattern from left to right.
class pattern::reader {
public:
    reader(std::string_view text, pattern& to) : text_(text), to_(to) {}

    const char* read() {
        while (at_ < text_.size()) {
            if (to_.count_ + 1 >= items_max) return "the pattern is too long";
            if (const char* wrong = read_one()) return wrong;
        }
        return opened_ > 0 ? "unfinished capture" : nullptr;
    }

private:
    const char* read_one() {
        switch (text_[at_]) {
            case '(': return open();
            case ')': return close();
            case '$':
                if (at_ + 1 < text_.size()) break;
                ++at_;
                add(item::kind::end);
                return nullptr;
            case '%':
                if (at_ + 1 == text_.size()) return "malformed pattern (ends with '%')";
                if (text_[at_ + 1] == 'b') return balanced();
                if (text_[at_ + 1] == 'f') return frontier();
                if (is_in_class(byte_of(text_[at_ + 1]), 'd')) return again();
                break;
            default: break;
        }
        set of;
        if (const char* wrong = single(of)) return wrong;
        quantified(of);
        return nullptr;
    }

    item& add(item::kind is) {
        item& made = to_.items_[to_.count_++];
        made = {};
        made.is = is;
        return made;
    }

    const char* open() {
        if (to_.captures_ == captures_max) return "too many captures";
        ++at_;
        const auto number = static_cast<std::uint8_t>(to_.captures_++);
        if (at_ < text_.size() && text_[at_] == ')') {
            ++at_;
            add(item::kind::position).number = number;
            return nullptr;
        }
        add(item::kind::open).number = number;
        open_[opened_++] = number;
        return nullptr;
    }

    const char* close() {
        if (opened_ == 0) return "invalid pattern capture";
        ++at_;
        const std::uint8_t number = open_[--opened_];
        add(item::kind::close).number = number;
        is_closed_.set(number);
        return nullptr;
    }

    const char* again() {
        const auto number = static_cast<std::size_t>(text_[at_ + 1] - '1');  // %0: beyond all
        if (number >= captures_max || !is_closed_.test(number)) return "invalid capture index";
        at_ += 2;
        add(item::kind::again).number = static_cast<std::uint8_t>(number);
        return nullptr;
    }

    const char* balanced() {
        if (at_ + 3 >= text_.size()) return "unbalanced pattern";
        item& made = add(item::kind::balanced);
        made.first = text_[at_ + 2];
        made.second = text_[at_ + 3];
        at_ += 4;
        return nullptr;
    }

    const char* frontier() {
        at_ += 2;
        if (at_ == text_.size() || text_[at_] != '[') return "missing '[' after '%f' in pattern";
        set of;
        if (const char* wrong = single(of)) return wrong;
        add(item::kind::frontier).of = of;
        return nullptr;
    }

    void quantified(const set& of) {
        const char how = at_ < text_.size() ? text_[at_] : '\0';
        switch (how) {
            case '*': add(item::kind::greedy).of = of; break;
            case '-': add(item::kind::fewest).of = of; break;
            case '?': add(item::kind::maybe).of = of; break;
            case '+':
                add(item::kind::one).of = of;
                add(item::kind::greedy).of = of;
                break;
            default: add(item::kind::one).of = of; return;
        }
        ++at_;
    }

    /// What matches one character: itself, a class or a set.
    const char* single(set& of) {
        const char first = text_[at_++];
        if (first == '.') {
            of.set();
        } else if (first == '%') {
            if (at_ == text_.size()) return "malformed pattern (ends with '%')";
            add_class(text_[at_++], of);
        } else if (first == '[') {
            return read_set(of);
        } else {
            of.set(byte_of(first));
        }
        return nullptr;
    }

    const char* read_set(set& of) {
        constexpr const char* open = "malformed pattern (missing ']')";
        const bool is_negated = at_ < text_.size() && text_[at_] == '^';
        if (is_negated) ++at_;
        bool is_first = true;  // a ] there is itself
        for (;; is_first = false) {
            if (at_ == text_.size()) return open;
            const char first = text_[at_++];
            if (first == ']' && !is_first) break;
            if (first == '%') {
                if (at_ == text_.size()) return open;
                add_class(text_[at_++], of);
            } else if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
                const unsigned last = byte_of(text_[at_ + 1]);
                for (unsigned each = byte_of(first); each <= last; ++each) of.set(each);
                at_ += 2;
            } else {
                of.set(byte_of(first));
            }
        }
        if (is_negated) of.flip();
        return nullptr;
    }

    static void add_class(char name, set& of) {
        const char small = name >= 'A' && name <= 'Z' ? static_cast<char>(name - 'A' + 'a') : name;
        constexpr std::string_view classes = "acdglpsuwxz";
        if (!classes.contains(small)) {
            of.set(byte_of(name));
            return;
        }
        for (unsigned each = 0; each < 256; ++each) {
            if (is_in_class(static_cast<unsigned char>(each), small) == (small == name)) {
                of.set(each);
            }
        }
    }

    std::string_view text_;
    pattern& to_;
    std::size_t at_ = 0;
    std::array<std::uint8_t, captures_max> open_{};  // groups that are not closed yet
    std::size_t opened_ = 0;
    std::bitset<captures_max> is_closed_;
};

/// One attempt. Goes back where it has to; each item is one level of the stack at most.
class pattern::run {
public:
    run(const pattern& by, std::string_view text, std::uint64_t& work, match& to)
        : by_(by), text_(text), work_(work), to_(to) {}

    static constexpr std::size_t none = std::string_view::npos;

    /// Where what the items from `number` on match ends, when they begin at `at`; or none.
    // NOLINTNEXTLINE(misc-no-recursion): as deep as there are items
    std::size_t from(std::size_t number, std::size_t at) {
        for (; number < by_.count_; ++number) {
            const item& is = by_.items_[number];
            if (!spend()) return none;
            switch (is.is) {
                case item::kind::greedy: return greedy(number, at);
                case item::kind::fewest: return fewest(number, at);
                case item::kind::maybe:
                    if (is_of(is.of, at)) {
                        const std::size_t end = from(number + 1, at + 1);
                        if (end != none || work_ == 0) return end;
                    }
                    break;
                default:
                    at = step(is, at);
                    if (at == none) return none;
            }
        }
        return at;
    }

private:
    bool spend(std::uint64_t much = 1) {
        work_ = work_ > much ? work_ - much : 0;
        return work_ > 0;
    }

    bool is_of(const set& of, std::size_t at) const {
        return at < text_.size() && of.test(byte_of(text_[at]));
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    std::size_t greedy(std::size_t number, std::size_t at) {
        std::size_t end = at;
        while (is_of(by_.items_[number].of, end)) ++end;
        if (!spend(end - at)) return none;
        for (;; --end) {
            const std::size_t last = from(number + 1, end);
            if (last != none || work_ == 0) return last;
            if (end == at) return none;
        }
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    std::size_t fewest(std::size_t number, std::size_t at) {
        for (;; ++at) {
            const std::size_t last = from(number + 1, at);
            if (last != none || work_ == 0) return last;
            if (!is_of(by_.items_[number].of, at)) return none;
        }
    }

    /// What matches in one way alone: where it ends.
    std::size_t step(const item& is, std::size_t at) {
        switch (is.is) {
            case item::kind::one: return is_of(is.of, at) ? at + 1 : none;
            case item::kind::open: to_.all[is.number] = {.begin = at, .end = at}; return at;
            case item::kind::close: to_.all[is.number].end = at; return at;
            case item::kind::position:
                to_.all[is.number] = {.begin = at, .end = at, .is_position = true};
                return at;
            case item::kind::again: return again(to_.all[is.number], at);
            case item::kind::balanced: return balanced(is, at);
            case item::kind::frontier: return is_frontier(is.of, at) ? at : none;
            case item::kind::end: return at == text_.size() ? at : none;
            default: BAUDOT_ASSERT(false, "it has several ways"); return none;
        }
    }

    std::size_t again(const capture& what, std::size_t at) {
        const std::string_view text = text_.substr(what.begin, what.end - what.begin);
        if (!spend(text.size() / 16 + 1) || !text_.substr(at).starts_with(text)) return none;
        return at + text.size();
    }

    std::size_t balanced(const item& is, std::size_t at) {
        if (at >= text_.size() || text_[at] != is.first) return none;
        std::size_t depth = 1;
        while (++at < text_.size()) {
            if (!spend()) return none;
            if (text_[at] == is.second) {
                if (--depth == 0) return at + 1;
            } else if (text_[at] == is.first) {
                ++depth;
            }
        }
        return none;
    }

    // Both ends of the text are as a zero byte.
    bool is_frontier(const set& of, std::size_t at) const {
        const unsigned char before = at == 0 ? '\0' : byte_of(text_[at - 1]);
        const unsigned char behind = at < text_.size() ? byte_of(text_[at]) : '\0';
        return !of.test(before) && of.test(behind);
    }

    const pattern& by_;
    std::string_view text_;
    std::uint64_t& work_;
    match& to_;
};

const char* pattern::read(std::string_view text, bool may_anchor) {
    count_ = 0;
    captures_ = 0;
    is_anchored_ = may_anchor && text.starts_with('^');
    if (is_anchored_) text.remove_prefix(1);
    return reader(text, *this).read();
}

std::optional<match> pattern::match_at(std::string_view text, std::size_t at,
                                       std::uint64_t& work) const {
    match made;
    made.begin = at;
    made.end = run(*this, text, work, made).from(0, at);
    if (made.end == run::none || work == 0) return std::nullopt;
    made.captures = captures_;
    if (captures_ == 0) {
        made.captures = 1;
        made.all[0] = {.begin = made.begin, .end = made.end};
    }
    return made;
}

}  // namespace baudot::script
