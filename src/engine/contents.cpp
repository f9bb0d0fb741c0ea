#include "engine/contents.hpp"

#include <utility>

namespace baudot::engine {

std::size_t bytes_in_memory(const deliveries_planned& plan) {
    std::size_t bytes = sizeof plan + plan.deliveries.size() * sizeof(planned_delivery);
    for (const operation& each : plan.variants) {
        bytes += sizeof each;
        const auto* text = std::get_if<send_text>(&each.what);
        if (!text) continue;
        bytes += text->text.text.size();
        bytes += text->text.entities.size() * sizeof(message_entity);
    }
    return bytes;
}

void contents::put(sequence position, std::shared_ptr<const deliveries_planned> plan) {
    const std::size_t bytes = bytes_in_memory(*plan);
    if (!plans_.try_emplace(position, held{std::move(plan), bytes}).second) return;
    bytes_ += bytes;
    while (bytes_ > bytes_max_) erase(plans_.begin()->first);
}

std::shared_ptr<const deliveries_planned> contents::find(sequence position) const {
    const auto found = plans_.find(position);
    return found == plans_.end() ? nullptr : found->second.plan;
}

void contents::erase(sequence position) {
    const auto found = plans_.find(position);
    if (found == plans_.end()) return;
    bytes_ -= found->second.bytes;
    plans_.erase(found);
}

}  // namespace baudot::engine
