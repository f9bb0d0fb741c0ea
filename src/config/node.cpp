#include "config/node.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "base/utf16.hpp"

namespace baudot::config {
namespace {

struct stopped {};  // thrown through the parser once a problem makes the rest meaningless

int characters(std::string_view text) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    return static_cast<int>(std::ranges::count_if(text, begins));
}

position position_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return {.line = static_cast<int>(std::ranges::count(before, '\n')) + 1,
            .column = characters(before.substr(line_start)) + 1};
}

/// The parser's marks count from 0, and columns in bytes.
class marks {
public:
    /// `joined`: offsets of what joined_pairs() has made, each shorter than what stood there.
    explicit marks(std::string_view text, std::vector<std::size_t> joined = {})
        : text_(text), joined_(std::move(joined)) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\n') lines_.push_back(i + 1);
        }
    }

    position operator()(const YAML::Mark& mark) const {
        if (mark.is_null()) return {};
        const auto line = static_cast<std::size_t>(mark.line);
        if (line >= lines_.size()) return {.line = mark.line + 1, .column = mark.column + 1};
        const std::size_t start = lines_[line];
        const auto before = text_.substr(start, static_cast<std::size_t>(mark.column));
        const auto pairs = std::ranges::lower_bound(joined_, start + before.size()) -
                           std::ranges::lower_bound(joined_, start);
        return {.line = mark.line + 1,
                .column = characters(before) + 1 + static_cast<int>(pairs) * shorter};
    }

    static constexpr int shorter = 2;  // "\U0001f517" than "\ud83d\udd17"

    /// What stands from there to the end of the text.
    std::string_view text_from(const YAML::Mark& mark) const {
        const auto line = static_cast<std::size_t>(mark.line);
        if (mark.is_null() || line >= lines_.size()) return {};
        const std::size_t at = lines_[line] + static_cast<std::size_t>(mark.column);
        return text_.substr(std::min(at, text_.size()));
    }

private:
    std::string_view text_;
    std::vector<std::size_t> joined_;    // ascending
    std::vector<std::size_t> lines_{0};  // where each begins
};

/// The number that `text` begins with as "\uXXXX"; nothing: it does not.
std::optional<std::uint32_t> unicode_escape(std::string_view text) {
    std::uint32_t number = 0;
    if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
    const auto [stop, error] = std::from_chars(text.data() + 2, text.data() + 6, number, 16);
    if (error != std::errc{} || stop != text.data() + 6) return std::nullopt;
    return number;
}

/// JSON writes what is beyond 16 bits as two escapes; YAML knows one, with 8 digits. Empty: the
/// text has no such pair.
std::string joined_pairs(std::string_view text, std::vector<std::size_t>& places) {
    std::string made;
    std::size_t done = 0;
    for (auto at = text.find('\\'); at != text.npos; at = text.find('\\', at)) {
        const auto high = unicode_escape(text.substr(at));
        const auto low = high ? unicode_escape(text.substr(at + 6)) : std::nullopt;
        if (!low || (*high & 0xFC00) != 0xD800 || (*low & 0xFC00) != 0xDC00) {
            at += 2;  // with what it escapes, which may be a backslash
            continue;
        }
        made += text.substr(done, at - done);
        places.push_back(made.size());
        fmt::format_to(std::back_inserter(made), "\\U{:08x}",
                       0x10000 + ((*high & 0x3FF) << 10) + (*low & 0x3FF));
        at += 12;
        done = at;
    }
    if (places.empty()) return {};
    return made += text.substr(done);
}

/// A quoted text whose quote is never closed. The parser takes it to the end of the file without
/// a word, and whatever was meant to follow is gone.
bool is_left_open(std::string_view scalar) {
    if (!scalar.starts_with('"') && !scalar.starts_with('\'')) return false;
    const char quote = scalar.front();
    for (std::size_t i = 1; i < scalar.size(); ++i) {
        if (quote == '"' && scalar[i] == '\\') {
            ++i;
        } else if (scalar[i] == quote) {
            if (quote == '"' || !scalar.substr(i).starts_with("''")) return false;
            ++i;
        }
    }
    return true;
}

/// Builds the tree from the parser's events. Its limits hold while the text is read.
class tree_builder final : public YAML::EventHandler {
public:
    tree_builder(const marks& position_of, const parse_limits& limits, problem_list& problems)
        : position_of_(position_of), limits_(limits), problems_(problems) {}

