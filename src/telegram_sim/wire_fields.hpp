#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace baudot::telegram_sim {

/// The fields of an object inside an argument, read with the tolerance and the complaints of the
/// real server: what is not asked for is ignored, a number may be a text and a text a number.
/// Read all, then ask trouble(). The object outlives this.
class wire_fields {
public:
    explicit wire_fields(const boost::json::object& of) : of_(of) {}

    /// nullptr: absent. A null is there, as it is on the real server.
    const boost::json::value* find(std::string_view key) const noexcept {
        return of_.if_contains({key.data(), key.size()});
    }
    bool has(std::string_view key) const noexcept { return find(key) != nullptr; }

    std::string text(std::string_view key);
    std::string required_text(std::string_view key);
    bool truth(std::string_view key);
    std::int64_t integer(std::string_view key, std::int64_t otherwise = 0);
    /// Nothing when absent or no number: the caller knows what that means.
    std::optional<double> number(std::string_view key) const;
    /// nullptr: absent, or wrong.
    const boost::json::object* object(std::string_view key);
    const boost::json::array* array(std::string_view key);

    void note(std::string what) {
        if (!trouble_) trouble_ = std::move(what);
    }
    /// The first thing that was wrong: a sentence that begins with a capital letter.
    const std::optional<std::string>& trouble() const noexcept { return trouble_; }

private:
    const boost::json::value* given(std::string_view key) const noexcept;
    void wrong_type(std::string_view key, std::string_view type);

    const boost::json::object& of_;
    std::optional<std::string> trouble_;
};

/// The sentences of the server begin small after their prefix: `bad_request(small(what))`.
std::string small(std::string what);

}  // namespace baudot::telegram_sim
