#include "engine/contents.hpp"

#include <utility>

#include "model/call.hpp"

namespace baudot::engine {

std::size_t bytes_in_memory(const deliveries_planned& plan) {
    std::size_t bytes = sizeof plan + plan.deliveries.size() * sizeof(planned_delivery);
    for (const operation& each : plan.variants) {
        bytes += sizeof each;
        if (each.own) {
            bytes += each.own->with.size();
            for (const std::string& route : each.own->routes)
                bytes += sizeof(std::string) + route.size();
        }
        const formatted_text* const text = text_of(each);
        if (!text) continue;
        bytes += text->text.size();
        bytes += text->entities.size() * sizeof(message_entity);
    }
    return bytes;
}

void contents::put(sequence position, std::shared_ptr<const deliveries_planned> plan) {
    if (find(position)) return;
    const std::size_t bytes = bytes_in_memory(*plan);
    plans_.push_front({position, std::move(plan), bytes});
    by_position_[position] = plans_.begin();
    bytes_ += bytes;
    while (bytes_ > bytes_max_) erase(plans_.back().position);
}

std::shared_ptr<const deliveries_planned> contents::find(sequence position) {
    const auto found = by_position_.find(position);
    if (found == by_position_.end()) return nullptr;
    plans_.splice(plans_.begin(), plans_, found->second);
    return found->second->plan;
}

void contents::erase(sequence position) {
    const auto found = by_position_.find(position);
    if (found == by_position_.end()) return;
    bytes_ -= found->second->bytes;
    plans_.erase(found->second);
    by_position_.erase(found);
}

}  // namespace baudot::engine