    std::shared_ptr<const node> root;

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (documents_++ > 0) stop(mark, "a second document begins here", "keep one per file");
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        put(finished(start(node_kind::nothing, mark), anchor));
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        refuse_tag(mark, tag);
        if (is_left_open(position_of_.text_from(mark))) {
            stop(mark, "this quote is never closed", "close it, or write the text without quotes");
        }
        auto made = start(node_kind::scalar, mark);
        made->text = value;
        put(finished(std::move(made), anchor));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            stop(mark, "this alias is inside of what it stands for", "write the value out");
        }
        put(found->second);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(node_kind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(node_kind::mapping, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

private:
    struct level {
        std::shared_ptr<node> value;
        YAML::anchor_t anchor = 0;
        std::optional<node::entry> pending;  // mapping: a key that waits for its value
        std::unordered_map<std::string, position> keys;
    };

    [[noreturn]] void stop(const YAML::Mark& mark, std::string message, std::string hint) {
        problems_.add(
            {.at = position_of_(mark), .message = std::move(message), .hint = std::move(hint)});
        throw stopped{};
    }

    void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (tag.empty() || tag == "?" || tag == "!") return;
        if (limits_.takes_yaml_tags && tag.starts_with("tag:yaml.org,2002:")) return;
        stop(mark, "tags (!) are not used here", "write the plain value");
    }

    std::shared_ptr<node> start(node_kind kind, const YAML::Mark& mark) {
        auto made = std::make_shared<node>();
        made->kind = kind;
        made->at = position_of_(mark);
        return made;
    }

    std::shared_ptr<const node> finished(std::shared_ptr<node> made, YAML::anchor_t anchor) {
        if (anchor != 0) anchors_[anchor] = made;
        return made;
    }

    void open(node_kind kind, const YAML::Mark& mark, const std::string& tag,
              YAML::anchor_t anchor) {
        refuse_tag(mark, tag);
        if (levels_.size() >= limits_.depth) {
            stop(mark, "more than " + std::to_string(limits_.depth) + " levels deep", "");
        }
        if (!levels_.empty() && expects_key(levels_.back())) {
            stop(mark, "a key must be a plain text",
                 "is a ] or } missing? A text that begins with [ or { needs quotes");
        }
        levels_.push_back(
            {.value = start(kind, mark), .anchor = anchor, .pending = {}, .keys = {}});
    }

    void close() {
        level done = std::move(levels_.back());
        levels_.pop_back();
        put(finished(std::move(done.value), done.anchor));
    }

    static bool expects_key(const level& of) {
        return of.value->kind == node_kind::mapping && !of.pending;
    }

    void put(std::shared_ptr<const node> made) {
        if (levels_.empty()) {
            root = std::move(made);
            return;
        }
        level& into = levels_.back();
        if (expects_key(into)) {
            begin_entry(into, *made);
            return;
        }
        into.value->weight += made->weight;
        if (into.value->weight > limits_.nodes) {
            problems_.add({.at = into.value->at,
                           .message = "more than " + std::to_string(limits_.nodes) + " values",
                           .hint = "aliases count as what they stand for"});
            throw stopped{};
        }
        if (into.value->kind == node_kind::list) {
            into.value->items.push_back(std::move(made));
            return;
        }
        into.pending->value = std::move(made);
        const auto [first, is_new] = into.keys.emplace(into.pending->key, into.pending->at);
        if (is_new) {
            into.value->entries.push_back(std::move(*into.pending));
        } else {
            problems_.add({.at = into.pending->at,
                           .message = "key " + shown(into.pending->key) + " is given twice",
                           .hint = "the first is in line " + std::to_string(first->second.line)});
        }
        into.pending.reset();
    }

    void begin_entry(level& into, const node& key) {
        if (key.kind != node_kind::scalar || key.text.empty()) {
            problems_.add({.at = key.at, .message = "a key must be a plain text", .hint = ""});
            throw stopped{};
        }
        if (key.text == "<<") {
            problems_.add({.at = key.at,
                           .message = "merge keys (<<) are not supported",
                           .hint = "write the keys out"});
        }
        into.pending = node::entry{.key = key.text, .at = key.at, .value = nullptr};
    }

    const marks& position_of_;
    const parse_limits& limits_;
    problem_list& problems_;
    int documents_ = 0;
    std::vector<level> levels_;
    std::unordered_map<YAML::anchor_t, std::shared_ptr<const node>> anchors_;
};

