#include "observe/log_capture.hpp"

#include <algorithm>

#include "observe/log_line.hpp"

namespace baudot::observe {

void log_capture::write(const log_record& record) noexcept {
    line added{record.severity, std::string(record.component), std::string(record.event), {}};
    append_fields_for_people(added.fields, record, std::string::npos);
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(added));
}

std::vector<log_capture::line> log_capture::lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
}

std::size_t log_capture::count(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count_if(lines_, [&](const line& each) {
        return each.event.contains(text) || each.fields.contains(text);
    }));
}

}  // namespace baudot::observe
