#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <utility>

#include "telegram_sim/control.hpp"
#include "telegram_sim/control_objects.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

duration from_ms(double milliseconds) {
    return std::chrono::duration_cast<duration>(
        std::chrono::duration<double, std::milli>(milliseconds));
}
double to_ms(duration time) {
    return std::chrono::duration<double, std::milli>(time).count();
}

/// Goes over every number of a profile, to read or to write it: the names exist once.
template <class Visitor>
void visit(limit_settings& of, Visitor& with) {
    with.rate("private_chat", of.private_chat);
    with.rate("group_chat", of.group_chat);
    with.number("group_window_count", of.group_window_count);
    with.time("group_window_ms", of.group_window);
    with.rate("broadcast", of.broadcast);
    with.rate("paid_broadcast", of.paid_broadcast);
    with.time("reply_window_ms", of.reply_window);
    with.rate("forwards", of.forwards);
    with.rate("deletes", of.deletes);
    with.number("points_per_token", of.points_per_token);
    with.truth("album_costs_each", of.album_costs_each);
    with.time("hold_max_ms", of.hold_max);
    with.truth("escalates", of.escalates);
    with.number("retry_after_max_s", of.retry_after_max_s);
    with.truth("server_local", of.server_local);
}

template <class Visitor>
void visit(fault_settings& of, Visitor& with) {
    with.share("trouble_as_429", of.trouble_as_429);
    with.share("html_after", of.html_after);
    with.share("reset_before", of.reset_before);
    with.share("reset_after", of.reset_after);
    with.share("answer_lost", of.answer_lost);
    with.share("slow", of.slow);
    with.time("slow_min_ms", of.slow_min);
    with.time("slow_max_ms", of.slow_max);
    with.share("redeliver", of.redeliver);
    with.time("outage_every_ms", of.outage_every);
    with.time("outage_min_ms", of.outage_min);
    with.time("outage_max_ms", of.outage_max);
    with.share("outage_share_min", of.outage_share_min);
    with.share("outage_share_max", of.outage_share_max);
}

template <class Visitor>
void visit(latency_settings& of, Visitor& with) {
    with.spread("network", of.network);
    with.spread("send", of.send);
    with.spread("media", of.media);
    with.spread("read", of.read);
    with.amount("bytes_per_second", of.bytes_per_second);
}

struct reader {
    json_fields& from;

