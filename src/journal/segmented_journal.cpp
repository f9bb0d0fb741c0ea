#include "journal/segmented_journal.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/random.hpp"
#include "journal/append_queue.hpp"
#include "journal/record_reader.hpp"
#include "journal/segment_files.hpp"
#include "journal/segment_list.hpp"
#include "journal/segment_writer.hpp"

namespace baudot::journal {
namespace asio = boost::asio;
namespace {
const std::string lock_name = "LOCK";
journal_id make_id(std::uint64_t seed) {
    random_source random(seed);
    journal_id id;
    store_little_endian(id.data(), random.next());
    store_little_endian(id.data() + 8, random.next());
    return id;
}

}  // namespace

// The writer's stages run where the driver runs them, one at a time; what they share with other
// threads is in queue_, list_ and under mutex_.
class segmented_journal::impl {
public:
    impl(journal_options options, disk& files, timer_service& timers, writer_driver& driver,
         blocking_pool& readers)
        : options_(std::move(options)),
          files_(files),
          timers_(timers),
          driver_(driver),
          readers_(readers),
          writer_(files, options_.directory, options_.segment_bytes),
          queue_([this] { driver_.wake(); }),
          reader_(files, options_.directory, list_) {}
    ~impl();

    result<void> recover(std::uint64_t id_seed);
    void start() {
        driver_.start([this] { return step(); });
    }
    result<void> close();

    asio::awaitable<result<sequence>> append(std::vector<new_record> records) {
        return queue_.push(std::move(records));
    }
    asio::awaitable<result<stored_record>> read(sequence position);
    result<void> scan(sequence from, const visitor& visit) const {
        return reader_.scan(from, visit);
    }
    sequence kept_from() const;
    void release_before(sequence needed);
    journal_stats stats() const;

    segment_list& list() const { return list_; }
    const recovery_report& recovered() const { return recovered_; }

private:
    enum class stage : std::uint8_t { gather, written, synced };

    result<void> recover_segment(const std::vector<segment_file>& all, std::size_t which,
                                 segment_end& end, std::vector<std::uint64_t>& last_sequences);
    bool step();
    bool gather();
    bool sync_batch();
    bool answer_batch();
    bool retire_segments();
    void refuse_batch(const error& why);
    void die(const error& why);

    const journal_options options_;
    disk& files_;
    timer_service& timers_;
    writer_driver& driver_;
    blocking_pool& readers_;
    std::unique_ptr<file_lock> lock_;
    recovery_report recovered_;  // constant after recover()

    // Of the writer.
    segment_writer writer_;
    stage stage_ = stage::gather;
    call_list batch_;
    frame_place frame_start_;  // of the batch
    std::uint64_t batch_records_ = 0;
    bool dirty_ = false;  // something was written since the last clean end
    bool closed_ = false;

