#include "config/reader.hpp"

#include <algorithm>
#include <utility>

#include "base/utf16.hpp"
#include "config/node.hpp"

namespace baudot::config {
namespace {

std::string_view kind_text(node_kind kind) {
    switch (kind) {
        case node_kind::nothing: return "nothing";
        case node_kind::scalar: return "a single value";
        case node_kind::list: return "a list";
        case node_kind::mapping: return "a mapping";
    }
    return "something else";
}

std::string key_text(std::string_view key) {
    return '"' + std::string(key) + '"';
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words) {
        if (!all.empty()) all += ", ";
        all += word;
    }
    return all;
}

void cut_newline(std::string& text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
}

}  // namespace

reader::reader(const node& mapping, reading& shared)
    : mapping_(mapping),
      shared_(shared),
      shape_(shared.recorder == nullptr ? nullptr : shared.recorder->here) {}

const node* reader::find(std::string_view key) const {
    const node::entry* const entry = mapping_.find(key);
    return entry == nullptr ? nullptr : entry->value.get();
}

bool reader::present(std::string_view key) {
    named_.emplace_back(key);
    return find(key) != nullptr;
}

bool reader::demand(std::string_view key) {
    if (present(key)) return true;
    error(mapping_.at, key_text(key) + " is missing");
    return false;
}

std::optional<reader::scalar> reader::scalar_of(std::string_view key) {
    const node& value = *find(key);
    if (value.kind == node_kind::scalar) return scalar{.text = value.text, .at = value.at};
    if (value.kind == node_kind::nothing) {
        error(where(key), key_text(key) + " has no value");
    } else {
        error(value.at, key_text(key) + " is " + std::string(kind_text(value.kind)),
              "it must be a single value");
    }
    return std::nullopt;
}

std::optional<std::vector<reader::scalar>> reader::scalars_of(std::string_view key) {
    const node& value = *find(key);
    if (value.kind != node_kind::list) {
        const auto one = scalar_of(key);
        if (!one) return std::nullopt;
        return std::vector{*one};
    }
    std::vector<scalar> all;
    bool good = true;
    for (const auto& item : value.items) {
        if (item->kind == node_kind::scalar) {
            all.push_back({.text = item->text, .at = item->at});
            continue;
        }
        error(item->at, "an item of " + key_text(key) + " is " + std::string(kind_text(item->kind)),
              "it must be a single value");
        good = false;
    }
    if (!good) return std::nullopt;
    return all;
}

void reader::wrong(std::string_view key, const scalar& found, const std::string& right) {
    error(found.at, key_text(key) + " is " + shown(found.text), "it must be " + right);
}

void reader::wrong_word(std::string_view key, const scalar& found,
                        const std::vector<std::string>& words) {
    const std::string_view meant = nearest(found.text, words);
    std::string hint = "it must be one of " + joined(words);
    if (!meant.empty()) hint = "did you mean " + std::string(meant) + "?";
    error(found.at, key_text(key) + " is " + shown(found.text), std::move(hint));
}

bool reader::read_secret(std::string_view key, secret& value) {
    const auto found = scalar_of(key);
    if (!found) return false;
    const std::string_view text = found->text;
    std::string revealed;
    std::string source;
    if (text.starts_with("${") && text.ends_with("}") && text.size() > 3) {
        const std::string variable(text.substr(2, text.size() - 3));
        const auto set = shared_.from.variable(variable);
        if (!set) {
            error(found->at, "the environment variable " + shown(variable) + " is not set",
                  "set it, or use file:PATH");
            return false;
        }
        revealed = *set;
        source = "the environment variable " + shown(variable);
    } else if (text.starts_with("file:") && text.size() > 5) {
        std::string path(text.substr(5));
        auto file = file_at(path);
        if (!file) {
            error(found->at, "cannot read " + shown(path) + ": " + file.error().message);
            return false;
        }
        if (file->world_readable) {
            warning(found->at, "everybody on this machine can read " + shown(path), "chmod 600 it");
        }
        revealed = std::move(file->text);
        source = "the file " + shown(path);
    } else {
        // Not shown: it may be the secret itself.
        error(found->at, key_text(key) + " must not stand in the file",
              "write ${NAME} for an environment variable, or file:PATH");
        return false;
    }
    cut_newline(revealed);
    if (revealed.empty()) {
        error(found->at, source + " is empty");
        return false;
    }
    value = secret(std::move(revealed));
    return true;
}

