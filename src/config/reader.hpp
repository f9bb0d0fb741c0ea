#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "config/problem.hpp"
#include "config/shape.hpp"
#include "config/value.hpp"

namespace baudot::config {

struct node;

/// What secrets are read from; tests pass their own.
struct environment {
    struct file {
        std::string text;
        bool world_readable = false;
    };
    std::function<std::optional<std::string>(const std::string& name)> variable;
    std::function<result<file>(const std::string& path)> read;  // errors name why, not the path
};

/// The process's variables and the disk. Blocking.
environment real_environment();

/// What reading leaves behind: the problems, and where secrets and relative paths are found.
struct reading {
    environment from;
    std::string folder;  // of the file: what a relative `file:` is relative to; may be empty
    problem_list problems;
    shape_recorder* recorder = nullptr;  // keys are noted there, and nothing is read
};

/// A text in a file of its own.
struct text_file {
    std::string path;  // as it is written
    std::string text;
};

/// One mapping of the file. It is read by naming every key it may have:
///
///     reader.required("name", account.name);
///     reader.optional("poll", settings.poll, {.least = 1s, .most = 50s});
///     reader.optional("mode", mode, {{"copy", relay_mode::copy}, {"forward", ...}});
///     reader.list("from", route.from);                       // one value or a list
///     reader.each("routes", [&](config::reader& one) { ... });
///     reader.section("journal", [&](config::reader& journal) { ... });
///
/// A key that nobody named is an error, so nothing is misspelt in silence. Every call reports
/// what is wrong and goes on; it returns true when it set the value. What is absent and not
/// required stays as it is.
///
/// Lives only during the callback that it was passed to.
class reader {
public:
    reader(const node& mapping, reading& shared);

    template <class T>
    bool required(std::string_view key, T& value, const range<T>& allowed = {}) {
        if (is_noted(key, shape_of(allowed), true)) return false;
        return demand(key) && read(key, value, allowed);
    }
    template <class T>
    bool optional(std::string_view key, T& value, const range<T>& allowed = {}) {
        if (is_noted(key, shape_of(allowed), false)) return false;
        return present(key) && read(key, value, allowed);
    }

    /// One of a few words.
    template <class Enum>
    using words = std::initializer_list<std::pair<std::string_view, Enum>>;

    template <class Enum>
    bool required(std::string_view key, Enum& value, words<Enum> names) {
        if (is_word_noted(key, value, names, true)) return false;
        return demand(key) && read_word(key, value, names);
    }
    template <class Enum>
    bool optional(std::string_view key, Enum& value, words<Enum> names) {
        if (is_word_noted(key, value, names, false)) return false;
        return present(key) && read_word(key, value, names);
    }

    /// "${NAME}" or "file:PATH"; a secret that stands in the file itself is an error. A newline
    /// at its end is cut off.
    bool required(std::string_view key, secret& value) {
        if (is_noted(key, {.is = value_shape::kind::hidden}, true)) return false;
        return demand(key) && read_secret(key, value);
    }
    bool optional(std::string_view key, secret& value) {
        if (is_noted(key, {.is = value_shape::kind::hidden}, false)) return false;
        return present(key) && read_secret(key, value);
    }

    /// The file that is named there; its path is relative to the folder of the configuration.
    bool required(std::string_view key, text_file& value) {
        if (is_noted(key, {.is = value_shape::kind::file}, true)) return false;
        return demand(key) && read_file(key, value);
    }

    /// A list of values, or one value alone.
    template <class T>
    bool list(std::string_view key, std::vector<T>& values) {
        if (are_noted(key, shape_of(range<T>{}), false)) return false;
        return present(key) && read_list(key, values);
    }
    template <class T>
    bool required_list(std::string_view key, std::vector<T>& values) {
        if (are_noted(key, shape_of(range<T>{}), true)) return false;
        return demand(key) && read_list(key, values);
    }

    using part = std::function<void(reader&)>;

    /// A mapping inside this one; called only when it is there.
    bool section(std::string_view key, const part& read);

    /// A list of mappings; called for each.
    bool each(std::string_view key, const part& read);
    bool required_each(std::string_view key, const part& read);

    /// As each(), or one mapping alone.
    bool one_or_each(std::string_view key, const part& read);

    /// A list of mappings and of single values, or one of them alone. A single value is read as a
    /// mapping that has it under `key_of_value`.
    bool each_or_values(std::string_view key, std::string_view key_of_value, const part& read);

    /// Whether the value of this key is a mapping, or a list with one in it.
    bool is_section(std::string_view key) const;
    bool has_sections(std::string_view key) const;

    /// A mapping that may stand inside of itself, or in several places, has a name. True: nothing
    /// is to be read, as its keys are noted under that name already.
    bool is_described_as(std::string_view name);

