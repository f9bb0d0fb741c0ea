#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "observe/log.hpp"

namespace baudot::observe {

/// Keeps records in memory, for tests and the simulation. Any thread.
class log_capture final : public log_sink {
public:
    struct line {
        level severity;
        std::string component;
        std::string event;
        std::string fields;  // as people read them: key=value key="two words"
    };

    bool enabled(level) const noexcept override { return true; }
    void write(const log_record& record) noexcept override;

    std::vector<line> lines() const;

    /// Lines whose event or fields hold `text`.
    std::size_t count(std::string_view text) const;

private:
    mutable std::mutex mutex_;
    std::vector<line> lines_;  // guarded by mutex_
};

}  // namespace baudot::observe
