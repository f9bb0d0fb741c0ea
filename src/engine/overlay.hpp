#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "store/store.hpp"

namespace baudot::engine {

/// Changes of point state that wait for the next commit; reads see them at once.
///
/// One commit is one atomic batch with the journal position that it reflects, so that after a
/// crash the store equals the state at exactly that position. Owned by one shard.
class overlay {
public:
    explicit overlay(store::store& below) : below_(below) {}

    /// The store's errors.
    result<std::optional<std::string>> get(store::family where, const std::string& key) const;

    void put(store::family where, std::string key, std::string value);

    /// For a key that the store surely does not hold: erased before the next commit, it never
    /// reaches the store.
    void put_new(store::family where, std::string key, std::string value);
    void erase(store::family where, std::string key);

    std::size_t changes() const { return changes_; }

    /// On failure everything is kept for another try.
    result<void> commit(sequence position);

private:
    struct change {
        std::optional<std::string> value;  // empty: erased
        bool is_new = false;               // not in the store below
    };
    using changed = boost::unordered_flat_map<std::string, change>;

    void set(store::family where, std::string key, change to);

    store::store& below_;
    std::array<changed, store::family_count> changed_;
    std::size_t changes_ = 0;
};

}  // namespace baudot::engine
