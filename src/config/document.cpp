#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sys/stat.h>
#include <utility>

#include "config/node.hpp"
#include "config/reader.hpp"

namespace baudot::config {
namespace {

result<environment::file> read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    struct stat about{};
    if (!stream || ::stat(path.c_str(), &about) != 0) {
        const int why = errno;
        return fail(errc::not_found, std::strerror(why));
    }
    if (!S_ISREG(about.st_mode)) {
        return fail(errc::invalid_argument, "it is not a file");
    }
    // One byte more than is allowed tells "too long" without reading all of it.
    std::string text(parse_limits{}.bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return fail(errc::io_failed, "the disk failed");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return environment::file{.text = std::move(text),
                             .world_readable = (about.st_mode & S_IROTH) != 0};
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash == 0 ? 1 : slash);
}

}  // namespace

environment real_environment() {
    return {.variable = [](const std::string& name) -> std::optional<std::string> {
                const char* const value = std::getenv(name.c_str());
                return value == nullptr ? std::nullopt : std::optional<std::string>(value);
            },
            .read = read_file};
}

document::document(std::string_view text, std::string name, environment from)
    : name_(std::move(name)),
      shared_{.from = std::move(from), .folder = folder_of(name_), .problems = {}},
      root_(parse_yaml(text, {}, shared_.problems)) {}

document document::load(const std::string& path, environment from) {
    auto file = from.read(path);
    if (file) return {file->text, path, std::move(from)};
    document unread("", path, std::move(from));
    unread.root_.reset();
    unread.error({}, "cannot read it: " + file.error().message);
    return unread;
}

mapping_shape document::describe(const std::function<void(document&)>& read) {
    mapping_shape made;
    shape_recorder recorder{.here = &made};
    for (; recorder.pass < shape_recorder::passes; ++recorder.pass) {
        document nothing("", "", {});
        nothing.root_ = std::make_shared<node>(node{.kind = node_kind::mapping, .at = {}});
        nothing.shared_.recorder = &recorder;
        ++made.readings;
        read(nothing);
    }
    return made;
}

void document::read(const reader::part& top) {
    if (!root_) return;
    if (root_->kind != node_kind::mapping && root_->kind != node_kind::nothing) {
        error(root_->at, "the file must be a mapping", "begin it with \"key: value\"");
        return;
    }
    reader all(*root_, shared_);
    top(all);
    all.finish();
}

void document::error(position at, std::string message, std::string hint) {
    shared_.problems.add(
        {.how = severity::error, .at = at, .message = std::move(message), .hint = std::move(hint)});
}

void document::warning(position at, std::string message, std::string hint) {
    shared_.problems.add({.how = severity::warning,
                          .at = at,
                          .message = std::move(message),
                          .hint = std::move(hint)});
}

std::string document::report() const {
    std::string lines;
    for (const problem& one : problems()) lines += one.text(name_) + '\n';
    return lines;
}

}  // namespace baudot::config
