// Damage of any kind to a whole journal: a start either refuses, or brings back what was written,
// each record as it was, and says what it cut; and the journal then goes on.
//
// Bytes: which journal; after how many changes the disk stops during the start; then up to four
// damages of eight bytes: kind, file, offset (two bytes), bits (four).
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/virtual_timers.hpp"
#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "journal/disk_double.hpp"
#include "journal/segmented_journal.hpp"
#include "journal/writer_drivers.hpp"

namespace {

using namespace baudot;
using namespace baudot::journal;

constexpr const char* directory = "j";

class node {
public:
    explicit node(disk_double& disk) : disk_(disk) {}
    ~node() {
        log.reset();
        timers_.run();
    }

    result<void> open() {
        log.reset();
        timers_.run();
        driver_ = std::make_unique<virtual_writer>(io_.get_executor(), timers_,
                                                   [] { return duration::zero(); });
        journal_options options;
        options.directory = directory;
        options.segment_bytes = 500;
        options.keep_age = std::chrono::seconds(0);
        auto made = segmented_journal::open(options, disk_, timers_, *driver_, readers_, 5);
        if (!made) return std::unexpected(made.error());
        log = std::move(*made);
        return {};
    }

    sequence append(std::string payload) {
        std::optional<result<sequence>> answer;
        boost::asio::co_spawn(io_, one(std::move(payload), answer), [](std::exception_ptr failure) {
            if (failure) std::rethrow_exception(failure);
        });
        timers_.run();
        BAUDOT_ASSERT(answer && *answer, "an open journal takes records");
        return **answer;
    }

    std::map<sequence, std::string> all() const {
        std::map<sequence, std::string> found;
        const auto done = log->scan(log->first(), [&](const stored_record& each) -> result<void> {
            found.emplace(each.position, each.payload);
            return {};
        });
        BAUDOT_ASSERT(done, "what was opened can be read");
        return found;
    }

    void settle() { timers_.run(); }

    std::unique_ptr<segmented_journal> log;

private:
    boost::asio::awaitable<void> one(std::string payload, std::optional<result<sequence>>& answer) {
        std::vector<new_record> records;
        records.push_back({{.type = 1, .partition = 3}, std::move(payload)});
        answer = co_await log->append(std::move(records));
    }

    disk_double& disk_;
    boost::asio::io_context io_{1};
    virtual_timers timers_{io_};
    blocking_pool readers_{0};
    std::unique_ptr<virtual_writer> driver_;
};

/// A journal as it lies on a disk: one record a frame.
struct original {
    std::map<std::string, std::string> files;
    std::map<std::string, std::uint64_t> used;  // bytes of each that mean something
    std::map<sequence, std::string> records;
};

original make_original(bool recycles, bool is_clean, int count) {
    original made;
    disk_double disk(1);
    node writer(disk);
    BAUDOT_ASSERT(writer.open(), "an empty disk");
    for (int i = 0; i < count; ++i) {
        const sequence at = writer.append("record " + std::to_string(i) + std::string(60, '.'));
        if (recycles && i < count - 3) writer.log->release_before(at);
        writer.settle();
    }
    if (is_clean) BAUDOT_ASSERT(writer.log->close(), "it closes");
    made.records = writer.all();
    for (const segment_info& each : writer.log->segments()) {
        made.used[each.file] = each.bytes;
        made.files[each.file] = *disk.content(std::string(directory) + "/" + each.file);
    }
    return made;
}

const original& original_of(unsigned which) {
    static const std::array<original, 8> all = [] {
        std::array<original, 8> made;
        for (unsigned i = 0; i < 8; ++i) made[i] = make_original(i & 1, i & 2, i & 4 ? 14 : 6);
        return made;
    }();
    return all[which % 8];
}

enum class damage_kind : std::uint8_t { flip, shorten, lengthen, lose, swap, copy };

struct damage {
    damage_kind what{};
    std::string file;
    std::uint64_t offset = 0;
    std::uint32_t bits = 0;
};

class damaged {
public:
    damaged(const original& from, std::string_view bytes) : from_(from), files_(from.files) {
        for (; bytes.size() >= 8 && done_.size() < 4; bytes.remove_prefix(8)) one(bytes);
    }

    const std::map<std::string, std::string>& files() const { return files_; }
    const std::vector<damage>& done() const { return done_; }

private:
    // A CRC finds every burst of 32 bits, so there is one at most: what two may do is luck.
    void one(std::string_view bytes) {
        if (files_.empty()) return;
        damage made{.what = static_cast<damage_kind>(static_cast<unsigned char>(bytes[0]) % 6)};
        auto at = files_.begin();
        std::advance(at, static_cast<unsigned char>(bytes[1]) % files_.size());
        made.file = at->first;
        made.bits = load_little_endian<std::uint32_t>(bytes.data() + 4);
        const auto offset = load_little_endian<std::uint16_t>(bytes.data() + 2);
        made.offset = at->second.empty() ? 0 : offset % at->second.size();
        const auto was_flipped = [](const damage& each) { return each.what == damage_kind::flip; };
        switch (made.what) {
            case damage_kind::flip:
                if (std::ranges::any_of(done_, was_flipped) || made.bits == 0) return;
                if (made.offset + 4 > at->second.size()) return;
                for (std::size_t i = 0; i < 4; ++i) {
                    at->second[made.offset + i] ^= static_cast<char>(made.bits >> (8 * i));
                }
                break;
            case damage_kind::shorten: at->second.resize(made.offset); break;
            case damage_kind::lengthen: at->second.append(1 + offset % 700, '\0'); break;
            case damage_kind::lose: files_.erase(at); break;
            case damage_kind::swap: std::swap(at->second, files_.rbegin()->second); break;
            case damage_kind::copy: at->second = from_.files.begin()->second; break;
        }
        done_.push_back(std::move(made));
    }

