#include "app/api_settings.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "app/settings.hpp"
#include "rewriting/question.hpp"
#include "router/router.hpp"

namespace baudot::app {
namespace {

using namespace std::chrono_literals;

text_api read_api(config::reader& one) {
    text_api api;
    one.required("name", api.name);
    one.required("kind", api.kind,
                 {{"libretranslate", api_kind::libretranslate},
                  {"deepl", api_kind::deepl},
                  {"openai", api_kind::openai},
                  {"webhook", api_kind::webhook}});
    if (api.kind == api_kind::deepl) {
        one.optional("url", api.url);
    } else {
        one.required("url", api.url);
    }
    if (config::secret key; one.optional("key", key)) api.key = key.reveal();
    if (api.kind == api_kind::openai) one.required("model", api.model);
    duration timeout = usual_timeout(api.kind);
    one.optional("timeout", timeout, {.least = duration(100ms), .most = duration(10min)});
    api.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout);
    one.optional("at_once", api.at_once, {.least = std::uint32_t{1}, .most = std::uint32_t{64}});
    config::byte_size cache{api.cache_bytes};
    one.optional("cache", cache,
                 {.least = config::byte_size{1ULL << 20}, .most = config::byte_size{1ULL << 30}});
    api.cache_bytes = std::to_underlying(cache);
    one.optional("ca_file", api.ca_file);
    return api;
}

/// What is wrong with what a step asks; says so in the file, and notes whom it asks.
class judge {
public:
    judge(config::document& file, const settings& read) : file_(file), read_(read) {}

    void look_at(const transform_steps& steps, const std::vector<config::position>& places) {
        for (const transform_step& each : steps) {
            const auto* const asks = std::get_if<ask_step>(&each.what);
            if (asks != nullptr) look_at(asks->what, places[each.place]);
        }
    }

    void tell_unused() {
        for (const api_settings& each : read_.apis) {
            if (asked_.contains(each.what.name)) continue;
            file_.warning(each.at, "no route asks API " + each.what.name,
                          "a step `translate` or `rewrite` would name it");
        }
    }

private:
    void look_at(const rewrite_request& what, const config::position& at) {
        const auto api = std::ranges::find(read_.apis, what.api, [](const api_settings& each) {
            return std::string_view(each.what.name);
        });
        if (api == read_.apis.end()) {
            file_.error(at, "there is no API " + what.api, "describe it in `apis`");
            return;
        }
        asked_.insert(what.api);
        if (const auto can = rewriting::check(api->what, what); !can) {
            file_.error(at, can.error().message,
                        what.to.empty() ? "a step `translate` says so" : "");
        }
    }

    config::document& file_;
    const settings& read_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace

void read_apis(config::reader& top, std::vector<api_settings>& apis) {
    std::set<std::string> names;
    top.each("apis", [&](config::reader& one) {
        api_settings made{.what = read_api(one), .at = one.where("name")};
        const std::string& name = made.what.name;
        const bool is_whole = !name.empty() &&
                              (made.what.kind == api_kind::deepl || !made.what.url.empty()) &&
                              (made.what.kind != api_kind::openai || !made.what.model.empty());
        if (is_whole) {
            if (const auto good = rewriting::check(made.what); !good) {
                one.error(made.at, good.error().message);
            }
        }
        if (!name.empty() && !names.insert(name).second) {
            one.error(made.at, "two APIs are called " + name, "give each a name of its own");
        }
        apis.push_back(std::move(made));
    });
}

void judge_apis(config::document& file, const settings& read) {
    judge judged(file, read);
    for (const route_settings& each : read.routes) {
        const auto& places = each.places[std::to_underlying(router::rule_error::field::transform)];
        judged.look_at(each.transform, places);
        for (const auto& [item, steps] : each.transform_of) judged.look_at(steps, places);
    }
    judged.tell_unused();
}

}  // namespace baudot::app
