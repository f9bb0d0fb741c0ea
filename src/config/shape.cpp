#include "config/shape.hpp"

#include <algorithm>

namespace baudot::config {

mapping_shape::key& mapping_shape::at(std::string_view name_of_key) {
    const auto known = std::ranges::find(keys, name_of_key, &std::pair<std::string, key>::first);
    if (known != keys.end()) return known->second;
    return keys.emplace_back(name_of_key, key{}).second;
}

}  // namespace baudot::config