/// `path` becomes the one from where we are.
result<environment::file> reader::file_at(std::string& path) const {
    if (!path.starts_with('/') && !shared_.folder.empty()) path = shared_.folder + '/' + path;
    return shared_.from.read(path);
}

bool reader::read_file(std::string_view key, text_file& value) {
    const auto found = scalar_of(key);
    if (!found) return false;
    std::string path(found->text);
    auto file = file_at(path);
    if (!file) {
        error(found->at, "cannot read " + shown(path) + ": " + file.error().message);
        return false;
    }
    if (!is_valid_utf8(file->text)) {
        error(found->at, shown(path) + " is not UTF-8");
        return false;
    }
    value = {.path = std::string(found->text), .text = std::move(file->text)};
    return true;
}

bool reader::is_noted(std::string_view key, value_shape shape, bool is_required) {
    if (shared_.recorder == nullptr) return false;
    mapping_shape::key& made = shape_->at(key);
    made.required += is_required ? 1 : 0;
    made.value = std::move(shape);
    return true;
}

bool reader::are_noted(std::string_view key, value_shape shape, bool is_required) {
    if (!is_noted(key, std::move(shape), is_required)) return false;
    shape_->at(key).may_be_values = true;
    return true;
}

bool reader::is_part_noted(std::string_view key, const part& read, bool is_alone,
                           bool is_required) {
    shape_recorder* const to = shared_.recorder;
    if (to == nullptr) return false;
    mapping_shape::key& made = shape_->at(key);
    if (!made.mapping) made.mapping = std::make_shared<mapping_shape>();
    made.required += is_required ? 1 : 0;
    (is_alone ? made.may_be_alone : made.may_be_list) = true;
    mapping_shape* const outside = std::exchange(to->here, made.mapping.get());
    ++to->here->readings;
    ++to->depth;
    reader inner(mapping_, shared_);
    read(inner);
    --to->depth;
    to->here = outside;
    return true;
}

bool reader::is_described_as(std::string_view name) {
    shape_recorder* const to = shared_.recorder;
    if (to == nullptr) return false;
    mapping_shape* const first = to->named.try_emplace(std::string(name), shape_).first->second;
    shape_->name = name;
    if (first == shape_) return false;
    shape_->same_as = name;
    return true;
}

bool reader::section(std::string_view key, const part& read) {
    if (is_part_noted(key, read, true, false)) return false;
    if (!present(key)) return false;
    const node& value = *find(key);
    if (value.kind != node_kind::mapping) {
        error(value.kind == node_kind::nothing ? where(key) : value.at,
              key_text(key) + " is " + std::string(kind_text(value.kind)), "it must be a mapping");
        return false;
    }
    reader inner(value, shared_);
    read(inner);
    inner.finish();
    return true;
}

bool reader::each(std::string_view key, const part& read) {
    if (is_part_noted(key, read, false, false)) return false;
    return present(key) && read_each(key, read);
}

bool reader::required_each(std::string_view key, const part& read) {
    if (is_part_noted(key, read, false, true)) return false;
    return demand(key) && read_each(key, read);
}

bool reader::read_each(std::string_view key, const part& read) {
    const node& value = *find(key);
    if (value.kind != node_kind::list) {
        error(value.kind == node_kind::nothing ? where(key) : value.at,
              key_text(key) + " is " + std::string(kind_text(value.kind)),
              "it must be a list: begin every item with \"- \"");
        return false;
    }
    for (const auto& item : value.items) {
        if (item->kind != node_kind::mapping) {
            error(item->at,
                  "an item of " + key_text(key) + " is " + std::string(kind_text(item->kind)),
                  "it must be a mapping");
            continue;
        }
        reader inner(*item, shared_);
        read(inner);
        inner.finish();
    }
    return true;
}

