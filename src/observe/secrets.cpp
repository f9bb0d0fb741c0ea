#include "observe/secrets.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace baudot::observe {
namespace {

constexpr std::string_view mask = "[secret]";

// A bot token is `id:secret`; today's ids have 8 to 10 digits and secrets 35 characters
// (TELEGRAM.md 1). Looser here, so that a token of another length is caught too.
constexpr std::size_t token_id_digits_min = 6;
constexpr std::size_t token_secret_min = 30;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_token_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::string percent_encoded(std::string_view text, const char* digits) {
    std::string out;
    for (const char c : text) {
        if (is_token_character(c) || c == '.' || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

// Found by its first eight bytes, so that the cost of a line does not grow with the number of
// accounts.
class registry {
public:
    void add(std::string value) {
        const std::unique_lock lock(mutex_);
        std::vector<std::string>& same = by_prefix_[prefix(value.data())];
        if (std::ranges::find(same, value) != same.end()) return;
        same.push_back(std::move(value));
        std::ranges::sort(same, std::ranges::greater(), &std::string::size);  // longest first
    }

    /// Calls hide(begin, end) for each secret in order; it returns false to stop.
    template <class Hide>
    void scan(std::string_view text, Hide hide) const {
        const std::shared_lock lock(mutex_);
        std::size_t at = 0;
        while (at + secret_bytes_min <= text.size()) {
            const auto [begin, end] = match(text, at);
            if (end == 0) {
                ++at;
                continue;
            }
            if (!hide(begin, end)) return;
            at = end;
        }
    }

private:
    using range = std::pair<std::size_t, std::size_t>;

    static std::uint64_t prefix(const char* bytes) {
        static_assert(secret_bytes_min == sizeof(std::uint64_t));
        std::uint64_t value;
        std::memcpy(&value, bytes, sizeof value);
        return value;
    }

    range match(std::string_view text, std::size_t at) const {
        if (const auto found = by_prefix_.find(prefix(text.data() + at));
            found != by_prefix_.end()) {
            for (const std::string& secret : found->second) {
                if (text.substr(at).starts_with(secret)) return {at, at + secret.size()};
            }
        }
        if (text[at] == ':') return token(text, at, at + 1);
        const bool encoded = text[at] == '%' && text[at + 1] == '3' && (text[at + 2] | 0x20) == 'a';
        return encoded ? token(text, at, at + 3) : range{0, 0};
    }

    static range token(std::string_view text, std::size_t colon, std::size_t begin) {
        std::size_t digits = 0;
        while (digits < colon && is_digit(text[colon - 1 - digits])) ++digits;
        std::size_t end = begin;
        while (end < text.size() && is_token_character(text[end])) ++end;
        const bool found = digits >= token_id_digits_min && end - begin >= token_secret_min;
        return found ? range{begin, end} : range{0, 0};
    }

    mutable std::shared_mutex mutex_;
    std::unordered_map<std::uint64_t, std::vector<std::string>> by_prefix_;  // guarded by mutex_
};

// Never destroyed: a thread may log while the process ends.
registry& secrets() {
    static registry& instance = *new registry;
    return instance;
}

}  // namespace

result<void> register_secret(std::string_view value) {
    // The id before the colon is public and helps the reader; without it the rest is useless.
    const std::size_t id = value.find_first_not_of("0123456789");
    const bool is_token = id != std::string_view::npos && id > 0 && value[id] == ':' &&
                          value.size() - id - 1 >= secret_bytes_min;
    const std::string_view hidden = is_token ? value.substr(id + 1) : value;
    if (hidden.size() < secret_bytes_min) {
        return fail(errc::invalid_argument,
                    "a secret is too short to be kept out of the log; use at least " +
                        std::to_string(secret_bytes_min) + " characters");
    }
    secrets().add(std::string(hidden));
    secrets().add(percent_encoded(hidden, "0123456789ABCDEF"));
    secrets().add(percent_encoded(hidden, "0123456789abcdef"));
    return {};
}

std::string redact(std::string_view text) {
    std::string out;
    std::size_t copied = 0;
    secrets().scan(text, [&](std::size_t begin, std::size_t end) {
        out.append(text, copied, begin - copied).append(mask);
        copied = end;
        return true;
    });
    return out.append(text, copied);
}

bool holds_secret(std::string_view text) noexcept {
    bool found = false;
    secrets().scan(text, [&](std::size_t, std::size_t) {
        found = true;
        return false;
    });
    return found;
}

}  // namespace baudot::observe
