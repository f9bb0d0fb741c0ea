#include "router/post_facts.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii_lower.hpp"
#include "base/utf16.hpp"
#include "router/language.hpp"
#include "text/words.hpp"

namespace baudot::router {
namespace {

using place = name_condition::place;

/// Entities mostly follow each other, so their places are counted from the one before.
class entity_texts {
public:
    explicit entity_texts(std::string_view text) : text_(text) {}

    std::string_view operator()(const message_entity& entity) {
        if (entity.offset < 0 || entity.length < 0) return {};
        const auto begin = byte_of(static_cast<std::size_t>(entity.offset));
        const auto end = byte_of(static_cast<std::size_t>(entity.offset) +
                                 static_cast<std::size_t>(entity.length));
        if (begin == text_.npos || end == text_.npos) return {};
        return text_.substr(begin, end - begin);
    }

private:
    std::size_t byte_of(std::size_t units) {
        if (units < units_) units_ = bytes_ = 0;
        const std::size_t more = byte_of_utf16(text_.substr(bytes_), units - units_);
        if (more == text_.npos) return more;
        units_ = units;
        bytes_ += more;
        return bytes_;
    }

    std::string_view text_;
    std::size_t units_ = 0;
    std::size_t bytes_ = 0;
};

// Of what stands before the path and has no "://": whether its colon is the one of a port, or of a
// password, and not of a scheme without a host (mailto:a@b.org, tel:+1).
bool is_host(std::string_view authority) {
    const auto colon = authority.find(':');
    if (colon == authority.npos || authority.starts_with('[')) return true;
    if (authority.substr(0, colon).find_first_of(".@") == authority.npos) return false;
    const std::string_view rest = authority.substr(colon + 1);
    return rest.contains('@') || rest.find_first_not_of("0123456789") == rest.npos;
}

// "b.example.com" of "https://user@b.example.com:80/x". Empty: it is about no host (tg://,
// mailto:).
std::string host_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme != url.npos && url.find_first_of("/?#\\@") > scheme) {
        const std::string kind = ascii_lower(url.substr(0, scheme));
        if (kind != "http" && kind != "https" && kind != "ftp") return {};
        url.remove_prefix(scheme + 3);
    } else if (!is_host(url.substr(0, url.find_first_of("/?#\\")))) {
        return {};
    }
    url = url.substr(0, url.find_first_of("/?#\\"));
    if (const auto user = url.rfind('@'); user != url.npos) url.remove_prefix(user + 1);
    if (!url.starts_with('[')) url = url.substr(0, url.find(':'));
    while (url.ends_with('.')) url.remove_suffix(1);
    constexpr std::size_t longest = 253;  // of the domain name system
    return url.size() > longest ? std::string() : ascii_lower(url);
}

void add_id(std::vector<std::string>& names, std::int64_t id) {
    if (id != 0) names.push_back(std::to_string(id));
}

void add_username(std::vector<std::string>& names, std::string_view username) {
    if (!username.empty()) names.push_back('@' + ascii_lower(username));
}

// Kept from post to post, so that a match allocates nothing.
thread_local pattern_index::scanned of_text;
thread_local pattern_index::scanned of_file_name;

}  // namespace

post_facts::post_facts(const message& post, patterns in_text, patterns in_file_name)
    : post_(post),
      texts_(in_text.all),
      file_names_(in_file_name.all),
      text_(of_text),
      file_name_(of_file_name) {
    texts_.scan(post.text.text, in_text.sets, text_);
    file_names_.scan(file_name(), in_file_name.sets, file_name_);
}

std::string_view post_facts::file_name() const {
    return post_.media ? std::string_view(post_.media->file_name) : "";
}

std::size_t post_facts::after(std::string_view text, const pattern_index::found& match) {
    const auto end =
        static_cast<std::size_t>(match.whole.data() - text.data()) + match.whole.size();
    return match.whole.empty() ? end + text::bytes_of_character(text, end) : end;
}

bool post_facts::text_has_word(std::uint32_t list) {
    return texts_.finds_one(list, text_, [this](std::uint32_t each) { return is_word(each); });
}

bool post_facts::is_word(std::uint32_t pattern) {
    const auto known = std::ranges::find(words_, pattern, &decltype(words_)::value_type::first);
    if (known != words_.end()) return known->second;
    return words_.emplace_back(pattern, find_word(pattern).has_value()).second;
}

std::optional<std::string_view> post_facts::find(std::uint32_t pattern) const {
    const auto found = texts_.find(pattern, post_.text.text, 0, 0);
    return found ? std::optional(found->whole) : std::nullopt;
}

std::optional<std::string_view> post_facts::find_in_file_name(std::uint32_t pattern) const {
    const auto found = file_names_.find(pattern, file_name(), 0, 0);
    return found ? std::optional(found->whole) : std::nullopt;
}

