#include "telegram_sim/webhook.hpp"

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "http/base_url.hpp"
#include "http/connector.hpp"

namespace baudot::telegram_sim {
namespace asio = boost::asio;
namespace {

// Of the official server (TELEGRAM.md 2.2).
constexpr std::array<std::uint16_t, 4> cloud_ports{443, 80, 88, 8443};
constexpr std::int64_t cloud_connections = 40;
constexpr std::int64_t cloud_connections_max = 100;
constexpr std::int64_t local_connections = 100;
constexpr std::int64_t local_connections_max = 100'000;
constexpr std::size_t secret_bytes_max = 256;
constexpr std::size_t certificate_bytes_max = 3 << 20;

constexpr std::size_t answer_bytes_max = 8 << 20;  // one method call, without files of weight

std::unexpected<api_error> bad_webhook(std::string_view why) {
    return bad_request("bad webhook: " + std::string(why));
}

bool is_secret(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

/// Addresses that Telegram's servers do not connect to.
bool is_reserved(const asio::ip::address_v4& of) noexcept {
    const auto bytes = of.to_bytes();
    const auto first = bytes[0];
    const auto second = bytes[1];
    return first == 0 || first == 10 || first == 127 || first >= 224 ||
           (first == 100 && second >= 64 && second < 128) || (first == 169 && second == 254) ||
           (first == 172 && second >= 16 && second < 32) || (first == 192 && second == 168);
}

api_result<void> check_address(const std::string& text) {
    boost::system::error_code failed;
    const auto address = asio::ip::make_address(text, failed);
    if (failed) return bad_webhook("Invalid IP address specified");
    if (!address.is_v4()) return bad_webhook("IPv6-only addresses are not allowed");
    if (is_reserved(address.to_v4())) return bad_webhook("IP address " + text + " is reserved");
    return {};
}

/// https://host:port and /the/rest?of=it. Without a scheme it is http, as with Telegram.
std::pair<std::string, std::string> split_url(std::string_view url) {
    const auto scheme = url.find("://");
    const auto begin = scheme == url.npos ? 0 : scheme + 3;
    const auto end = std::min(url.find_first_of("/?#", begin), url.size());
    std::string target(url.substr(end, url.find('#', end) - end));
    if (!target.starts_with('/')) target.insert(0, "/");
    return {(begin == 0 ? "http://" : "") + std::string(url.substr(0, end)), std::move(target)};
}

api_result<void> check_cloud(const http::base_url& url, const std::string& ip_address) {
    if (!url.tls) return bad_webhook("An HTTPS URL must be provided for webhook");
    if (std::ranges::find(cloud_ports, url.port) == cloud_ports.end()) {
        return bad_webhook("Webhook can be set up only on ports 80, 88, 443 or 8443");
    }
    if (!ip_address.empty()) return check_address(ip_address);
    return url.is_address ? check_address(url.host) : api_result<void>{};
}

/// A file that is there as long as this is: the library reads certificates from files only.
class certificate_file {
public:
    explicit certificate_file(const std::string& pem) {
        if (pem.empty()) return;
        std::string draft = "/tmp/telegram-sim-certificate-XXXXXX";
        const int file = mkstemp(draft.data());
        if (file < 0) return;
        path_ = draft;
        std::ofstream(path_) << pem;
        ::close(file);
    }
    certificate_file(const certificate_file&) = delete;
    ~certificate_file() {
        if (!path_.empty()) std::remove(path_.c_str());
    }
    const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

result<std::unique_ptr<http::exchange>> open_webhook(const asio::any_io_executor& shard,
                                                     timer_service& timers,
                                                     const webhook_settings& with) {
    http::client_options options;
    options.base_url = split_url(with.url).first;
    options.connections_max = with.connections_max;
    options.response_bytes_max = answer_bytes_max;
    auto url = http::parse_base_url(options.base_url);
    if (!url) return std::unexpected(std::move(url.error()));
    std::unique_ptr<http::tls_client> tls;
    if (url->tls) {
        const certificate_file trusted(with.certificate);
        auto made = http::make_tls_client(url->host, url->is_address, trusted.path());
        if (!made) return std::unexpected(std::move(made.error()));
        tls = std::move(*made);
    }
    options.base_url = url->authority();
    if (!with.ip_address.empty()) url->host = with.ip_address;
    auto connections = http::make_connector(shard, timers, std::move(*url), options.connect_timeout,
                                            std::move(tls));
    return http::make_client(shard, timers, std::move(options), std::move(connections));
}

}  // namespace

std::string webhook_settings::target() const {
    return split_url(url).second;
}

api_result<webhook_settings> read_webhook(const params& from, webhook_rules rules) {
    webhook_settings out;
    out.url = from.text("url");
    out.secret_token = from.text("secret_token");
    out.ip_address = from.text("ip_address");
    if (out.secret_token.size() > secret_bytes_max) return bad_request("secret token is too long");
    if (!is_secret(out.secret_token)) {
        return bad_request("secret token contains unallowed characters");
    }
    if (const uploaded_file* file = from.file("certificate")) out.certificate = file->bytes;
    if (out.certificate.size() > certificate_bytes_max) {
        return bad_request("certificate size is too big (" +
                           std::to_string(out.certificate.size()) + " bytes)");
    }
    const std::int64_t usual = rules.is_local ? local_connections : cloud_connections;
    const std::int64_t most = rules.is_local ? local_connections_max : cloud_connections_max;
    out.connections_max = static_cast<std::size_t>(from.integer("max_connections", usual, 1, most));
    const auto [base, target] = split_url(out.url);
    const auto url = http::parse_base_url(base);
    const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!url || !std::ranges::all_of(target, is_visible))
        return bad_request("invalid webhook URL specified");
    if (rules.is_strict) {
        if (auto checked = check_cloud(*url, out.ip_address); !checked) {
            return std::unexpected(std::move(checked.error()));
        }
    }
    boost::system::error_code no_address;
    if (!out.ip_address.empty()) asio::ip::make_address(out.ip_address, no_address);
    if (no_address) return bad_webhook("Invalid IP address specified");
    return out;
}

webhook_opener make_webhook_opener(asio::any_io_executor shard, timer_service& timers) {
    return [shard = std::move(shard), &timers](const webhook_settings& with) {
        return open_webhook(shard, timers, with);
    };
}

void append_webhook_info(json_writer& json, const webhook* hook, update_queue& queue,
                         time_point now) {
    json.begin_object().field("url", hook ? hook->with.url : std::string());
    json.field("has_custom_certificate", hook && !hook->with.certificate.empty());
    json.field("pending_update_count", queue.pending(now));
    if (hook) {
        if (!hook->with.ip_address.empty()) json.field("ip_address", hook->with.ip_address);
        if (hook->last_error) {
            json.field("last_error_date", hook->last_error->date);
            json.field("last_error_message", hook->last_error->message);
        }
        json.field("max_connections", hook->with.connections_max);
    }
    if (queue.allowed() != default_updates) {
        json.key("allowed_updates").begin_array();
        for (int i = 0; i < update_kinds; ++i) {
            const auto kind = static_cast<update_kind>(i);
            if ((queue.allowed() & bit(kind)) != 0) json.value(name(kind));
        }
        json.end_array();
    }
    json.end_object();
}

}  // namespace baudot::telegram_sim
