#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "engine/overlay.hpp"
#include "model/event.hpp"

namespace baudot::engine {

/// Posts that a route takes and whose plan waits for what an external API answers: a FIFO for each
/// route and source, so that no route waits for another one's API. Memory holds 8 bytes of each
/// post, the store the rest: rows of `pending` (docs/formats.md). Owned by one shard.
class waiting_posts {
public:
    /// Route and source.
    using queue_key = std::pair<std::string, chat_id>;
    using queues = std::map<queue_key, std::deque<sequence>, std::less<>>;

    waiting_posts(overlay& rows, store::store& below) : rows_(rows), below_(below) {}

    /// errc::corrupt; the store's errors.
    result<void> restore();

    /// A post joins its queue, or leaves it. errc::corrupt; the store's errors.
    result<void> apply(const post_waits& what);

    /// The route has its plan: the post leaves its queue. The store's errors.
    result<void> planned(const deliveries_planned& what);

    /// errc::corrupt when it is not there; the store's errors.
    result<post_waits> read(const queue_key& queue, sequence cause) const;

    /// In the order of routes; none is empty.
    const queues& all() const { return queues_; }
    bool is_behind(std::string_view route, chat_id source) const;
    std::size_t size() const { return size_; }

private:
    result<void> leave(const queue_key& queue, sequence cause);

    overlay& rows_;
    store::store& below_;
    queues queues_;
    std::size_t size_ = 0;
};

}  // namespace baudot::engine
