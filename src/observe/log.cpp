#include "observe/log.hpp"

#include <algorithm>
#include <deque>
#include <vector>

#include "observe/secrets.hpp"

namespace baudot::observe {
namespace {

bool has_secret(const field& each) {
    const auto* text = std::get_if<std::string_view>(&each.value);
    return text && holds_secret(*text);
}

}  // namespace

std::string_view name(level value) noexcept {
    switch (value) {
        case level::debug: return "debug";
        case level::info: return "info";
        case level::warning: return "warning";
        case level::error: return "error";
    }
    return "unknown";
}

void logger::write(level severity, std::string_view event, fields with) const {
    if (!enabled(severity)) return;
    if (!holds_secret(event) && std::ranges::none_of(with, has_secret)) {
        sink_->write({severity, component_, event, with.begin(), with.size()});
        return;
    }
    write_clean(severity, event, with);
}

void logger::write_clean(level severity, std::string_view event, std::vector<field> with) const {
    const std::string clean_event = redact(event);
    std::deque<std::string> texts;  // stable addresses: the fields hold views
    for (field& each : with) {
        auto* text = std::get_if<std::string_view>(&each.value);
        if (text) *text = texts.emplace_back(redact(*text));
    }
    sink_->write({severity, component_, clean_event, with.data(), with.size()});
}

void logger::write_failure(level severity, std::string_view event, const baudot::error& failure,
                           fields with) const {
    if (!enabled(severity)) return;
    std::vector<field> all{{"code", failure.code}, {"message", failure.message}};
    all.insert(all.end(), with.begin(), with.end());
    write_clean(severity, event, std::move(all));
}

void logger::warning(std::string_view event, const baudot::error& failure, fields with) const {
    write_failure(level::warning, event, failure, with);
}

void logger::error(std::string_view event, const baudot::error& failure, fields with) const {
    write_failure(level::error, event, failure, with);
}

}  // namespace baudot::observe
