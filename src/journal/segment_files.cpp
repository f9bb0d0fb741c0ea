#include "journal/segment_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace baudot::journal {
namespace {

constexpr std::uint64_t search_bytes = 4ULL << 20;

result<segment_header> read_header(const file& source, const std::string& path) {
    std::string bytes(segment_header_bytes, '\0');
    auto got = source.pread(bytes, 0);
    if (!got) return std::unexpected(got.error());
    bytes.resize(*got);
    if (const auto needed = header_bytes_needed(bytes); needed && *needed > bytes.size()) {
        bytes.resize(*needed);
        got = source.pread(bytes, 0);
        if (!got) return std::unexpected(got.error());
        bytes.resize(*got);
    }
    auto header = decode_segment_header(bytes);
    if (!header && header.error().code == errc::unsupported_version) {
        return fail(errc::unsupported_version, path + " " + header.error().message);
    }
    if (!header) return damaged(path, 0, header.error().message);
    return header;
}

// Is there a good frame of this segment behind a bad one? Then it was no torn write.
result<std::optional<std::uint64_t>> find_later_frame(const file& source, std::uint32_t seed,
                                                      const frame_place& bad, std::uint64_t size) {
    const sequence after{std::to_underlying(bad.base) - 1};
    std::string window;
    std::string whole;
    for (std::uint64_t at = bad.offset + 1; at + frame_header_bytes <= size;) {
        window.resize(std::min(search_bytes, size - at));
        const auto got = source.pread(window, at);
        if (!got) return std::unexpected(got.error());
        window.resize(*got);
        for (std::size_t found = find_frame_header(window, 0, after); found != std::string::npos;
             found = find_frame_header(window, found + 1, after)) {
            const std::string_view header = std::string_view(window).substr(found);
            auto check = check_frame(header, seed, std::nullopt, base_of_frame(header));
            if (check.what == frame_check::kind::incomplete && at + found + check.wanted <= size) {
                whole.resize(check.wanted);
                const auto read = source.pread(whole, at + found);
                if (!read) return std::unexpected(read.error());
                check = check_frame(whole, seed, std::nullopt, base_of_frame(whole));
            }
            if (check.what == frame_check::kind::good || check.what == frame_check::kind::newer) {
                return std::optional(at + found);
            }
        }
        if (window.size() < frame_header_bytes) break;
        at += window.size() - (frame_header_bytes - 1);  // a header may cross the border
    }
    return std::optional<std::uint64_t>();
}

// Behind the last byte that is not zero: a file grows by zeros before frames are written over them.
result<std::uint64_t> end_of_content(const file& source, std::uint64_t from, std::uint64_t size) {
    std::uint64_t end = from;
    std::string window;
    for (std::uint64_t at = from; at < size; at += window.size()) {
        window.resize(std::min(search_bytes, size - at));
        const auto got = source.pread(window, at);
        if (!got) return std::unexpected(got.error());
        window.resize(*got);
        if (window.empty()) break;
        const auto last = window.find_last_not_of('\0');
        if (last != std::string::npos) end = at + last + 1;
    }
    return end;
}

// The newest segment stopped at `end`: torn there, or damaged?
result<void> judge_tail(const file& source, const std::string& path, const segment_file& segment,
                        std::uint32_t seed, segment_end& end) {
    if (end.place.offset >= segment.size) return {};
    const auto later = find_later_frame(source, seed, end.place, segment.size);
    if (!later) return std::unexpected(later.error());
    if (*later) {
        return damaged(path, end.place.offset,
                       fmt::format("damaged frame at record {}; a good frame follows at byte {}",
                                   std::to_underlying(end.place.base), **later));
    }
    const std::uint64_t rest = segment.size - end.place.offset;
    if (!segment.header.recycled) {
        const auto torn = end_of_content(source, end.place.offset, segment.size);
        if (!torn) return std::unexpected(torn.error());
        end.torn_bytes = *torn - end.place.offset;
        return {};
    }
    end.torn_bytes = rest;
    std::string bytes(std::min<std::uint64_t>(rest, frame_header_bytes), '\0');
    const auto got = source.pread(bytes, end.place.offset);
    if (!got) return std::unexpected(got.error());
    bytes.resize(*got);
    if (!resembles_frame(bytes, end.place.chain, end.place.base)) end.torn_bytes = 0;
    return {};
}

}  // namespace

std::string join_path(const std::string& directory, const std::string& name) {
    return directory + "/" + name;
}

