#include "engine/overlay.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace baudot::engine {

result<std::optional<std::string>> overlay::get(store::family where, const std::string& key) const {
    const changed& waiting = changed_[std::to_underlying(where)];
    const auto found = waiting.find(key);
    if (found != waiting.end()) return found->second.value;
    return below_.get(where, key);
}

void overlay::put(store::family where, std::string key, std::string value) {
    changed& waiting = changed_[std::to_underlying(where)];
    const auto found = waiting.find(key);
    const bool is_new = found != waiting.end() && found->second.is_new;
    set(where, std::move(key), {std::move(value), is_new});
}

void overlay::put_new(store::family where, std::string key, std::string value) {
    set(where, std::move(key), {std::move(value), true});
}

void overlay::erase(store::family where, std::string key) {
    changed& waiting = changed_[std::to_underlying(where)];
    const auto found = waiting.find(key);
    if (found != waiting.end() && found->second.is_new) {
        waiting.erase(found);
        --changes_;
        return;
    }
    set(where, std::move(key), {});
}

void overlay::set(store::family where, std::string key, change to) {
    const auto [at, added] =
        changed_[std::to_underlying(where)].insert_or_assign(std::move(key), std::move(to));
    changes_ += added;
}

result<void> overlay::commit(sequence position) {
    store::write_batch batch;
    std::vector<const changed::value_type*> ordered;
    for (std::size_t index = 0; index < changed_.size(); ++index) {
        // A memtable takes neighbours one after the other several times as fast as at random.
        ordered.clear();
        for (const auto& each : changed_[index]) ordered.push_back(&each);
        std::ranges::sort(ordered, {}, [](const auto* each) -> auto& { return each->first; });

        const auto where = static_cast<store::family>(index);
        for (const auto* each : ordered) {
            const auto& [key, change] = *each;
            if (change.value) {
                batch.put(where, key, *change.value);
            } else {
                batch.erase(where, key);
            }
        }
    }
    if (result<void> applied = below_.apply(batch, position); !applied) return applied;
    for (changed& each : changed_) each.clear();
    changes_ = 0;
    return {};
}

}  // namespace baudot::engine
