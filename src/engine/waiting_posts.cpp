#include "engine/waiting_posts.hpp"

#include <algorithm>
#include <array>

#include "base/byte_io.hpp"
#include "base/hash.hpp"
#include "model/codec.hpp"

namespace baudot::engine {
namespace {

// Beside those of pending_key: 0 and 1.
constexpr char first_byte = 2;

// The posts of a queue stand together, in their order.
std::string row_key(const waiting_posts::queue_key& queue, sequence cause) {
    std::string name = queue.first;
    put_ordered(name, queue.second);
    const std::array<char, 16> hash = to_bytes(xxh3_128(name));
    std::string key(1, first_byte);
    key.append(hash.data(), hash.size());
    put_ordered(key, cause);
    return key;
}

result<post_waits> decode(std::string_view value) {
    auto read = decode_event(event_type::post_waits, value);
    if (!read) return std::unexpected(read.error());
    auto& what = std::get<post_waits>(*read);
    if (!what.what) return fail(errc::corrupt, "store: a post that waits is not in its row");
    return std::move(what);
}

}  // namespace

result<void> waiting_posts::restore() {
    result<void> outcome;
    const auto row = [&](std::string_view, std::string_view value) {
        const auto what = decode(value);
        if (!what) {
            outcome = std::unexpected(what.error());
            return false;
        }
        queues_[{what->route, what->what->content.chat}].push_back(what->cause);
        ++size_;
        return true;
    };
    const std::string from(1, first_byte);
    const std::string end(1, first_byte + 1);
    const result<void> scanned = below_.scan(store::family::pending, from, end, row);
    return scanned ? outcome : scanned;
}

result<void> waiting_posts::apply(const post_waits& what) {
    if (!what.what) {
        for (const auto& [key, posts] : queues_) {
            if (key.first != what.route || !std::ranges::binary_search(posts, what.cause)) continue;
            return leave(queue_key(key), what.cause);
        }
        return {};
    }
    const queue_key key{what.route, what.what->content.chat};
    std::deque<sequence>& posts = queues_[key];
    if (!posts.empty() && posts.back() >= what.cause) return {};  // known
    posts.push_back(what.cause);
    ++size_;
    std::string value;
    encode(event(what), value);
    rows_.put_new(store::family::pending, row_key(key, what.cause), std::move(value));
    return {};
}

result<void> waiting_posts::planned(const deliveries_planned& what) {
    const bool is_retry = what.retry_of != delivery_ref{};
    if (size_ == 0 || is_retry) return {};
    return leave({what.route, what.source}, what.cause);
}

result<void> waiting_posts::leave(const queue_key& queue, sequence cause) {
    const auto found = queues_.find(queue);
    if (found == queues_.end()) return {};
    std::deque<sequence>& posts = found->second;
    const auto at = std::ranges::lower_bound(posts, cause);
    if (at == posts.end() || *at != cause) return {};
    posts.erase(at);
    --size_;
    rows_.erase(store::family::pending, row_key(queue, cause));
    if (posts.empty()) queues_.erase(found);
    return {};
}

result<post_waits> waiting_posts::read(const queue_key& queue, sequence cause) const {
    const auto row = rows_.get(store::family::pending, row_key(queue, cause));
    if (!row) return std::unexpected(row.error());
    if (!*row) return fail(errc::corrupt, "store: a post that waits has no row");
    return decode(**row);
}

bool waiting_posts::is_behind(std::string_view route, chat_id source) const {
    return size_ > 0 && queues_.contains(queue_key(route, source));
}

}  // namespace baudot::engine
