#include "journal/tools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <ctime>
#include <map>
#include <unistd.h>
#include <utility>
#include <vector>

#include "journal/segment_files.hpp"

namespace baudot::journal {
namespace {

constexpr auto quiet_time = std::chrono::seconds(2);
constexpr auto refresh_time = std::chrono::milliseconds(200);
constexpr std::size_t bar_width = 30;

template <class... Args>
void print(std::FILE* to, fmt::format_string<Args...> text, Args&&... values) {
    fmt::print(to, text, std::forward<Args>(values)...);
}

std::string bytes_text(std::uint64_t bytes) {
    constexpr std::array units{"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < units.size(); ++unit) value /= 1024;
    return fmt::format("{:.{}f} {}", value, unit == 0 ? 0 : 1, units[unit]);
}

// 1234567 -> 1,234,567
std::string count_text(std::uint64_t count) {
    std::string text = std::to_string(count);
    for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
    return text;
}

std::string time_text(wall_time when) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(when);
    const std::time_t value = seconds.time_since_epoch().count();
    std::tm parts{};
    ::gmtime_r(&value, &parts);
    char text[32];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%SZ", &parts);
    return {text, length};
}

std::string bar(std::uint64_t part, std::uint64_t whole) {
    const auto filled = whole == 0 ? 0 : (part * bar_width + whole / 2) / whole;
    return std::string(part > 0 ? std::max<std::size_t>(filled, 1) : 0, '#');
}

/// A line that overwrites itself on a terminal, from the third second on.
class progress_line {
public:
    progress_line(const tool_context& with, std::uint64_t total)
        : timers_(with.timers),
          to_(with.progress != nullptr && ::isatty(::fileno(with.progress)) ? with.progress
                                                                            : nullptr),
          total_(total),
          next_(timers_.now() + quiet_time) {}
    ~progress_line() { clear(); }

    void add(std::uint64_t bytes) {
        done_ += bytes;
        if (to_ == nullptr || timers_.now() < next_) return;
        next_ = timers_.now() + refresh_time;
        shown_ = true;
        print(to_, "\r\033[K{} of {} ({} %)", bytes_text(done_), bytes_text(total_),
              total_ == 0 ? 100 : std::min<std::uint64_t>(100, done_ * 100 / total_));
        std::fflush(to_);
    }

    void clear() {
        if (std::exchange(shown_, false)) print(to_, "\r\033[K");
    }

private:
    timer_service& timers_;
    std::FILE* const to_;
    const std::uint64_t total_;
    std::uint64_t done_ = 0;
    time_point next_;
    bool shown_ = false;
};

tool_exit exit_of(const error& why) {
    const bool damage = why.code == errc::corrupt || why.code == errc::unsupported_version;
    return damage ? tool_exit::damaged : tool_exit::unreadable;
}

tool_exit report(const tool_context& with, const error& why) {
    print(with.out, "{}\n", why.message);
    return exit_of(why);
}

result<std::vector<segment_file>> segments_of(const tool_context& with) {
    auto segments = load_segments(with.files, with.directory);
    if (segments && segments->empty()) {
        return fail(errc::not_found, with.directory + ": holds no journal");
    }
    return segments;
}

std::uint64_t size_of(const std::vector<segment_file>& segments) {
    std::uint64_t sum = 0;
    for (const segment_file& segment : segments) sum += segment.size;
    return sum;
}

// Every frame and record of the segments that reach up to `from`.
using record_visitor = std::function<result<void>(const record_view&)>;
result<segment_end> walk_records(const tool_context& with,
                                 const std::vector<segment_file>& segments, std::size_t which,
                                 progress_line& progress, const record_visitor& visit) {
    const segment_file* const next = which + 1 < segments.size() ? &segments[which + 1] : nullptr;
    const auto each = [&](const frame_place&, const frame& value) -> result<void> {
        progress.add(value.bytes());
        record_cursor records(value);
        for (;;) {
            const auto record = records.next();
            if (!record) return std::unexpected(record.error());
            if (!*record) return {};
            if (auto seen = visit(**record); !seen) return seen;
        }
    };
    return walk_segment(with.files, with.directory, segments[which], next, each);
}

struct type_count {
    std::uint64_t records = 0;
    std::uint64_t bytes = 0;
};

struct statistics {
    std::map<std::uint8_t, type_count> types;
    std::array<std::uint64_t, 33> sizes{};  // by bit width of the payload's length
    std::map<std::uint16_t, std::uint64_t> partitions;
    std::uint64_t records = 0;
    std::uint64_t frames = 0;
    std::uint64_t payload_bytes = 0;

