#include "engine/second_looks.hpp"

#include <algorithm>

namespace baudot::engine {

std::vector<second_looks::place> second_looks::due(time_point now, std::span<const place> barred,
                                                   std::size_t most) {
    boost::unordered_flat_map<place, look> still;
    std::vector<std::pair<time_point, place>> ready;
    for (const place& each : barred) {
        const auto known = known_.find(each);
        const look next = known != known_.end() ? known->second : look{.at = now + first};
        still.emplace(each, next);
        if (next.at <= now) ready.emplace_back(next.at, each);
    }
    known_ = std::move(still);
    std::ranges::sort(ready);
    if (ready.size() > most) ready.resize(most);
    std::vector<place> asked;
    asked.reserve(ready.size());
    for (const auto& [at, each] : ready) {
        look& next = known_.at(each);
        next.pause = std::min(2 * next.pause, longest);
        next.at = now + next.pause;
        asked.push_back(each);
    }
    return asked;
}

}  // namespace baudot::engine