std::unexpected<error> damaged(const std::string& path, std::uint64_t offset, std::string what,
                               errc code) {
    return fail(code, fmt::format("{}: byte {}: {}. Nothing was changed. See the extent with "
                                  "`baudot journal verify`; restore the directory from a backup "
                                  "(`baudot restore`), or move it away to begin without it",
                                  path, offset, what));
}

result<segment_file> load_segment(disk& files, const std::string& directory, std::string name) {
    const std::string path = join_path(directory, name);
    const auto source = files.open(path, open_mode::read);
    if (!source) return std::unexpected(source.error());
    auto header = read_header(**source, path);
    if (!header) return std::unexpected(header.error());
    const auto size = (*source)->size();
    if (!size) return std::unexpected(size.error());
    if (base_of_name(name) != header->base) {
        return damaged(path, 0,
                       fmt::format("its header says that it begins with record {}",
                                   std::to_underlying(header->base)));
    }
    return segment_file{std::move(name), *size, std::move(*header)};
}

result<void> check_neighbours(const std::string& directory, const segment_file& earlier,
                              const segment_file& later) {
    const std::string path = join_path(directory, later.name);
    if (later.header.id != earlier.header.id) {
        return damaged(path, 0, "it belongs to another journal than " + earlier.name);
    }
    if (later.header.previous_base != earlier.header.base) {
        return damaged(path, 0,
                       fmt::format("the segment before it, {}, is missing",
                                   segment_name(later.header.previous_base)));
    }
    if (later.header.previous_bytes > earlier.size) {
        return damaged(join_path(directory, earlier.name), earlier.size,
                       fmt::format("the file ends here and should hold {} bytes",
                                   later.header.previous_bytes));
    }
    return {};
}

result<std::vector<segment_file>> load_segments(disk& files, const std::string& directory) {
    auto names = files.list(directory);
    if (!names) return std::unexpected(names.error());
    std::vector<segment_file> segments;
    for (std::string& name : *names) {
        if (!base_of_name(name)) continue;
        auto segment = load_segment(files, directory, std::move(name));
        if (!segment) return std::unexpected(segment.error());
        segments.push_back(std::move(*segment));
    }
    for (std::size_t i = 1; i < segments.size(); ++i) {
        const auto good = check_neighbours(directory, segments[i - 1], segments[i]);
        if (!good) return std::unexpected(good.error());
    }
    return segments;
}

result<segment_end> walk_segment(disk& files, const std::string& directory,
                                 const segment_file& segment, const segment_file* next,
                                 const frame_visitor& visit) {
    const std::string path = join_path(directory, segment.name);
    const auto source = files.open(path, open_mode::read);
    if (!source) return std::unexpected(source.error());
    const std::uint32_t seed = frame_seed(segment.header.id, segment.header.base);
    const std::uint64_t limit = next != nullptr ? next->header.previous_bytes : segment.size;
    frame_reader reader(**source, seed, first_frame(segment.header), limit);
    segment_end end;
    for (;;) {
        const frame_place start = reader.place();
        const auto got = reader.next();
        if (!got) return std::unexpected(got.error());
        if (!*got) break;
        const auto seen = visit(start, **got);
        if (!seen && seen.error().code == errc::corrupt) {
            return damaged(path, start.offset, seen.error().message);
        }
        if (!seen) return std::unexpected(seen.error());
        end.records += (*got)->count;
        ++end.frames;
        end.last_frame = start.offset;
        end.clean = ((*got)->flags & frame_clean_end) != 0;
    }
    end.place = reader.place();
    if (reader.stopped() == frame_reader::stop::newer) {
        return damaged(path, end.place.offset, "frame of a newer format",
                       errc::unsupported_version);
    }
    if (next == nullptr) {
        const auto judged = judge_tail(**source, path, segment, seed, end);
        if (!judged) return std::unexpected(judged.error());
        if (end.torn_bytes > 0) end.clean = false;
        return end;
    }
    if (reader.stopped() == frame_reader::stop::bad) {
        return damaged(
            path, end.place.offset,
            fmt::format("damaged frame at record {}", std::to_underlying(end.place.base)));
    }
    if (end.place.base != next->header.base || end.place.chain != next->header.chain) {
        return damaged(path, end.place.offset,
                       fmt::format("the chain of frames does not lead to {}", next->name));
    }
    return end;
}

}  // namespace baudot::journal