    void add(const record_view& record) {
        type_count& type = types[record.header.type];
        ++type.records;
        type.bytes += record.payload.size();
        ++sizes[static_cast<std::size_t>(std::bit_width(record.payload.size()))];
        ++partitions[record.header.partition];
        ++records;
        payload_bytes += record.payload.size();
    }
};

std::string name_of(const payload_decoder& decoder, std::uint8_t type) {
    std::string name = decoder.type_name ? decoder.type_name(type) : std::string();
    return name.empty() ? fmt::format("type {}", type) : name;
}

void print_statistics(std::FILE* out, const statistics& found, const payload_decoder& decoder) {
    print(out, "\n{:<24} {:>14} {:>12} {:>9}\n", "records by type", "records", "payload", "mean");
    std::uint64_t most = 0;
    for (const auto& [type, count] : found.types) most = std::max(most, count.records);
    for (const auto& [type, count] : found.types) {
        print(out, "  {:<22} {:>14} {:>12} {:>9}  {}\n", name_of(decoder, type),
              count_text(count.records), bytes_text(count.bytes),
              bytes_text(count.bytes / count.records), bar(count.records, most));
    }
    print(out, "\n{:<24} {:>14}\n", "payload size", "records");
    const auto largest = *std::ranges::max_element(found.sizes);
    const auto used = [](std::uint64_t count) { return count > 0; };
    const auto first = std::ranges::find_if(found.sizes, used) - found.sizes.begin();
    for (auto i = static_cast<std::size_t>(first); i < found.sizes.size(); ++i) {
        if (std::none_of(found.sizes.begin() + static_cast<std::ptrdiff_t>(i), found.sizes.end(),
                         used)) {
            break;
        }
        const std::uint64_t below = std::uint64_t{1} << i;
        print(out, "  {:<22} {:>14}  {}\n", "below " + bytes_text(below),
              count_text(found.sizes[i]), bar(found.sizes[i], largest));
    }
}

std::string hex(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(c));
    }
    return text;
}

std::string json_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (byte < 0x20) {
            fmt::format_to(std::back_inserter(quoted), "\\u{:04x}", byte);
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

void print_record(std::FILE* out, const record_view& record, bool json,
                  const payload_decoder& decoder) {
    const record_header& header = record.header;
    const auto text = decoder.text ? decoder.text(header.type, record.payload, json)
                                   : result<std::string>(hex(record.payload));
    const std::string type = name_of(decoder, header.type);
    if (!json) {
        print(out, "{} {} partition {}#{} epoch {} {} B: {}\n", std::to_underlying(record.position),
              type, header.partition, header.partition_sequence, header.epoch,
              record.payload.size(),
              text ? *text : "(" + text.error().message + ") " + hex(record.payload));
        return;
    }
    std::string payload = text ? (decoder.text ? *text : json_string(*text)) : "null";
    if (!text) payload += ",\"payload_error\":" + json_string(text.error().message);
    print(out,
          "{{\"position\":{},\"type\":{},\"type_name\":{},\"partition\":{},\"epoch\":{},"
          "\"partition_sequence\":{},\"bytes\":{},\"payload\":{}}}\n",
          std::to_underlying(record.position), header.type, json_string(type), header.partition,
          header.epoch, header.partition_sequence, record.payload.size(), payload);
}

}  // namespace

