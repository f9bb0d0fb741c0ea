#include "model/outcome.hpp"
#include "model/rewrite.hpp"
#include "model/rule_set.hpp"

namespace baudot {

std::string_view name(outcome_kind kind) noexcept {
    switch (kind) {
        case outcome_kind::delivered: return "delivered";
        case outcome_kind::refused: return "refused";
        case outcome_kind::rejected: return "rejected";
        case outcome_kind::uncertain: return "uncertain";
        case outcome_kind::not_sent: return "not_sent";
    }
    return "unknown";
}

std::string_view name(reject_class why) noexcept {
    switch (why) {
        case reject_class::none: return "none";
        case reject_class::unauthorized: return "unauthorized";
        case reject_class::forbidden: return "forbidden";
        case reject_class::chat_not_found: return "chat_not_found";
        case reject_class::chat_migrated: return "chat_migrated";
        case reject_class::source_gone: return "source_gone";
        case reject_class::not_copyable: return "not_copyable";
        case reject_class::bad_request: return "bad_request";
        case reject_class::conflict: return "conflict";
        case reject_class::expired: return "expired";
        case reject_class::copy_unknown: return "copy_unknown";
        case reject_class::no_sender: return "no_sender";
        case reject_class::needs_member: return "needs_member";
        case reject_class::media_not_allowed: return "media_not_allowed";
        case reject_class::nothing_left: return "nothing_left";
        case reject_class::too_long: return "too_long";
        case reject_class::transform_failed: return "transform_failed";
    }
    return "unknown";
}

std::string_view name(drop_reason why) noexcept {
    switch (why) {
        case drop_reason::asked: return "asked";
        case drop_reason::age: return "age";
        case drop_reason::count: return "count";
    }
    return "unknown";
}

std::string_view name(traffic_class of) noexcept {
    switch (of) {
        case traffic_class::live: return "live";
        case traffic_class::interactive: return "interactive";
        case traffic_class::sync: return "sync";
        case traffic_class::backfill: return "backfill";
        case traffic_class::broadcast: return "broadcast";
    }
    return "unknown";
}

std::string_view name(own_links::action how) noexcept {
    switch (how) {
        case own_links::action::keep: return "keep";
        case own_links::action::strike: return "strike";
        case own_links::action::remove: return "remove";
        case own_links::action::replace: return "replace";
    }
    return "unknown";
}

std::string_view name(rewrite_step::thing what) noexcept {
    switch (what) {
        case rewrite_step::thing::links: return "links";
        case rewrite_step::thing::mentions: return "mentions";
        case rewrite_step::thing::hashtags: return "hashtags";
    }
    return "unknown";
}

std::string_view name(rewrite_step::action how) noexcept {
    switch (how) {
        case rewrite_step::action::remove: return "remove";
        case rewrite_step::action::keep_text: return "keep_text";
        case rewrite_step::action::replace: return "replace";
    }
    return "unknown";
}

std::string_view name(add_step::place where) noexcept {
    switch (where) {
        case add_step::place::header: return "header";
        case add_step::place::footer: return "footer";
    }
    return "unknown";
}

std::string_view name(add_step::gap apart) noexcept {
    switch (apart) {
        case add_step::gap::paragraph: return "paragraph";
        case add_step::gap::line: return "line";
        case add_step::gap::space: return "space";
        case add_step::gap::none: return "none";
    }
    return "unknown";
}

std::string_view name(script_step::policy policy) noexcept {
    switch (policy) {
        case script_step::policy::skip: return "skip";
        case script_step::policy::pass: return "pass";
    }
    return "unknown";
}

std::string_view name(long_text_policy policy) noexcept {
    switch (policy) {
        case long_text_policy::split: return "split";
        case long_text_policy::follow: return "follow";
        case long_text_policy::cut: return "cut";
    }
    return "unknown";
}

std::string_view name(api_kind kind) noexcept {
    switch (kind) {
        case api_kind::libretranslate: return "libretranslate";
        case api_kind::deepl: return "deepl";
        case api_kind::openai: return "openai";
        case api_kind::webhook: return "webhook";
    }
    return "unknown";
}

std::string_view name(rewrite_failure_policy policy) noexcept {
    switch (policy) {
        case rewrite_failure_policy::hold: return "hold";
        case rewrite_failure_policy::pass: return "pass";
        case rewrite_failure_policy::skip: return "skip";
    }
    return "unknown";
}

}  // namespace baudot