    void time(std::string_view key, duration& to) {
        const double ms = from.number(key, to_ms(to));
        if (ms < 0)
            from.wrong(key, "zero or more");
        else
            to = from_ms(ms);
    }
    void number(std::string_view key, int& to) {
        to = static_cast<int>(from.integer_between(key, to, 0, 1'000'000'000));
    }
    void truth(std::string_view key, bool& to) { to = from.truth(key, to); }
    void share(std::string_view key, double& to) {
        const double given = from.number(key, to);
        if (given < 0 || given > 1)
            from.wrong(key, "between 0 and 1");
        else
            to = given;
    }
    void amount(std::string_view key, double& to) {
        const double given = from.number(key, to);
        if (given < 0)
            from.wrong(key, "zero or more");
        else
            to = given;
    }
    void rate(std::string_view key, telegram_sim::rate& to) {
        const json::value* given = from.find(key);
        if (given == nullptr) return;
        json_fields fields(*given, from.at(key));
        reader inner{fields};
        inner.time("interval_ms", to.interval);
        to.burst = static_cast<int>(fields.integer_between("burst", to.burst, 1, 1'000'000));
        if (auto ok = fields.finish(); !ok) from.note(ok.error());
    }
    void spread(std::string_view key, latency& to) {
        const json::value* given = from.find(key);
        if (given == nullptr) return;
        json_fields fields(*given, from.at(key));
        reader inner{fields};
        inner.time("median_ms", to.median);
        inner.amount("sigma", to.sigma);
        if (auto ok = fields.finish(); !ok) from.note(ok.error());
    }
};

struct writer {
    json_writer& to;

    void time(std::string_view key, duration& of) { to.field(key, to_ms(of)); }
    void number(std::string_view key, int& of) { to.field(key, of); }
    void truth(std::string_view key, bool& of) { to.field(key, of); }
    void share(std::string_view key, double& of) { to.field(key, of); }
    void amount(std::string_view key, double& of) { to.field(key, of); }
    void rate(std::string_view key, telegram_sim::rate& of) {
        to.key(key).begin_object().field("interval_ms", to_ms(of.interval));
        to.field("burst", of.burst).end_object();
    }
    void spread(std::string_view key, latency& of) {
        to.key(key).begin_object().field("median_ms", to_ms(of.median));
        to.field("sigma", of.sigma).end_object();
    }
};

template <class Settings>
void read_settings(json_fields& from, std::string_view key, Settings& to) {
    const json::value* given = from.find(key);
    if (given == nullptr) return;
    json_fields fields(*given, from.at(key));
    reader with{fields};
    visit(to, with);
    if (auto ok = fields.finish(); !ok) from.note(ok.error());
}

template <class Settings>
void write_settings(json_writer& to, std::string_view key, Settings of) {
    to.key(key).begin_object();
    writer with{to};
    visit(of, with);
    to.end_object();
}

}  // namespace

control::reply control::rules(request& what) {
    return what.path[0] == "faults" ? faults(what) : profile_of_rules(what);
}

control::reply control::profile_of_rules(request& what) {
    if (what.method == "PUT" || what.method == "POST") {
        const auto given = parse_json(what.body);
        if (!given) return std::unexpected(given.error());
        json_fields from(*given, "");
        profile wanted = at_.rules().current();
        if (from.has("name")) {
            const auto known = profile_of(from.text("name"));
            if (!known)
                from.wrong("name", "off, gentle, realistic or harsh");
            else
                wanted = make_profile(*known);
        }
        read_settings(from, "limits", wanted.limits);
        read_settings(from, "faults", wanted.faults);
        read_settings(from, "latency", wanted.latency);
        if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
        at_.rules().configure(wanted);
    }
    profile now = at_.rules().current();
    std::string out;
    json_writer json(out);
    json.begin_object().field("name", name(now.base));
    write_settings(json, "limits", now.limits);
    write_settings(json, "faults", now.faults);
    write_settings(json, "latency", now.latency);
    json.end_object();
    return out;
}

control::reply control::faults(request& what) {
    fault_source& all = at_.rules().faults();
    if (what.method == "DELETE") {
        if (what.path.size() == 1) {
            all.clear();
            return R"({"ok":true})";
        }
        const auto id = to_integer(what.path[1]);
        if (!id || !all.remove(fault_source::id{static_cast<std::uint64_t>(*id)})) {
            return fail(errc::not_found, fmt::format("there is no fault {}", what.path[1]));
        }
        return R"({"ok":true})";
    }
    std::string out;
    json_writer json(out);
    if (what.method == "GET") {
        append_faults(json, all);
        return out;
    }
    const auto given = parse_json(what.body);
    if (!given) return std::unexpected(given.error());
    json_fields from(*given, "fault");
    fault made;
    const auto kind = fault_kind_of(from.text("kind"));
    if (!kind) {
        std::string known;
        for (int i = 0; i < fault_kinds; ++i) {
            known.append(i == 0 ? "" : ", ").append(name(static_cast<fault_kind>(i)));
        }
        from.wrong("kind", "one of " + known);
    }
    made.kind = kind.value_or(fault_kind::hold);
    reader with{from};
    with.share("probability", made.probability);
    if (from.has("times")) {
        made.times = static_cast<std::uint64_t>(from.integer_between("times", 1, 1, 1'000'000'000));
    }
    const auto named = [](const json::value& value) {
        return value.is_string() ? std::string(value.get_string()) : to_text(value);
    };
    if (const json::value* bot = from.find("bot")) {
        const auto found = builder_.find_user(named(*bot));
        if (!found)
            from.note(found.error());
        else
            made.bot = *found;
    }
    if (const json::value* where = from.find("chat")) {
        const auto found = builder_.find_chat(named(*where));
        if (!found)
            from.note(found.error());
        else
            made.chat = *found;
    }
    made.method = from.text("method");
    made.retry_after = static_cast<int>(from.integer_between("retry_after", 5, 1, 1'000'000));
    made.status = static_cast<int>(from.integer_between("status", 502, 500, 599));
    with.time("wait_ms", made.wait);
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    json.begin_object().field("id", std::to_underlying(all.inject(std::move(made)))).end_object();
    return out;
}

}  // namespace baudot::telegram_sim
