#include "base/time_zone.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

namespace baudot {
namespace {

/// Big-endian numbers one after the other; past the end they are 0 and good() is false.
class reader {
public:
    explicit reader(std::string_view bytes) : bytes_(bytes) {}

    std::int64_t number(std::size_t size) {
        const std::string_view part = take(size);
        if (part.size() != size || size == 0) return 0;
        std::uint64_t value = (static_cast<unsigned char>(part[0]) & 0x80U) != 0 ? ~0ULL : 0;
        for (const char byte : part) value = value << 8 | static_cast<unsigned char>(byte);
        return static_cast<std::int64_t>(value);
    }
    std::string_view take(std::size_t size) {
        if (size > bytes_.size()) {
            good_ = false;
            bytes_ = {};
            return {};
        }
        const std::string_view part = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return part;
    }
    std::string_view rest() const { return bytes_; }
    bool good() const { return good_; }

private:
    std::string_view bytes_;
    bool good_ = true;
};

struct counts {
    std::size_t utc = 0, standard = 0, leap = 0, time = 0, type = 0, letters = 0;

    std::size_t bytes(std::size_t wide) const {
        return time * (wide + 1) + type * 6 + letters + leap * (wide + 4) + standard + utc;
    }
};

std::optional<counts> read_header(reader& from) {
    if (from.take(4) != "TZif") return std::nullopt;
    from.take(16);
    counts found;
    for (std::size_t* each :
         {&found.utc, &found.standard, &found.leap, &found.time, &found.type, &found.letters}) {
        *each = static_cast<std::size_t>(from.number(4)) & 0xFFFFU;  // real ones are far smaller
    }
    return from.good() ? std::optional(found) : std::nullopt;
}

}  // namespace

/// The POSIX TZ text at the end of a file, as it is written there: "CET-1CEST,M3.5.0,M10.5.0/3".
class time_zone::footer {
public:
    explicit footer(std::string_view text) : left_(text) {}

    bool read(time_zone& to) {
        skip_name();
        const auto standard = seconds();
        if (!standard) return false;
        to.standard_ = -*standard;  // POSIX counts to the west
        if (left_.empty()) return true;
        skip_name();
        to.summer_ = to.standard_ + 3600;
        if (!left_.starts_with(',')) {
            const auto summer = seconds();
            if (!summer) return false;
            to.summer_ = -*summer;
        }
        to.has_summer_ = change(to.begins_) && change(to.ends_) && left_.empty();
        return to.has_summer_;
    }

private:
    void skip_name() {
        const bool quoted = left_.starts_with('<');
        const auto end = quoted ? left_.find('>') : left_.find_first_of("0123456789+-,");
        left_.remove_prefix(end == left_.npos ? left_.size() : end + (quoted ? 1 : 0));
    }
    bool skip(char what) {
        if (!left_.starts_with(what)) return false;
        left_.remove_prefix(1);
        return true;
    }
    std::optional<int> number() {
        int value = 0;
        std::size_t digits = 0;
        for (; digits < left_.size() && digits < 4; ++digits) {
            const char each = left_[digits];
            if (each < '0' || each > '9') break;
            value = value * 10 + (each - '0');
        }
        left_.remove_prefix(digits);
        return digits == 0 ? std::nullopt : std::optional(value);
    }
    std::optional<std::int32_t> seconds() {  // [+-]hh[:mm[:ss]]
        const int sign = skip('-') ? -1 : 1;
        skip('+');
        std::int32_t total = 0;
        std::int32_t unit = 3600;
        do {
            const auto part = number();
            if (!part) return std::nullopt;
            total += *part * unit;
            unit /= 60;
        } while (unit > 0 && skip(':'));
        return sign * total;
    }
    bool change(yearly& to) {  // ,Mm.w.d[/time]
        if (!skip(',') || !skip('M')) return false;
        const auto month = number();
        const auto week = skip('.') ? number() : std::nullopt;
        const auto weekday = skip('.') ? number() : std::nullopt;
        if (!month || !week || !weekday) return false;
        to = {.month = *month, .week = *week, .weekday = *weekday, .seconds = 7200};
        const bool is_date =
            to.month >= 1 && to.month <= 12 && to.week >= 1 && to.week <= 5 && to.weekday <= 6;
        if (!skip('/')) return is_date;
        const auto at = seconds();
        if (at) to.seconds = *at;
        return at && is_date;
    }

