#include "observe/repeat_limiter.hpp"

#include <utility>

namespace baudot::observe {

repeat_limiter::verdict repeat_limiter::judge(std::string_view body, wall_time now) {
    const hash128 key = xxh3_128(body);
    auto found = lines_.find(key);
    if (found == lines_.end()) {
        if (lines_.size() >= lines_max) return {true, 0};
        found = lines_.try_emplace(key, now).first;
    }
    entry& line = found->second;
    std::uint64_t suppressed = 0;
    if (is_over(line, now)) {
        suppressed = std::exchange(line.suppressed, 0);
        line.start = now;
        line.passed = 0;
    }
    if (line.passed < identical_max_) {
        ++line.passed;
        return {true, suppressed};
    }
    if (line.suppressed++ == 0) line.body = body;
    return {false, 0};
}

std::vector<repeat_limiter::summary> repeat_limiter::expire(wall_time now) {
    std::vector<summary> out;
    if (now >= last_sweep_ && now - last_sweep_ < window_) return out;
    last_sweep_ = now;
    for (auto item = lines_.begin(); item != lines_.end();) {
        entry& line = item->second;
        if (!is_over(line, now)) {
            ++item;
            continue;
        }
        if (line.suppressed > 0) out.push_back({std::move(line.body), line.suppressed});
        item = lines_.erase(item);
    }
    return out;
}

std::vector<repeat_limiter::summary> repeat_limiter::expire_all() {
    std::vector<summary> out;
    for (auto& [key, line] : lines_) {
        if (line.suppressed > 0) out.push_back({std::move(line.body), line.suppressed});
    }
    lines_.clear();
    return out;
}

}  // namespace baudot::observe
