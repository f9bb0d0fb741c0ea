#include "journal/record_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "journal/segment_files.hpp"

namespace baudot::journal {
namespace {

constexpr std::size_t run_bytes_min = 128 << 10;
constexpr std::size_t runs_max = 8;
constexpr std::size_t runs_bytes_max = 8 << 20;

}  // namespace

// Neighbouring records of one segment, out of frames that were good.
struct record_reader::run {
    struct record {
        record_header header;
        std::size_t offset = 0;
        std::size_t size = 0;
    };
    sequence first{};
    std::vector<record> records;
    std::string payloads;

    std::size_t bytes() const { return payloads.size() + records.size() * sizeof(record); }

    std::optional<stored_record> find(sequence position) const {
        const std::uint64_t at = std::to_underlying(position) - std::to_underlying(first);
        if (position < first || at >= records.size()) return std::nullopt;
        const record& of = records[at];
        return stored_record{position, of.header, payloads.substr(of.offset, of.size)};
    }

    result<void> add(const frame& from) {
        if (records.empty()) first = from.base;
        record_cursor cursor(from);
        for (;;) {
            const auto next = cursor.next();
            if (!next) return std::unexpected(next.error());
            if (!*next) return {};
            records.push_back({(*next)->header, payloads.size(), (*next)->payload.size()});
            payloads += (*next)->payload;
        }
    }
};

std::optional<stored_record> record_reader::recall(sequence position) const {
    if (position < list_.first()) return std::nullopt;  // retention has its say first
    const std::lock_guard lock(mutex_);
    for (const auto& each : runs_) {
        if (auto found = each->find(position)) return found;
    }
    return std::nullopt;
}

result<stored_record> record_reader::read(sequence position) {
    if (auto known = recall(position)) return *std::move(known);
    const auto loaded = load(position);
    if (!loaded) return std::unexpected(loaded.error());
    auto found = (*loaded)->find(position);
    if (!found) return missing(position);
    keep(*loaded);
    return *std::move(found);
}

result<std::shared_ptr<const record_reader::run>> record_reader::load(sequence position) const {
    const auto place = list_.find(position);
    if (!place) return missing(position);
    auto made = std::make_shared<run>();
    const auto collect = [&](std::uint64_t offset, const frame& value) -> result<void> {
        if (auto added = made->add(value); !added) {
            return damaged(path(*place), offset, added.error().message);
        }
        if (made->bytes() < run_bytes_min) return {};
        return fail(errc::cancelled, {});
    };
    const auto walked = walk(*place, position, collect);
    // Damage behind the record is for whoever asks for what stands there.
    if (!walked && made->records.empty()) return std::unexpected(walked.error());
    return made;
}

void record_reader::keep(std::shared_ptr<const run> added) {
    const std::lock_guard lock(mutex_);
    runs_.push_front(std::move(added));
    std::size_t bytes = 0;
    for (std::size_t at = 1; at < runs_.size(); ++at) {
        bytes += runs_[at]->bytes();
        if (at < runs_max && bytes <= runs_bytes_max) continue;
        runs_.resize(at);
    }
}

result<void> record_reader::scan(sequence from, const journal::visitor& visit) const {
    sequence position = std::max(from, list_.first());
    const sequence end = list_.next();
    stored_record record;
    while (position < end) {
        const auto place = list_.find(position);
        if (!place) return missing(position);
        const auto each = [&](std::uint64_t offset, const frame& value) -> result<void> {
            record_cursor records(value);
            for (;;) {
                const auto next = records.next();
                if (!next) return damaged(path(*place), offset, next.error().message);
                if (!*next) return {};
                if ((*next)->position < position) continue;
                record.position = (*next)->position;
                record.header = (*next)->header;
                record.payload = (*next)->payload;
                if (auto seen = visit(record); !seen) return seen;
            }
        };
        if (auto done = walk(*place, position, each); !done) return done;
        position = place->end;
    }
    return {};
}

// Every good frame from the one that holds `first` to the end of the segment.
result<void> record_reader::walk(const segment_list::view& from, sequence first,
                                 const frame_visitor& visit) const {
    const sequence segment = *base_of_name(from.name);
    const auto source = files_.open(path(from), open_mode::read);
    if (!source && list_.first() > first) return missing(first);  // retired meanwhile
    if (!source) return std::unexpected(source.error());
    frame_reader reader(**source, from.seed, from.start, from.limit);
    for (;;) {
        const frame_place start = reader.place();
        const auto got = reader.next();
        if (!got) return std::unexpected(got.error());
        if (!*got) break;
        list_.note_frame(segment, start);
        if (reader.place().base <= first) continue;
        if (auto seen = visit(start.offset, **got); !seen) return seen;
    }
    if (reader.stopped() == frame_reader::stop::limit && reader.place().base == from.end &&
        reader.place().chain == from.end_chain) {
        return {};
    }
    if (list_.first() > first) return missing(first);  // its file was written over meanwhile
    return damaged(
        path(from), reader.place().offset,
        fmt::format("damaged frame at record {}", std::to_underlying(reader.place().base)));
}

std::unexpected<error> record_reader::missing(sequence position) const {
    return fail(errc::not_found,
                fmt::format("record {} is not in the journal, which holds {} to {}",
                            std::to_underlying(position), std::to_underlying(list_.first()),
                            std::to_underlying(list_.next()) - 1));
}

std::string record_reader::path(const segment_list::view& of) const {
    return join_path(directory_, of.name);
}

}  // namespace baudot::journal
