#include "journal/segment_writer.hpp"

#include <algorithm>
#include <utility>

#include "base/assert.hpp"

namespace baudot::journal {
namespace {

// Neither name is a segment's, so a crash between two steps leaves nothing that counts.
const std::string spare_name = "spare.segment";
const std::string fresh_name = "fresh.segment";

// A file that had no use before grows by some frames like the one that finds no room: seldom
// enough, and little enough that a full disk is noticed while there is little to accept.
constexpr std::uint64_t frames_ahead = 4;
constexpr std::uint64_t ahead_min = 16ULL << 10;
constexpr std::uint64_t ahead_max = 64ULL << 10;

constexpr std::size_t kept_buffer_bytes = 16ULL << 20;  // a larger frame's memory is given back

sequence operator+(sequence value, std::uint64_t more) {
    return sequence{std::to_underlying(value) + more};
}

}  // namespace

segment_writer::segment_writer(disk& files, std::string directory, std::uint64_t segment_bytes)
    : files_(files),
      directory_(std::move(directory)),
      segment_bytes_(segment_bytes),
      buffer_(frame_header_bytes, '\0') {}

std::string segment_writer::path(const std::string& file_name) const {
    return join_path(directory_, file_name);
}

result<void> segment_writer::create(const journal_id& id, wall_time now) {
    (void)files_.unlink(path(fresh_name));  // left by a crash; usually there is none
    segment_header header;
    header.id = id;
    header.base = sequence{1};
    header.created = now;
    auto made = prepare(header);
    if (!made) return std::unexpected(made.error());
    active_ = std::move(*made);
    header_ = std::move(header);
    seed_ = frame_seed(header_.id, header_.base);
    next_ = header_.base;
    size_ = offset_ = header_.bytes();
    return {};
}

result<void> segment_writer::resume(const std::string& name, segment_header header,
                                    const segment_end& end,
                                    std::vector<std::uint64_t> last_sequences) {
    (void)files_.unlink(path(fresh_name));
    const auto spare = files_.open(path(spare_name), open_mode::read);
    if (!spare && spare.error().code != errc::not_found) return std::unexpected(spare.error());
    spare_ = spare.has_value();
    auto opened = files_.open(path(name), open_mode::read_write);
    if (!opened) return std::unexpected(opened.error());
    active_ = std::move(*opened);
    const auto size = active_->size();
    if (!size) return std::unexpected(size.error());
    if (*size > end.place.offset) {
        if (auto cut = active_->truncate(end.place.offset); !cut) return cut;
    }
    // What was read may be in memory only: after this it is as durable as what was acknowledged.
    if (auto done = write_again(end); !done) return done;
    if (auto synced = active_->sync(); !synced) return synced;
    if (auto synced = files_.sync_directory(directory_); !synced) return synced;
    header_ = std::move(header);
    seed_ = frame_seed(header_.id, header_.base);
    next_ = end.place.base;
    size_ = offset_ = end.place.offset;
    chain_ = end.place.chain;
    last_sequences_ = std::move(last_sequences);
    return {};
}

// Where a sync failed, the pages of its frame count as clean: they are read, and no later sync
// takes them to the disk. No frame was written after that one, so the last is all that can be so.
result<void> segment_writer::write_again(const segment_end& end) {
    if (end.last_frame == 0) return {};
    std::string frame(end.place.offset - end.last_frame, '\0');
    const auto read = active_->pread(frame, end.last_frame);
    if (!read) return std::unexpected(read.error());
    frame.resize(*read);
    return active_->pwrite(frame, end.last_frame);
}

sequence segment_writer::add(const std::vector<new_record>& records) {
    if (frame_records_ == 0) frame_base_ = next_;
    const sequence first = frame_base_ + frame_records_;
    for (const new_record& record : records) {
        record_header header = record.header;
        if (header.partition >= last_sequences_.size()) {
            last_sequences_.resize(header.partition + 1U);
        }
        header.partition_sequence = ++last_sequences_[header.partition];
        encode(header, record.payload, buffer_);
    }
    frame_records_ += static_cast<std::uint32_t>(records.size());
    return first;
}

// Takes the partition sequences back; the buffer still holds who got one.
void segment_writer::undo_frame() {
    frame made;
    made.count = frame_records_;
    made.payload = std::string_view(buffer_).substr(frame_header_bytes);
    record_cursor records(made);
    for (std::uint32_t i = 0; i < frame_records_; ++i) {
        const auto record = records.next();
        BAUDOT_ASSERT(record && *record, "the frame in the making is our own");
        --last_sequences_[(*record)->header.partition];
    }
}

result<void> segment_writer::write(std::uint8_t flags) {
    if (frame_records_ == 0) frame_base_ = next_;
    const std::uint32_t crc =
        finish_frame(buffer_, seed_, chain_, frame_base_, frame_records_, flags);
    auto written = make_room(offset_ + buffer_.size());
    if (written) written = active_->pwrite(buffer_, offset_);
    if (written) {
        next_ = frame_base_ + frame_records_;
        offset_ += buffer_.size();
        chain_ = crc;
    } else {
        undo_frame();
    }
    frame_records_ = 0;
    if (buffer_.capacity() > kept_buffer_bytes) buffer_ = std::string();
    buffer_.resize(frame_header_bytes);
    return written;
}

// A frame is written over zeros that are durable: its sync then depends on nothing but its own
// bytes, and costs no change of size and extents. ext4 lets an fdatasync succeed, for a moment
// after an error took its own journal away, without having kept what a file grew by.
result<void> segment_writer::make_room(std::uint64_t end) {
    if (end <= size_) return {};
    const std::uint64_t ahead =
        std::clamp<std::uint64_t>(frames_ahead * buffer_.size(), ahead_min, ahead_max);
    auto grown = grow(std::max(end, std::min(size_ + ahead, segment_bytes_)));
    if (!grown && grown.error().code == errc::no_space) grown = grow(end);
    return grown;
}

result<void> segment_writer::grow(std::uint64_t size) {
    static const std::string zeros(64ULL << 10, '\0');
    result<void> done;
    for (std::uint64_t at = size_; at < size && done;) {
        const std::uint64_t bytes = std::min<std::uint64_t>(zeros.size(), size - at);
        done = active_->pwrite(std::string_view(zeros).substr(0, bytes), at);
        at += bytes;
    }
    if (done) done = active_->sync();
    if (done) {
        size_ = size;
    } else {
        (void)active_->truncate(size_);  // gives a full disk its room back
    }
    return done;
}

result<void> segment_writer::sync() {
    return active_->sync();
}

// A file with a durable header and its final, durable name.
result<std::unique_ptr<file>> segment_writer::prepare(const segment_header& header) {
    const std::string from = path(header.recycled ? spare_name : fresh_name);
    auto made = files_.open(from, header.recycled ? open_mode::read_write : open_mode::create);
    if (!made) return made;
    std::string bytes;
    encode(header, bytes);
    auto done = (*made)->pwrite(bytes, 0);
    if (done) done = (*made)->sync();
    if (done) done = files_.rename(from, path(segment_name(header.base)));
    if (done) done = files_.sync_directory(directory_);
    if (!done) {
        (void)files_.unlink(from);  // of no use to anyone; the error that counts is the first
        return std::unexpected(done.error());
    }
    return made;
}

result<void> segment_writer::roll(wall_time now) {
    segment_header header;
    header.id = header_.id;
    header.base = next_;
    header.recycled = spare_;
    header.created = now;
    header.previous_bytes = offset_;
    header.previous_base = header_.base;
    header.chain = chain_;
    for (std::size_t i = 0; i < last_sequences_.size(); ++i) {
        if (last_sequences_[i] == 0) continue;
        header.partitions.emplace_back(static_cast<std::uint16_t>(i), last_sequences_[i]);
    }
    auto made = prepare(header);
    spare_ = false;
    if (!made) return std::unexpected(made.error());
    const auto size = (*made)->size();
    if (!size) return std::unexpected(size.error());
    active_ = std::move(*made);
    header_ = std::move(header);
    seed_ = frame_seed(header_.id, header_.base);
    offset_ = header_.bytes();
    size_ = *size;
    return {};
}

result<void> segment_writer::retire(const std::string& name) {
    const auto gone =
        spare_ ? files_.unlink(path(name)) : files_.rename(path(name), path(spare_name));
    if (!gone) return gone;
    // Durable before the file is written over: else a crash could bring the old name back.
    if (auto synced = files_.sync_directory(directory_); !synced) return synced;
    spare_ = true;
    return {};
}

void segment_writer::drop_spare() {
    if (!std::exchange(spare_, false)) return;
    (void)files_.unlink(path(spare_name));  // only to make room; failing changes nothing
}

}  // namespace baudot::journal
