#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace baudot::engine {

/// Rows of the store that were read a moment ago: the fates of a post's copies come one after the
/// other and each asks for the row of 16 of them. What is used is kept, half of `rows_max` at
/// least. Whoever changes a row forgets it here. Owned by one shard.
class row_cache {
public:
    explicit row_cache(std::size_t rows_max) : generation_max_(rows_max / 2) {}

    /// Null: not known. Good until the next call of keep().
    const std::string* find(const std::string& key) {
        if (const auto found = young_.find(key); found != young_.end()) return &found->second;
        const auto found = old_.find(key);
        if (found == old_.end()) return nullptr;
        std::string value = std::move(found->second);
        old_.erase(found);
        return &keep(key, std::move(value));
    }

    const std::string& keep(const std::string& key, std::string value) {
        if (young_.size() >= generation_max_) {
            old_ = std::exchange(young_, {});
            young_.reserve(generation_max_);
        }
        return young_.insert_or_assign(key, std::move(value)).first->second;
    }

    void forget(const std::string& key) {
        young_.erase(key);
        old_.erase(key);
    }

    std::size_t size() const { return young_.size() + old_.size(); }

private:
    using rows = boost::unordered_flat_map<std::string, std::string>;

    std::size_t generation_max_;
    rows young_;
    rows old_;
};

}  // namespace baudot::engine
