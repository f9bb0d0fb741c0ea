#include "telegram_sim/gate.hpp"

#include <algorithm>
#include <array>

namespace baudot::telegram_sim {
namespace {

using std::chrono::seconds;

// TELEGRAM.md 1.3: after 1, 2 and 4 s of trouble the next try, 8 s later, is left to the caller.
constexpr duration trouble_held = seconds(7);
constexpr int trouble_retry_after = 8;

std::string proxy_page(int status) {
    const std::string title = status == 504 ? "504 Gateway Time-out" : "502 Bad Gateway";
    return "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title +
           "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
}

bool same(std::string_view left, std::string_view right) noexcept {
    return std::ranges::equal(left, right, [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

bool starts(std::string_view text, std::string_view with) noexcept {
    return text.size() >= with.size() && same(text.substr(0, with.size()), with);
}

}  // namespace

charge charge_of(std::string_view method) noexcept {
    if (same(method, "sendChatAction")) return charge::none;
    if (starts(method, "send") || starts(method, "copyMessage") || starts(method, "editMessage") ||
        starts(method, "stop")) {
        return charge::send;
    }
    if (starts(method, "forwardMessage")) return charge::forward;
    if (starts(method, "deleteMessage")) return charge::remove;
    return charge::none;
}

namespace {

bool carries_media(std::string_view method) noexcept {
    for (const std::string_view each :
         {"sendPhoto", "sendVideo", "sendAnimation", "sendAudio", "sendVoice", "sendDocument",
          "sendMediaGroup", "sendSticker", "editMessageMedia"}) {
        if (starts(method, each)) return true;
    }
    return false;
}

}  // namespace

gate::gate(std::uint64_t seed, profile_name which)
    : profile_(make_profile(which)), limits_(profile_.limits), faults_(seed, profile_.faults) {}

void gate::configure(profile_name which) {
    configure(make_profile(which));
}

void gate::configure(profile what) {
    profile_ = what;
    limits_.configure(profile_.limits);
    faults_.configure(profile_.faults);
}

verdict gate::from_fault(const fault& what) {
    verdict made;
    const auto refuse = [&](int retry_after, duration held) {
        made.acts = false;
        made.act_after = held;
        made.answers = verdict::answer::error;
        made.error = too_many_requests(retry_after);
    };
    switch (what.kind) {
        case fault_kind::hold: made.act_after = what.wait; break;
        case fault_kind::flood: refuse(what.retry_after, what.wait); break;
        case fault_kind::flood_as_400:
            refuse(what.retry_after, what.wait);
            made.error = {.code = 400,
                          .description = "Bad Request: too Many Requests: retry after " +
                                         std::to_string(what.retry_after)};
            break;
        case fault_kind::trouble_as_429: refuse(trouble_retry_after, trouble_held); break;
        case fault_kind::restart:
            made.acts = false;
            made.answers = verdict::answer::error;
            made.error = {.code = 500, .description = "Internal Server Error: restart"};
            break;
        case fault_kind::html_before:
        case fault_kind::html_after:
            made.acts = what.kind == fault_kind::html_after;
            made.answers = verdict::answer::html;
            made.status = what.status;
            made.html = proxy_page(what.status);
            break;
        case fault_kind::reset_before:
        case fault_kind::reset_after:
            made.acts = what.kind == fault_kind::reset_after;
            made.answers = verdict::answer::reset;
            break;
        case fault_kind::answer_lost: made.answers = verdict::answer::never; break;
        case fault_kind::redeliver: made.redeliver = true; break;
    }
    return made;
}

verdict gate::decide(const request& what, time_point now) {
    const auto broken = faults_.next({.bot = what.cost.bot,
                                      .chat = what.cost.chat,
                                      .method = what.method,
                                      .is_get_updates = what.is_get_updates},
                                     now);
    verdict made = broken ? from_fault(*broken) : verdict{};
    if (what.is_get_updates) return made;

    const latency_settings& times = profile_.latency;
    const bool is_media = what.cost.upload_bytes > 0 || carries_media(what.method);
    const bool reads = what.cost.what == charge::none;
    duration service = faults_.draw(reads ? times.read : is_media ? times.media : times.send);
    if (times.bytes_per_second > 0) {
        const double upload = static_cast<double>(what.cost.upload_bytes) / times.bytes_per_second;
        service += std::chrono::duration_cast<duration>(std::chrono::duration<double>(upload));
    }
    const duration network = faults_.draw(times.network);
    const bool told = made.answers == verdict::answer::error && made.error.retry_after;
    // A wait that is not over is felt whatever else goes wrong; and a request that would not
    // act anyway takes no place in a limit.
    if (made.acts || limits_.is_early(what.cost, now)) {
        const admission allowed = limits_.admit(what.cost, now);
        made.too_early = allowed.too_early;
        made.act_after += allowed.hold;
        if (allowed.retry_after && !told) {
            made.acts = false;
            if (made.answers == verdict::answer::result) {
                made.answers = verdict::answer::error;
                made.error = too_many_requests(*allowed.retry_after);
            }
        }
    }
    made.act_after += made.acts ? network / 2 + service : network / 2;
    made.answer_after += network - network / 2;
    const auto wait =
        made.answers == verdict::answer::error ? made.error.retry_after : std::optional<int>();
    limits_.answered(what.cost, now + made.act_after + made.answer_after, wait);
    return made;
}

}  // namespace baudot::telegram_sim