    std::string_view left_;
};

result<time_zone> time_zone::parse(std::string_view tzif) {
    const auto broken = [] { return fail(errc::corrupt, "this is no file of a time zone"); };
    reader from(tzif);
    auto head = read_header(from);
    if (!head || tzif[4] < '2') return broken();  // version 1 had 32-bit times and no end
    from.take(head->bytes(4));
    head = read_header(from);
    if (!head || head->type == 0) return broken();

    std::vector<std::int64_t> times(head->time);
    std::vector<std::size_t> types(head->time);
    std::vector<std::int32_t> offsets(head->type);
    for (std::int64_t& each : times) each = from.number(8);
    for (std::size_t& each : types) each = static_cast<std::size_t>(from.number(1)) & 0xFFU;
    for (std::int32_t& each : offsets) {
        each = static_cast<std::int32_t>(from.number(4));
        from.take(2);
    }
    from.take(head->letters + head->leap * 12 + head->standard + head->utc);
    if (!from.good() || !std::ranges::is_sorted(times)) return broken();

    time_zone made;
    made.first_ = offsets.front();
    made.changes_.reserve(times.size());
    for (std::size_t at = 0; at < times.size(); ++at) {
        if (types[at] >= offsets.size()) return broken();
        made.changes_.push_back({.at = times[at], .offset = offsets[types[at]]});
    }
    std::string_view end = from.rest();
    if (end.size() < 3 || end.front() != '\n' || end.back() != '\n') return broken();
    end = end.substr(1, end.size() - 2);
    if (!footer(end).read(made)) return broken();
    return made;
}

// Days since 1970 of the day that a rule names.
std::int64_t time_zone::day_of(const yearly& rule, int year) noexcept {
    namespace c = std::chrono;
    const c::year_month month = c::year(year) / c::month(static_cast<unsigned>(rule.month));
    const c::weekday day(static_cast<unsigned>(rule.weekday));
    const c::sys_days date = rule.week == 5
                                 ? c::sys_days(month / day[c::last])
                                 : c::sys_days(month / day[static_cast<unsigned>(rule.week)]);
    return date.time_since_epoch().count();
}

std::int32_t time_zone::rule_at(std::int64_t unix_seconds) const noexcept {
    namespace c = std::chrono;
    if (!has_summer_) return standard_;
    constexpr std::int64_t day = 86'400;
    constexpr std::int64_t far = day * 366 * 30'000;  // what a calendar here can count
    unix_seconds = std::clamp(unix_seconds, -far, far);
    const c::sys_days today(c::floor<c::days>(c::seconds(unix_seconds + standard_)));
    const int year = static_cast<int>(c::year_month_day(today).year());
    const std::int64_t begin = day_of(begins_, year) * day + begins_.seconds - standard_;
    const std::int64_t end = day_of(ends_, year) * day + ends_.seconds - summer_;
    const bool in_one = begin <= unix_seconds && unix_seconds < end;
    const bool around_new_year = unix_seconds >= begin || unix_seconds < end;  // in the south
    return (begin < end ? in_one : around_new_year) ? summer_ : standard_;
}

std::int32_t time_zone::offset_at(std::int64_t unix_seconds) const noexcept {
    const auto next = std::ranges::upper_bound(changes_, unix_seconds, {}, &change::at);
    if (next == changes_.end()) return rule_at(unix_seconds);
    return next == changes_.begin() ? first_ : std::prev(next)->offset;
}

}  // namespace baudot