    append_queue queue_;
    mutable segment_list list_;  // reads add to its index
    record_reader reader_;
    std::atomic<std::uint64_t> needed_ = 0;
    std::atomic<bool> retire_asked_ = false;
    mutable std::mutex mutex_;
    journal_stats stats_;           // guarded by mutex_
    std::optional<error> failure_;  // guarded by mutex_
};

segmented_journal::impl::~impl() {
    driver_.stop();
    if (closed_) return;
    // Abandoned, as by a crash: what was not answered yet may or may not be found again.
    const error why{errc::shutting_down, "the journal was dropped before it was closed"};
    queue_.close(why);
    refuse_batch(why);
    auto waiting = queue_.take(SIZE_MAX);
    waiting.refuse(why);
    call_list::deliver(std::move(waiting));
}

result<void> segmented_journal::impl::recover_segment(const std::vector<segment_file>& all,
                                                      std::size_t which, segment_end& end,
                                                      std::vector<std::uint64_t>& last) {
    const bool newest = which + 1 == all.size();
    const sequence base = all[which].header.base;
    const auto visit = [&](const frame_place& start, const frame& value) -> result<void> {
        list_.note_frame(base, start);
        record_cursor records(value);
        for (;;) {
            const auto record = records.next();
            if (!record) return std::unexpected(record.error());
            if (!*record) return {};
            const record_header& header = (*record)->header;
            if (!newest) continue;
            if (header.partition >= last.size()) last.resize(header.partition + 1U);
            last[header.partition] = header.partition_sequence;
        }
    };
    auto walked = walk_segment(files_, options_.directory, all[which],
                               newest ? nullptr : &all[which + 1], visit);
    if (!walked) return std::unexpected(walked.error());
    end = *walked;
    recovered_.records_verified += end.records;
    recovered_.bytes_verified += end.place.offset;
    return {};
}

result<void> segmented_journal::impl::recover(std::uint64_t id_seed) {
    const std::string& directory = options_.directory;
    if (auto made = files_.create_directory(directory); !made) return made;
    auto lock = files_.lock(join_path(directory, lock_name));
    if (!lock) return std::unexpected(lock.error());
    lock_ = std::move(*lock);
    const auto all = load_segments(files_, directory);
    if (!all) return std::unexpected(all.error());
    if (all->empty()) {
        if (auto made = writer_.create(make_id(id_seed), timers_.wall_now()); !made) return made;
        list_.add_segment(writer_.header(), writer_.written());
        recovered_.clean = true;
        recovered_.segments = 1;
        return {};
    }
    recovered_.segments = all->size();
    std::vector<std::uint64_t> last_sequences;
    for (const auto& [partition, last] : all->back().header.partitions) {
        if (partition >= last_sequences.size()) last_sequences.resize(partition + 1U);
        last_sequences[partition] = last;
    }
    segment_end end;
    for (std::size_t i = 0; i < all->size(); ++i) {
        const segment_file& segment = (*all)[i];
        const bool newest = i + 1 == all->size();
        if (!newest) {
            const segment_header& next = (*all)[i + 1].header;
            list_.add_segment(segment.header, {next.base, next.previous_bytes, next.chain});
            if (next.base <= options_.verify_from) continue;
        } else {
            list_.add_segment(segment.header, first_frame(segment.header));
        }
        if (auto ok = recover_segment(*all, i, end, last_sequences); !ok) return ok;
    }
    list_.advance(end.place);
    recovered_.clean = end.clean;
    if (end.torn_bytes > 0) {
        recovered_.cut_bytes = end.torn_bytes;
        recovered_.cut_file = all->back().name;
        recovered_.cut_offset = end.place.offset;
    }
    return writer_.resume(all->back().name, all->back().header, end, std::move(last_sequences));
}

bool segmented_journal::impl::step() {
    switch (stage_) {
        case stage::gather: return gather();
        case stage::written: return sync_batch();
        case stage::synced: return answer_batch();
    }
    return false;
}

// Takes whatever waits, as one frame, and writes it.
bool segmented_journal::impl::gather() {
    if (retire_asked_.exchange(false) && retire_segments()) return true;
    batch_ = queue_.take(options_.commit_bytes_max);
    if (batch_.empty()) return false;
    {
        const std::lock_guard lock(mutex_);
        if (failure_) {
            // Calls that were queued before the journal died.
            batch_.refuse(*failure_);
            call_list::deliver(std::exchange(batch_, {}));
            return true;
        }
    }
    result<void> done;
    if (writer_.written().offset >= options_.segment_bytes) {
        done = writer_.roll(timers_.wall_now());
        if (done) {
            list_.add_segment(writer_.header(), writer_.written());
            retire_asked_ = true;
        }
    }
    if (done) {
        frame_start_ = writer_.written();
        for (append_call* call = batch_.head(); call != nullptr; call = call->next) {
            call->outcome = writer_.add(call->records);
        }
        done = writer_.write();
    }
    if (done) {
        dirty_ = true;
        batch_records_ =
            std::to_underlying(writer_.written().base) - std::to_underlying(frame_start_.base);
        stage_ = stage::written;
    } else if (done.error().code == errc::no_space) {
        writer_.drop_spare();
        {
            const std::lock_guard lock(mutex_);
            ++stats_.no_space;
        }
        refuse_batch(done.error());
    } else {
        die(done.error());
    }
    return true;
}

bool segmented_journal::impl::sync_batch() {
    const time_point start = timers_.now();
    const auto synced = writer_.sync();
    const duration took = timers_.now() - start;
    if (!synced) {
        die(synced.error());
        return true;
    }
    list_.note_frame(writer_.header().base, frame_start_);
    list_.advance(writer_.written());
    {
        const std::lock_guard lock(mutex_);
        ++stats_.commits;
        stats_.records += batch_records_;
        stats_.bytes += writer_.written().offset - frame_start_.offset;
        stats_.last_sync = took;
        stats_.sync_time += took;
    }
    stage_ = stage::synced;
    return true;
}

bool segmented_journal::impl::answer_batch() {
    stage_ = stage::gather;
    call_list::deliver(std::exchange(batch_, {}));
    return true;
}

void segmented_journal::impl::refuse_batch(const error& why) {
    stage_ = stage::gather;
    batch_.refuse(why);
    call_list::deliver(std::exchange(batch_, {}));
}

// A disk that failed once is not asked again: what it still holds is unknown until a restart
// reads it back.
void segmented_journal::impl::die(const error& why) {
    const error dead{errc::io_failed, "the journal stopped: " + why.message + "; restart"};
    queue_.close(dead);
    {
        const std::lock_guard lock(mutex_);
        failure_ = dead;
    }
    refuse_batch(dead);
}

// One per call, so that a commit never waits for many; true when one went.
bool segmented_journal::impl::retire_segments() {
    const auto oldest = list_.releasable(sequence{needed_.load()});
    if (!oldest || kept_from() <= oldest->first) return false;
    // Readers first: one that comes now gets not_found and no half-removed file.
    if (!list_.remove_oldest()) return false;
    const auto gone = writer_.retire(oldest->file);
    if (!gone) {
        die(gone.error());
        return true;
    }
    retire_asked_ = true;
    return true;
}

sequence segmented_journal::impl::kept_from() const {
    const wall_time now = timers_.wall_now();
    std::uint64_t bytes = list_.total_bytes();
    sequence from{};
    for (const segment_info& each : list_.infos()) {
        from = each.first;
        const bool is_old = now - each.ended >= options_.keep_age;
        if (each.active || (!is_old && bytes <= options_.keep_bytes)) break;
        bytes -= each.bytes;
    }
    return from;
}

void segmented_journal::impl::release_before(sequence needed) {
    std::uint64_t seen = needed_.load();
    const auto wanted = std::to_underlying(needed);
    while (seen < wanted && !needed_.compare_exchange_weak(seen, wanted)) {
    }
    if (!list_.releasable(needed)) return;
    retire_asked_ = true;
    driver_.wake();
}

result<void> segmented_journal::impl::close() {
    if (closed_) return {};
    queue_.close({errc::shutting_down, "the journal is closed"});
    driver_.stop();
    while (step()) {
    }
    closed_ = true;
    result<void> done;
    {
        const std::lock_guard lock(mutex_);
        if (failure_) done = std::unexpected(*failure_);
    }
    if (done && dirty_) {
        done = writer_.write(frame_clean_end);
        if (done) done = writer_.sync();
        // Without room for the mark, the next start only checks more.
        if (!done && done.error().code == errc::no_space) done = {};
        if (done) list_.advance(writer_.written());
    }
    lock_.reset();
    return done;
}

// What is in memory needs no other thread.
asio::awaitable<result<stored_record>> segmented_journal::impl::read(sequence position) {
    if (auto known = reader_.recall(position)) co_return *std::move(known);
    auto job = [this, position] { return reader_.read(position); };
    co_return co_await readers_.run(std::move(job));
}

journal_stats segmented_journal::impl::stats() const {
    journal_stats now;
    {
        const std::lock_guard lock(mutex_);
        now = stats_;
        now.failed = failure_.has_value();
    }
    now.waiting_bytes = queue_.bytes();
    now.segments = list_.infos().size();
    now.total_bytes = list_.total_bytes();
    return now;
}

segmented_journal::segmented_journal(std::unique_ptr<impl> core) : impl_(std::move(core)) {}
segmented_journal::~segmented_journal() = default;

result<std::unique_ptr<segmented_journal>> segmented_journal::open(
    journal_options options, disk& files, timer_service& timers, writer_driver& driver,
    blocking_pool& readers, std::uint64_t id_seed) {
    auto core = std::make_unique<impl>(std::move(options), files, timers, driver, readers);
    if (auto done = core->recover(id_seed); !done) return std::unexpected(done.error());
    core->start();
    return std::unique_ptr<segmented_journal>(new segmented_journal(std::move(core)));
}

result<void> segmented_journal::close() {
    return impl_->close();
}

asio::awaitable<result<sequence>> segmented_journal::append(std::vector<new_record> records) {
    return impl_->append(std::move(records));
}

asio::awaitable<result<stored_record>> segmented_journal::read(sequence position) {
    return impl_->read(position);
}

result<void> segmented_journal::scan(sequence from, const visitor& visit) const {
    return impl_->scan(from, visit);
}

sequence segmented_journal::first() const {
    return impl_->list().first();
}
sequence segmented_journal::next() const {
    return impl_->list().next();
}
sequence segmented_journal::kept_from() const {
    return impl_->kept_from();
}
void segmented_journal::release_before(sequence needed) {
    impl_->release_before(needed);
}
std::vector<segment_info> segmented_journal::segments() const {
    return impl_->list().infos();
}
const recovery_report& segmented_journal::recovered() const {
    return impl_->recovered();
}
std::shared_ptr<void> segmented_journal::pause_retention() {
    return impl_->list().pause_removal();
}
journal_stats segmented_journal::stats() const {
    return impl_->stats();
}

}  // namespace baudot::journal
