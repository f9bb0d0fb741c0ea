#include "store/patient_files.hpp"

#include <chrono>
#include <limits>
#include <utility>

namespace baudot::store {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

constexpr std::chrono::milliseconds look_again = std::chrono::milliseconds(20);

class patient_file final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    patient_file(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name,
                 patient_files& owner)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), owner_(owner) {}

    IOStatus Append(const rocksdb::Slice& data, const IOOptions& how, IODebugContext* to) override {
        if (IOStatus room = owner_.wait_for_room(name_); !room.ok()) return room;
        return FSWritableFileOwnerWrapper::Append(data, how, to);
    }
    IOStatus Append(const rocksdb::Slice& data, const IOOptions& how,
                    const rocksdb::DataVerificationInfo& check, IODebugContext* to) override {
        if (IOStatus room = owner_.wait_for_room(name_); !room.ok()) return room;
        return FSWritableFileOwnerWrapper::Append(data, how, check, to);
    }

private:
    const std::string name_;
    patient_files& owner_;
};

}  // namespace

IOStatus patient_files::NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                                        std::unique_ptr<rocksdb::FSWritableFile>* made,
                                        IODebugContext* to) {
    if (IOStatus room = wait_for_room(name); !room.ok()) return room;
    std::unique_ptr<rocksdb::FSWritableFile> file;
    IOStatus opened = FileSystemWrapper::NewWritableFile(name, how, &file, to);
    if (opened.ok()) *made = std::make_unique<patient_file>(std::move(file), name, *this);
    return opened;
}

std::uint64_t patient_files::room() {
    std::uint64_t room = 0;
    const IOStatus known = FileSystemWrapper::GetFreeSpace(directory_, IOOptions(), &room, nullptr);
    return known.ok() ? room : std::numeric_limits<std::uint64_t>::max();
}

IOStatus patient_files::wait_for_room(const std::string& name) {
    const bool is_inside = name.starts_with(directory_) && name[directory_.size()] == '/';
    if (!is_patient_ || !is_inside || room() >= room_min_) return IOStatus::OK();
    ++waiting_;
    std::unique_lock lock(mutex_);
    while (is_patient_ && room() < room_min_) ended_.wait_for(lock, look_again);
    --waiting_;
    return is_patient_ ? IOStatus::OK() : IOStatus::NoSpace("no space left on device");
}

void patient_files::be_patient() {
    is_patient_ = true;
}

void patient_files::give_up() {
    const std::lock_guard lock(mutex_);
    is_patient_ = false;
    ended_.notify_all();
}

}  // namespace baudot::store
