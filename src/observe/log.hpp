#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.hpp"

namespace baudot::observe {

enum class level : std::uint8_t { debug, info, warning, error };

/// "debug", "info", "warning", "error".
std::string_view name(level value) noexcept;

/// One key and value of a log line. Keys are constants in snake_case with the unit last. Strings
/// are views: a field lives no longer than the log call it is built for.
struct field {
    /// Rendered in milliseconds; the key gets the suffix `_ms`.
    struct milliseconds {
        double count;
    };
    using value_type =
        std::variant<std::int64_t, std::uint64_t, double, bool, milliseconds, std::string_view>;

    field(std::string_view field_key, std::string_view text) : key(field_key), value(text) {}
    field(std::string_view field_key, const char* text)
        : key(field_key), value(std::string_view(text)) {}
    field(std::string_view field_key, const std::string& text)
        : key(field_key), value(std::string_view(text)) {}
    field(std::string_view field_key, bool yes) : key(field_key), value(yes) {}
    field(std::string_view field_key, std::floating_point auto number)
        : key(field_key), value(static_cast<double>(number)) {}
    field(std::string_view field_key, std::signed_integral auto number)
        : key(field_key), value(std::int64_t{number}) {}
    template <std::unsigned_integral Int>
        requires(!std::same_as<Int, bool>)
    field(std::string_view field_key, Int number) : key(field_key), value(std::uint64_t{number}) {}

    /// Strong ids (chat_id, sequence, ...).
    template <class Enum>
        requires std::is_enum_v<Enum>
    field(std::string_view field_key, Enum id) : field(field_key, std::to_underlying(id)) {}
    field(std::string_view field_key, errc code) : field(field_key, baudot::name(code)) {}

    template <class Rep, class Period>
    field(std::string_view field_key, std::chrono::duration<Rep, Period> time)
        : key(field_key),
          value(milliseconds{std::chrono::duration<double, std::milli>(time).count()}) {}

    std::string_view key;
    value_type value;
};

/// What a sink receives: already free of secrets. Views are valid during write() only.
struct log_record {
    level severity = level::info;
    std::string_view component;
    std::string_view event;
    const field* fields = nullptr;
    std::size_t field_count = 0;
};

/// Where records go. Any thread may call; a call never waits for the terminal, the disk or a
/// reader of the pipe, and never throws.
class log_sink {
public:
    virtual ~log_sink() = default;
    virtual bool enabled(level severity) const noexcept = 0;
    virtual void write(const log_record& record) noexcept = 0;
};

/// Handed to each component by its owner; a cheap value, any thread.
///
///     log_.warning("another instance polls this bot", {{"account", id}, {"wait", 3s}});
///
/// `event` is a constant sentence: what varies goes into fields, so that lines can be counted
/// and found. Registered secrets (secrets.hpp) are replaced in the event and in every string.
/// Lines may be lost when the reader is stuck (the sink says how many); what must not be lost
/// belongs into the journal.
class logger {
public:
    logger() = default;  // writes nothing
    logger(std::shared_ptr<log_sink> sink, std::string component)
        : sink_(std::move(sink)), component_(std::move(component)) {}

    /// The same sink under another name.
    logger named(std::string component) const { return {sink_, std::move(component)}; }

    /// Ask before computing something costly for a line.
    bool enabled(level severity) const noexcept { return sink_ && sink_->enabled(severity); }

    using fields = std::initializer_list<field>;
    void debug(std::string_view event, fields with = {}) const { write(level::debug, event, with); }
    void info(std::string_view event, fields with = {}) const { write(level::info, event, with); }
    void warning(std::string_view event, fields with = {}) const {
        write(level::warning, event, with);
    }
    void error(std::string_view event, fields with = {}) const { write(level::error, event, with); }

    /// As above; `failure` becomes the fields `code` and `message`, before `with`.
    void warning(std::string_view event, const baudot::error& failure, fields with = {}) const;
    void error(std::string_view event, const baudot::error& failure, fields with = {}) const;

    void write(level severity, std::string_view event, fields with) const;

private:
    void write_failure(level severity, std::string_view event, const baudot::error& failure,
                       fields with) const;
    void write_clean(level severity, std::string_view event, std::vector<field> with) const;

    std::shared_ptr<log_sink> sink_;
    std::string component_;
};

}  // namespace baudot::observe
