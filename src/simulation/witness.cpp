#include "simulation/witness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/hash.hpp"

namespace baudot::simulation {
namespace asio = boost::asio;
namespace {

constexpr std::size_t said_bytes_max = 300;

// The number after `key` in JSON that a program wrote: no spaces, no tricks.
std::optional<std::int64_t> number_after(std::string_view json, std::string_view key) {
    const std::size_t at = json.find(key);
    if (at == std::string_view::npos) return std::nullopt;
    const char* begin = json.data() + at + key.size();
    std::int64_t value = 0;
    const auto [end, ec] = std::from_chars(begin, json.data() + json.size(), value);
    if (ec != std::errc{}) return std::nullopt;
    return value;
}

std::string_view method_of(std::string_view target) {
    return target.substr(target.rfind('/') + 1);
}

bool is_send(std::string_view method) {
    return method == "copyMessage" || method == "forwardMessage" || method == "sendMessage";
}

// Of a copy or a forward: the post and where it goes. Here each destination has one route, so that
// this is one delivery.
std::optional<witness::copy_key> delivery_of(std::string_view body) {
    const auto source = number_after(body, "\"from_chat_id\":");
    const auto message = number_after(body, "\"message_id\":");
    const auto destination = number_after(body, "\"chat_id\":");
    if (!source || !message || !destination) return std::nullopt;
    return witness::copy_key{{chat_id{*source}, message_id{*message}}, chat_id{*destination}};
}

}  // namespace

void witness::accepted(account_id by, const telegram::update_batch& updates) {
    for (const update& each : updates) {
        confirmable_[by] = std::to_underlying(each.id) + 1;
        if (each.kind != update_kind::post) continue;
        accepted_.emplace(each.content.chat, each.content.id);
    }
}

void witness::recovered(account_id by, update_id next) {
    std::int64_t& known = confirmable_[by];
    known = std::max(known, std::to_underlying(next));
}

void witness::asked(account_id by, const http::request& what, time_point now) {
    ++requests_;
    const std::string_view method = method_of(what.target);
    log_.note(now, method, xxh3_128(what.body).low);
    if (log_.is_printed()) log_.say(now, what.body);
    if (method == "getUpdates") check_confirmation(by, what.body);
    if (!is_send(method)) return;
    ++sends_;
    if (const auto chat = number_after(what.body, "\"chat_id\":")) {
        check_wait(by, chat_id{*chat}, now);
    }
    if (const auto which = delivery_of(what.body)) check_stays(by, *which);
}

// P7: what was refused to an account is sent by no other.
void witness::check_stays(account_id by, const copy_key& which) {
    const auto refused = refused_to_.find(which);
    if (refused == refused_to_.end() || refused->second == by) return;
    fault(fmt::format("P7: account {} sent to chat {} what had been refused to account {}",
                      std::to_underlying(by), std::to_underlying(which.second),
                      std::to_underlying(refused->second)));
}

// P1: an offset confirms what is below it.
void witness::check_confirmation(account_id by, std::string_view body) {
    const auto offset = number_after(body, "\"offset\":");
    if (!offset || *offset <= 0) return;
    const auto known = confirmable_.find(by);
    if (known != confirmable_.end() && *offset <= known->second) return;
    fault(fmt::format("P1: account {} confirmed updates below {} before they were durable",
                      std::to_underlying(by), *offset));
}

void witness::check_wait(account_id by, chat_id chat, time_point now) {
    const bool is_probe = probing_.erase(by) > 0;
    const auto told = waits_.find({by, chat});
    if (told == waits_.end() || now >= told->second || is_probe) return;
    fault(fmt::format("P6: account {} sent to chat {} {:.3f} s before its wait was over",
                      std::to_underlying(by), std::to_underlying(chat),
                      std::chrono::duration<double>(told->second - now).count()));
}

void witness::answered(account_id by, const http::request& what,
                       const result<http::response>& answer, time_point asked, time_point now) {
    const std::string_view method = method_of(what.target);
    if (show_ && is_send(method)) {
        wire_send shown{
            .by = by, .is_forward = method == "forwardMessage", .asked = asked, .answered = now};
        shown.source = chat_id{number_after(what.body, "\"from_chat_id\":").value_or(0)};
        shown.message = message_id{number_after(what.body, "\"message_id\":").value_or(0)};
        shown.destination = chat_id{number_after(what.body, "\"chat_id\":").value_or(0)};
        shown.status = answer ? static_cast<int>(answer->status) : 0;
        show_(shown);
    }
    if (!answer) {
        log_.note(now, "no answer", static_cast<std::uint64_t>(answer.error().code));
        return;
    }
    log_.note(now, "answer", xxh3_128(answer->body).low);
    if (log_.is_printed())
        log_.say(now, what.body + " -> " + answer->body.substr(0, said_bytes_max));
    if (answer->status != 429 || !is_send(method)) return;
    if (const auto which = delivery_of(what.body)) refused_to_[*which] = by;
    const auto chat = number_after(what.body, "\"chat_id\":");
    const auto wait = number_after(answer->body, "\"retry_after\":");
    if (!chat || !wait) return;
    time_point& over = waits_[{by, chat_id{*chat}}];
    over = std::max(over, now + std::chrono::seconds(*wait));
}

void witness::crashed() {
    ++crashes_;
    for (const auto& [scope, over] : waits_) probing_.insert(scope.first);
}

void witness::uncertain(const engine::uncertain_delivery& which) {
    ++uncertain_[{{which.source, which.message}, which.destination}];
}

std::size_t witness::times_uncertain(const copy_key& which) const {
    const auto found = uncertain_.find(which);
    return found == uncertain_.end() ? 0 : found->second;
}

void witness::fault(std::string what) {
    constexpr std::size_t enough = 100;
    if (faults_.size() < enough) faults_.push_back(std::move(what));
}

asio::awaitable<result<http::response>> watched_exchange::send(http::request what,
                                                               time_point deadline) {
    const time_point asked = timers_.now();
    by_.asked(account_, what, asked);
    const http::request kept = what;
    auto answer = co_await through_.send(std::move(what), deadline);
    by_.answered(account_, kept, answer, asked, timers_.now());
    co_return answer;
}

}  // namespace baudot::simulation