    const original& from_;
    std::map<std::string, std::string> files_;
    std::vector<damage> done_;
};

// One flip and nothing else: refused, or in what was cut, or where nothing stands.
void judge_flip(const original& from, const damage& flip, const recovery_report& found,
                std::size_t lost) {
    std::uint32_t first = 0;
    while ((flip.bits >> (8 * first) & 0xff) == 0) ++first;
    const bool is_stale = flip.offset + first >= from.used.at(flip.file);
    if (is_stale && lost == 0) return;
    BAUDOT_ASSERT(flip.file == from.files.rbegin()->first, "a closed segment is whole or refused");
    BAUDOT_ASSERT(found.cut_bytes > 0 && found.cut_file == flip.file, "what is cut is told");
    BAUDOT_ASSERT(found.cut_offset <= flip.offset + 3, "and the damage is in it");
    // Four bytes may lie across the border of two frames and damage both.
    BAUDOT_ASSERT(lost <= 2 && !found.clean, "only the end looks torn");
}

// `was_interrupted`: what a start cut before it was stopped, it told then.
void judge(const original& from, const damaged& by, bool was_interrupted, const node& started) {
    const auto found = started.all();
    for (const auto& [position, payload] : found) {
        const auto known = from.records.find(position);
        BAUDOT_ASSERT(known != from.records.end() && known->second == payload, "as it was written");
    }
    const bool has_lost_files = std::ranges::any_of(
        by.done(), [](const damage& each) { return each.what == damage_kind::lose; });
    if (!found.empty() && !has_lost_files) {
        BAUDOT_ASSERT(found.begin()->first == from.records.begin()->first,
                      "the beginning is there");
    }
    const auto count = static_cast<std::size_t>(std::to_underlying(started.log->next()) -
                                                std::to_underlying(started.log->first()));
    BAUDOT_ASSERT(found.size() == count, "nothing is missing between");
    const auto& damages = by.done();
    if (!was_interrupted && damages.size() == 1 && damages[0].what == damage_kind::flip) {
        judge_flip(from, damages[0], started.log->recovered(), from.records.size() - found.size());
    }
    if (damages.empty()) BAUDOT_ASSERT(found == from.records, "without damage nothing is lost");
}

void go_on(node& started, disk_double& disk) {
    const auto before = started.all();
    std::map<sequence, std::string> expected = before;
    for (int i = 0; i < 3; ++i) {
        std::string payload = "new " + std::to_string(i) + std::string(200, '-');
        expected.emplace(started.append(payload), payload);
    }
    started.log.reset();
    started.settle();
    disk.kill();
    BAUDOT_ASSERT(started.open(), "it opens again");
    BAUDOT_ASSERT(started.log->recovered().cut_bytes == 0, "cut once is enough");
    // What nobody needs may have been released.
    const auto after = started.all();
    for (const auto& [position, payload] : after) {
        BAUDOT_ASSERT(expected.at(position) == payload, "the old and the new");
    }
    BAUDOT_ASSERT(after.rbegin()->first == expected.rbegin()->first, "up to the newest");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const original& from = original_of(data[0]);
    const damaged by(from, {reinterpret_cast<const char*>(data) + 2, size - 2});
    disk_double disk(data[1]);
    for (const auto& [name, content] : by.files()) {
        const auto file = disk.open(std::string(directory) + "/" + name, open_mode::create);
        BAUDOT_ASSERT(file && (*file)->pwrite(content, 0) && (*file)->sync(),
                      "the double has room");
    }
    BAUDOT_ASSERT(disk.sync_directory(directory), "the names are durable");
    const unsigned stops_after = data[1] % 16;
    if (stops_after > 0) {
        disk.stop_after(stops_after);
        node interrupted(disk);
        (void)interrupted.open();
        interrupted.log.reset();
        data[1] >= 128 ? disk.crash() : disk.kill();
    }
    disk.stop_after(UINT32_MAX);
    node started(disk);
    if (const auto opened = started.open(); !opened) {
        const errc why = opened.error().code;
        BAUDOT_ASSERT(why == errc::corrupt || why == errc::unsupported_version, "refused for that");
        BAUDOT_ASSERT(!by.done().empty(), "without damage it opens");
        return 0;
    }
    judge(from, by, stops_after > 0, started);
    go_on(started, disk);
    return 0;
}