tool_exit verify_journal(const tool_context& with) {
    const auto names = with.files.list(with.directory);
    if (!names) return report(with, names.error());
    std::vector<result<segment_file>> segments;
    std::uint64_t total = 0;
    for (const std::string& name : *names) {
        if (!base_of_name(name)) continue;
        segments.push_back(load_segment(with.files, with.directory, name));
        if (segments.back()) total += segments.back()->size;
    }
    if (segments.empty()) {
        return report(with, {errc::not_found, with.directory + ": holds no journal"});
    }
    progress_line progress(with, total);
    std::uint64_t records = 0;
    std::uint64_t damages = 0;
    bool unreadable = false;
    const auto judge = [&](const error& why) {
        progress.clear();
        print(with.out, "{}\n", why.message);
        ++damages;
        unreadable |= exit_of(why) == tool_exit::unreadable;
    };
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (!segments[i]) {
            judge(segments[i].error());
            continue;
        }
        const bool newest = i + 1 == segments.size();
        std::vector<segment_file> pair{*segments[i]};
        if (!newest && segments[i + 1]) {
            pair.push_back(*segments[i + 1]);
            if (auto ok = check_neighbours(with.directory, pair[0], pair[1]); !ok) {
                judge(ok.error());
                pair.pop_back();
            }
        }
        const auto none = [](const record_view&) -> result<void> { return {}; };
        const auto end = walk_records(with, pair, 0, progress, none);
        if (!end) {
            judge(end.error());
            continue;
        }
        records += end->records;
        progress.clear();
        print(with.out, "{}  good  {:>12} records {:>11}{}\n", segments[i]->name,
              count_text(end->records), bytes_text(end->place.offset),
              end->torn_bytes > 0 && newest
                  ? fmt::format("  and {} of a write that was cut off, or is under way",
                                bytes_text(end->torn_bytes))
                  : "");
    }
    progress.clear();
    print(with.out, "{} segments, {} records, {} places damaged\n", segments.size(),
          count_text(records), damages);
    if (unreadable) return tool_exit::unreadable;
    return damages > 0 ? tool_exit::damaged : tool_exit::good;
}

tool_exit print_journal_stat(const tool_context& with, const payload_decoder& decoder) {
    const auto segments = segments_of(with);
    if (!segments) return report(with, segments.error());
    progress_line progress(with, size_of(*segments));
    statistics found;
    std::uint64_t largest = 0;
    for (const segment_file& segment : *segments) largest = std::max(largest, segment.size);
    sequence next = segments->front().header.base;
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < segments->size(); ++i) {
        const segment_file& segment = (*segments)[i];
        const auto add = [&](const record_view& record) -> result<void> {
            found.add(record);
            return {};
        };
        const auto end = walk_records(with, *segments, i, progress, add);
        progress.clear();
        if (!end) return report(with, end.error());
        found.frames += end->frames;
        bytes += end->place.offset;
        next = end->place.base;
        print(with.out, "{}  {}  {:>12} records {:>11}  {}\n", segment.name,
              time_text(segment.header.created), count_text(end->records),
              bytes_text(end->place.offset), bar(end->place.offset, largest));
    }
    const auto first = std::to_underlying(segments->front().header.base);
    print(with.out,
          "\nsegments {}   bytes {}   records {} ({} to {})   commits {}   partitions {}\n",
          segments->size(), bytes_text(bytes), count_text(found.records), first,
          std::to_underlying(next) - 1, count_text(found.frames), found.partitions.size());
    if (found.records > 0) print_statistics(with.out, found, decoder);
    return tool_exit::good;
}

tool_exit dump_journal(const tool_context& with, const dump_options& options,
                       const payload_decoder& decoder) {
    const auto segments = segments_of(with);
    if (!segments) return report(with, segments.error());
    // Nothing is said about progress: the records themselves pass by.
    progress_line progress({with.files, with.timers, with.directory, with.out, nullptr}, 0);
    const error enough{errc::cancelled, {}};
    for (std::size_t i = 0; i < segments->size(); ++i) {
        if (i + 1 < segments->size() && (*segments)[i + 1].header.base <= options.from) continue;
        const auto each = [&](const record_view& record) -> result<void> {
            if (record.position < options.from) return {};
            if (options.to != sequence{} && record.position > options.to) {
                return std::unexpected(enough);
            }
            print_record(with.out, record, options.json, decoder);
            // A closed pipe ends it.
            if (std::ferror(with.out) != 0) return std::unexpected(enough);
            return {};
        };
        const auto end = walk_records(with, *segments, i, progress, each);
        if (!end && end.error().code == errc::cancelled) return tool_exit::good;
        if (!end) {
            if (with.progress != nullptr) print(with.progress, "{}\n", end.error().message);
            return exit_of(end.error());
        }
    }
    return tool_exit::good;
}

result<void> visit_journal(const tool_context& with,
                           const std::function<result<void>(const record_view&)>& visit) {
    const auto segments = segments_of(with);
    if (!segments) return std::unexpected(segments.error());
    progress_line progress(with, size_of(*segments));
    for (std::size_t i = 0; i < segments->size(); ++i) {
        const auto end = walk_records(with, *segments, i, progress, visit);
        if (!end) return std::unexpected(end.error());
    }
    return {};
}

}  // namespace baudot::journal