std::optional<std::string_view> post_facts::find_word(std::uint32_t pattern) const {
    const std::string_view text = post_.text.text;
    for (std::size_t from = 0; from <= text.size();) {
        const auto found = texts_.find(pattern, text, from, 0);
        if (!found) return std::nullopt;
        if (text::stands_alone(text, found->whole)) return found->whole;
        // What stands alone may begin inside of what does not: "a-a" in "ba-a-a".
        from = static_cast<std::size_t>(found->whole.data() - text.data());
        from += text::bytes_of_character(text, from);
    }
    return std::nullopt;
}

const std::optional<std::vector<std::string>>& post_facts::names(place where) {
    auto& known = names_[std::to_underlying(where)];
    if (!known) known = find_names(where);
    return *known;
}

std::int64_t post_facts::length() {
    if (!length_) length_ = static_cast<std::int64_t>(utf16_length(post_.text.text));
    return *length_;
}

bool post_facts::has_entity(std::initializer_list<std::string_view> types) const {
    return std::ranges::any_of(post_.text.entities, [&](const message_entity& each) {
        return std::ranges::find(types, each.type) != types.end();
    });
}

std::optional<bool> post_facts::script_holds(std::uint32_t number, const script::program& what) {
    auto known = std::ranges::find(scripts_, number, &decltype(scripts_)::value_type::first);
    if (known == scripts_.end()) {
        if (!marked_) {
            marked_ = text::read_marked(post_.text);
            for (const text::mark& each : marked_->marks) {
                entities_.push_back({.begin = each.begin, .end = each.end, .what = &each.what});
            }
        }
        scripts_.emplace_front(
            number, what.holds({.post = post_, .text = marked_->bytes, .entities = entities_}));
        known = scripts_.begin();
    }
    if (known->second) return *known->second;
    trouble_ = known->second.error();
    return std::nullopt;
}

post_facts::names_found post_facts::find_names(place where) const {
    std::vector<std::string> found;
    switch (where) {
        case place::sender: return senders();
        case place::forwarded_from: return origins();
        case place::hashtag: return hashtags();
        case place::mention: return mentions();
        case place::link_domain: return domains();
        case place::via_bot:
            add_id(found, std::to_underlying(post_.via_bot));
            add_username(found, post_.via_bot_username);
            break;
        case place::extension:
            if (post_.media) {
                const std::string& file = post_.media->file_name;
                const auto dot = file.rfind('.');
                if (dot != file.npos) found.push_back(ascii_lower(file.substr(dot + 1)));
            }
            break;
        case place::language:
            found.push_back(language_of(post_.text.text));
            if (found.back().empty()) return std::nullopt;
            break;
    }
    return found;
}

// The chat that a message was sent as hides its user, who is made up then.
std::vector<std::string> post_facts::senders() const {
    std::vector<std::string> found;
    const bool as_chat = post_.sender_chat != chat_id{};
    add_id(found,
           as_chat ? std::to_underlying(post_.sender_chat) : std::to_underlying(post_.sender));
    add_username(found, post_.sender_username);
    return found;
}

post_facts::names_found post_facts::origins() const {
    std::vector<std::string> found;
    if (!post_.is_forward) return found;
    if (!post_.origin) return std::nullopt;
    const forward_origin& from = *post_.origin;
    add_id(found, std::to_underlying(from.user));
    add_id(found, std::to_underlying(from.chat));
    add_username(found, from.username);
    if (from.type == forward_origin::kind::hidden_user) found.push_back(from.name);
    return found;
}

std::vector<std::string> post_facts::hashtags() const {
    std::vector<std::string> found;
    entity_texts text_of(post_.text.text);
    for (const message_entity& each : post_.text.entities) {
        if (each.type != "hashtag" && each.type != "cashtag") continue;
        const std::string_view tag = text_of(each);
        found.emplace_back(tag.substr(0, tag.find('@')));  // "#tag@channel" is "#tag" there
    }
    return found;
}

std::vector<std::string> post_facts::mentions() const {
    std::vector<std::string> found;
    entity_texts text_of(post_.text.text);
    for (const message_entity& each : post_.text.entities) {
        if (each.type == "mention") found.push_back(ascii_lower(text_of(each)));
        if (each.type == "text_mention") add_id(found, std::to_underlying(each.user));
    }
    return found;
}

// Each host with all that it is a part of: b.example.com, example.com, com.
std::vector<std::string> post_facts::domains() const {
    std::vector<std::string> found;
    entity_texts text_of(post_.text.text);
    for (const message_entity& each : post_.text.entities) {
        const bool is_text_link = each.type == "text_link";
        if (!is_text_link && each.type != "url") continue;
        std::string host = host_of(is_text_link ? std::string_view(each.url) : text_of(each));
        while (!host.empty()) {
            const auto dot = host.find('.');
            std::string parent = dot == host.npos ? std::string() : host.substr(dot + 1);
            found.push_back(std::move(host));
            host = std::move(parent);
        }
    }
    return found;
}

}  // namespace baudot::router