    /// Where `item` of this key stands (the key itself when it is no list; this mapping when
    /// the key is absent), for what is found wrong later.
    position where(std::string_view key, std::size_t item = 0) const;
    position where() const;

    /// Items of the list of this key, or 1 for a value alone; 0 when the key is absent.
    std::size_t items(std::string_view key) const;

    bool is_empty() const;  // it has no key at all

    void error(position at, std::string message, std::string hint = {});
    void warning(position at, std::string message, std::string hint = {});

    /// Reports the keys that nobody named. Called by whoever made the reader.
    void finish();

private:
    struct scalar {
        std::string_view text;
        position at;
    };

    // What a recorder is told; false: there is none.
    bool is_noted(std::string_view key, value_shape shape, bool is_required);
    bool are_noted(std::string_view key, value_shape shape, bool is_required);
    bool is_chosen(std::string_view key) const;
    bool is_part_noted(std::string_view key, const part& read, bool is_alone, bool is_required);

    // What is read behind a word may depend on it, so each is meant in some pass.
    template <class Enum>
    bool is_word_noted(std::string_view key, Enum& value, words<Enum> names, bool is_required) {
        if (shared_.recorder == nullptr) return false;
        value_shape shape{.is = value_shape::kind::word};
        for (const auto& each : names) shape.words.emplace_back(each.first);
        value = (names.begin() + shared_.recorder->pass % names.size())->second;
        return is_noted(key, std::move(shape), is_required);
    }

    const node* find(std::string_view key) const;
    bool present(std::string_view key);
    bool demand(std::string_view key);
    std::optional<scalar> scalar_of(std::string_view key);
    std::optional<std::vector<scalar>> scalars_of(std::string_view key);
    void wrong(std::string_view key, const scalar& found, const std::string& right);
    void wrong_word(std::string_view key, const scalar& found,
                    const std::vector<std::string>& words);
    bool read_secret(std::string_view key, secret& value);
    bool read_file(std::string_view key, text_file& value);
    result<environment::file> file_at(std::string& path) const;
    bool read_each(std::string_view key, const part& read);

    template <class T>
    bool read(std::string_view key, T& value, const range<T>& allowed) {
        const auto found = scalar_of(key);
        if (!found) return false;
        T parsed{};
        std::optional<std::string> right = parse_value(found->text, parsed);
        if (!right) {
            if constexpr (requires { value_text(parsed); }) {
                if (allowed.least || allowed.most) right = allowed.check(parsed);
            }
        }
        if (right) {
            wrong(key, *found, *right);
            return false;
        }
        value = std::move(parsed);
        return true;
    }

    template <class Enum>
    bool read_word(std::string_view key, Enum& value, words<Enum> names) {
        const auto found = scalar_of(key);
        if (!found) return false;
        std::vector<std::string> all;
        for (const auto& [word, meaning] : names) {
            if (word == found->text) {
                value = meaning;
                return true;
            }
            all.emplace_back(word);
        }
        wrong_word(key, *found, all);
        return false;
    }

    template <class T>
    bool read_list(std::string_view key, std::vector<T>& values) {
        const auto found = scalars_of(key);
        if (!found) return false;
        std::vector<T> parsed;
        bool all = true;
        for (const scalar& one : *found) {
            const auto right = parse_value(one.text, parsed.emplace_back());
            if (right) wrong(key, one, *right);
            all = all && !right;
        }
        if (all) values = std::move(parsed);
        return all;
    }

    const node& mapping_;
    reading& shared_;
    mapping_shape* shape_;  // of this mapping, where it is noted
    std::vector<std::string> named_;
};

/// A configuration file: parsed on construction, then read once.
class document {
public:
    document(std::string_view text, std::string name, environment from = real_environment());

    /// Reads the file `path`; what keeps it from being read is a problem of the document.
    static document load(const std::string& path, environment from = real_environment());

    /// What `read` would take from a document.
    static mapping_shape describe(const std::function<void(document&)>& read);

    /// Reads the top mapping. Not called when the text could not be parsed.
    void read(const reader::part& top);

    bool is_described() const { return shared_.recorder != nullptr; }  // there is nothing to judge

    bool ok() const { return !shared_.problems.has_errors(); }
    const std::string& name() const { return name_; }

    /// For what is found wrong after reading.
    void error(position at, std::string message, std::string hint = {});
    void warning(position at, std::string message, std::string hint = {});

    /// One line each, in the order of the file; empty when nothing is to be said.
    std::string report() const;
    std::vector<problem> problems() const { return shared_.problems.sorted(); }

private:
    std::string name_;
    reading shared_;
    std::shared_ptr<const node> root_;
};

}  // namespace baudot::config