bool reader::one_or_each(std::string_view key, const part& read) {
    if (is_part_noted(key, read, true, false)) {
        shape_->at(key).may_be_list = true;
        return false;
    }
    return is_section(key) ? section(key, read) : each(key, read);
}

bool reader::each_or_values(std::string_view key, std::string_view key_of_value, const part& read) {
    if (is_part_noted(key, read, true, false)) {
        mapping_shape::key& made = shape_->at(key);
        made.may_be_list = true;
        made.value = made.mapping->at(key_of_value).value;
        made.may_be_values = true;
        return false;
    }
    if (!present(key)) return false;
    const node& value = *find(key);
    const auto read_one = [&](const node& mapping) {
        reader inner(mapping, shared_);
        read(inner);
        inner.finish();
    };
    const auto take = [&](const std::shared_ptr<const node>& item) {
        if (item->kind == node_kind::mapping) {
            read_one(*item);
        } else if (item->kind == node_kind::scalar) {
            node made{.kind = node_kind::mapping, .at = item->at};
            made.entries.push_back(
                {.key = std::string(key_of_value), .at = item->at, .value = item});
            read_one(made);
        } else {
            error(item->at,
                  "an item of " + key_text(key) + " is " + std::string(kind_text(item->kind)),
                  "it must be a single value or a mapping");
        }
    };
    if (value.kind == node_kind::nothing) {
        error(where(key), key_text(key) + " has no value");
        return false;
    }
    if (value.kind != node_kind::list) {
        take(mapping_.find(key)->value);
        return true;
    }
    for (const auto& item : value.items) take(item);
    return true;
}

bool reader::is_chosen(std::string_view key) const {
    shape_->at(key).is_choice = true;
    return shared_.recorder->chooses_mapping();
}

bool reader::is_section(std::string_view key) const {
    if (shared_.recorder != nullptr) return is_chosen(key);
    const node* const value = find(key);
    return value != nullptr && value->kind == node_kind::mapping;
}

bool reader::has_sections(std::string_view key) const {
    if (shared_.recorder != nullptr) return is_chosen(key);
    const node* const value = find(key);
    if (value == nullptr) return false;
    const auto is_mapping = [](const auto& each) { return each->kind == node_kind::mapping; };
    return value->kind == node_kind::mapping || std::ranges::any_of(value->items, is_mapping);
}

position reader::where(std::string_view key, std::size_t item) const {
    const node::entry* const entry = mapping_.find(key);
    if (entry == nullptr) return mapping_.at;
    const node& value = *entry->value;
    if (value.kind == node_kind::list && item < value.items.size()) return value.items[item]->at;
    return value.kind == node_kind::scalar ? value.at : entry->at;
}

std::size_t reader::items(std::string_view key) const {
    if (shared_.recorder != nullptr) {  // it may be absent, whatever is said of it afterwards
        shape_->at(key).may_be_absent = true;
        return 1;
    }
    const node* const value = find(key);
    if (value == nullptr) return 0;
    return value->kind == node_kind::list ? value->items.size() : 1;
}

bool reader::is_empty() const {
    return shared_.recorder == nullptr && mapping_.entries.empty();
}

position reader::where() const {
    return mapping_.at;
}

void reader::error(position at, std::string message, std::string hint) {
    if (shared_.recorder != nullptr) return;
    shared_.problems.add(
        {.how = severity::error, .at = at, .message = std::move(message), .hint = std::move(hint)});
}

void reader::warning(position at, std::string message, std::string hint) {
    if (shared_.recorder != nullptr) return;
    shared_.problems.add({.how = severity::warning,
                          .at = at,
                          .message = std::move(message),
                          .hint = std::move(hint)});
}

void reader::finish() {
    for (const node::entry& entry : mapping_.entries) {
        if (std::ranges::find(named_, entry.key) != named_.end()) continue;
        if (entry.key == "<<") continue;  // reported with its own reason
        const std::string_view meant = nearest(entry.key, named_);
        error(entry.at, "unknown key " + shown(entry.key),
              meant.empty() ? "known here: " + joined(named_)
                            : "did you mean " + key_text(meant) + "?");
    }
}

}  // namespace baudot::config