/// What the parser would take for something else, or explain badly. False: do not parse.
bool check_bytes(std::string_view text, const parse_limits& limits, problem_list& problems) {
    const auto refuse = [&](position at, std::string message, std::string hint) {
        problems.add({.at = at, .message = std::move(message), .hint = std::move(hint)});
        return false;
    };
    if (text.size() > limits.bytes) {
        return refuse({}, "it has more than " + std::to_string(limits.bytes) + " bytes",
                      "a configuration is never that long: is it another file?");
    }
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        return refuse({1, 1}, "it is UTF-16", "save it as UTF-8");
    }
    // Between brackets a tab is as good as a space.
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool is_json = first != text.npos && (text[first] == '{' || text[first] == '[');
    bool indenting = !is_json;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte == '\t' && indenting) {
            return refuse(position_at(text, i), "a tab indents this line", "use spaces");
        }
        if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
            return refuse(position_at(text, i), "a control character", "remove it");
        }
        if (byte == '\n') {
            indenting = !is_json;
        } else if (byte != ' ') {
            indenting = false;
        }
    }
    if (is_valid_utf8(text)) return true;
    // The longest good beginning, in characters of at most four bytes.
    std::size_t good = 0;
    while (good < text.size()) {
        std::size_t length = 1;
        while (length <= 4 && !is_valid_utf8(text.substr(good, length))) ++length;
        if (length > 4) break;
        good += length;
    }
    return refuse(position_at(text, good), "not UTF-8", "save the file as UTF-8");
}

std::string hint_for(const std::string& message) {
    if (message.find("illegal map value") != std::string::npos) {
        return "check the indentation; a text that holds \": \" needs quotes";
    }
    if (message.find("end of map not found") != std::string::npos ||
        message.find("end of sequence not found") != std::string::npos) {
        return "check the indentation of this line and the one before";
    }
    if (message.find("end of sequence flow not found") != std::string::npos ||
        message.find("end of map flow not found") != std::string::npos) {
        return "is a ] or } missing?";
    }
    if (message.find("invalid unicode") != std::string::npos) {
        return "this escape is no character: half of a pair of \\ud800 to \\udfff?";
    }
    if (message.find("escape") != std::string::npos) {
        return "in single quotes a backslash is itself";
    }
    if (message.find("anchor") != std::string::npos || message.find("alias") != std::string::npos) {
        return "a text that begins with * or & needs quotes";
    }
    return "";
}

/// What the parser says is wrong with the text; nothing: it was read, into `builder`.
struct parse_failure {
    YAML::Mark at;
    std::string message;
};

std::optional<parse_failure> parse(std::string_view text, tree_builder& builder) {
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        return parse_failure{.at = error.mark, .message = error.msg};
    }
    return std::nullopt;
}

/// One try; nothing: it failed, and `problems` say why.
std::shared_ptr<const node> read_tree(std::string_view text, const parse_limits& limits,
                                      std::vector<std::size_t> joined, problem_list& problems) {
    const marks position_of(text, std::move(joined));
    tree_builder builder(position_of, limits, problems);
    try {
        if (const auto failure = parse(text, builder)) {
            problems.add({.at = position_of(failure->at),
                          .message = "not YAML: " + to_valid_utf8(failure->message),
                          .hint = hint_for(failure->message)});
            return nullptr;
        }
    } catch (const stopped&) {
        return nullptr;
    }
    if (builder.root) return builder.root;
    auto empty = std::make_shared<node>();  // an empty file is an empty mapping
    empty->at = {1, 1};
    return empty;
}

}  // namespace

const node::entry* node::find(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &entry::key);
    return found == entries.end() ? nullptr : &*found;
}

std::shared_ptr<const node> parse_yaml(std::string_view text, const parse_limits& limits,
                                       problem_list& problems) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (!check_bytes(text, limits, problems)) return nullptr;
    std::vector<std::size_t> places;
    const std::string joined = joined_pairs(text, places);
    if (joined.empty()) return read_tree(text, limits, {}, problems);
    // As it stands first: where it is readable, such a pair is no escape but two in single quotes.
    problem_list in_vain;
    if (auto root = read_tree(text, limits, {}, in_vain)) {
        problems = std::move(in_vain);
        return root;
    }
    return read_tree(joined, limits, std::move(places), problems);
}

}  // namespace baudot::config
