// What a node says: log, readiness and figures.
#include <chrono>
#include <string>
#include <utility>

#include "app/node.hpp"
#include "model/print.hpp"

namespace baudot::app {
namespace {

std::string hex(const delivery_id& id) {
    std::string text;
    for (const char byte : to_bytes(id)) {
        constexpr const char* digits = "0123456789abcdef";
        text += digits[static_cast<unsigned char>(byte) >> 4];
        text += digits[static_cast<unsigned char>(byte) & 15];
    }
    return text;
}

}  // namespace

// By id, so that what a crash may have doubled or lost can be found.
void node::tell_uncertain(std::string_view what, const engine::uncertain_delivery& which) {
    log_.warning(what, {{"delivery", hex(which.id)},
                        {"route", which.route},
                        {"source", which.source},
                        {"message", which.message},
                        {"destination", which.destination}});
}

std::vector<std::string> node::reasons_not_ready() const {
    std::vector<std::string> reasons;
    if (sources_.empty())
        reasons.emplace_back("starting: asking Telegram about accounts and chats");
    for (std::size_t at = 0; at < sources_.size(); ++at) {
        const std::string& name = settings_.accounts[at].name;
        if (lost_.contains(accounts_[at].bot->id())) {
            reasons.push_back("account " + name + ": its token was refused");
            continue;
        }
        switch (sources_[at]->state()) {
            case intake::poller_state::listening: break;
            case intake::poller_state::starting:
                reasons.push_back("account " + name + ": updates do not come yet");
                break;
            case intake::poller_state::waiting:
                reasons.push_back("account " + name + ": Telegram cannot be reached");
                break;
            case intake::poller_state::conflict:
                reasons.push_back("account " + name + ": another program fetches its updates");
                break;
            case intake::poller_state::lost: break;  // in lost_
        }
    }
    return reasons;
}

void node::show_figures() {
    for (const auto each :
         {reload_result::applied, reload_result::unchanged, reload_result::refused}) {
        reloads_.at(std::to_underlying(each)) = figures_.counter(
            "baudot_config_reloads_total", "Reloads since the start, by what became of them.",
            {{"result", std::string(name(each))}});
    }
    figures_update_ = figures_.before_render(
        [this, owed = figures_.gauge("baudot_deliveries_pending", "Deliveries without a fate."),
         waiting = figures_.gauge("baudot_deliveries_waiting", "Of these, not in flight."),
         flying = figures_.gauge("baudot_requests_in_flight", "Requests to Telegram."),
         bytes = figures_.gauge("baudot_journal_bytes", "Size of the journal."),
         commits = figures_.gauge("baudot_journal_commits", "Writes and syncs since the start."),
         pauses = figures_.gauge("baudot_disk_full_pauses", "Appends refused by a full disk."),
         done = figures_.gauge("baudot_deliveries_delivered", "Delivered since the start."),
         letters =
             figures_.gauge("baudot_dead_letters", "Dead letters kept, with marks of retries."),
         asking = figures_.gauge("baudot_posts_waiting",
                                 "Posts of routes that wait for an external API."),
         loaded = figures_.gauge("baudot_config_loaded_timestamp_seconds",
                                 "When the configuration in effect was read, since 1970."),
         generation = figures_.gauge("baudot_config_generation",
                                     "1 since the start, and 1 more with each change."),
         is_good = figures_.gauge("baudot_config_last_reload_successful",
                                  "0: the last reload was refused."),
         posts = figures_.gauge("baudot_webhook_updates", "Updates taken in from webhooks."),
         scripts = figures_.gauge("baudot_script_failures",
                                  "Runs of scripts that failed or were stopped."),
         strangers = figures_.gauge("baudot_webhook_refusals",
                                    "Posts to a webhook with a wrong secret.")]() mutable {
            const journal::journal_stats stats = journal_->stats();
            owed.set(static_cast<double>(relay_->facts().owed().pending()));
            waiting.set(static_cast<double>(relay_->waiting()));
            flying.set(static_cast<double>(relay_->in_flight()));
            bytes.set(static_cast<double>(stats.total_bytes));
            commits.set(static_cast<double>(stats.commits));
            pauses.set(static_cast<double>(no_space_));
            done.set(static_cast<double>(delivered_));
            letters.set(static_cast<double>(relay_->facts().dead().size()));
            scripts.set(static_cast<double>(script_failures_));
            asking.set(static_cast<double>(relay_->facts().waiting().size()));
            loaded.set(std::chrono::duration<double>(loaded_at_.time_since_epoch()).count());
            generation.set(static_cast<double>(generation_));
            is_good.set(is_last_reload_good_ ? 1 : 0);
            std::uint64_t taken = 0;
            std::uint64_t refused = 0;
            for (const auto& each : sources_) {
                if (const auto* hook = dynamic_cast<const intake::webhook*>(each.get())) {
                    taken += hook->taken();
                    refused += hook->refused();
                }
            }
            posts.set(static_cast<double>(taken));
            strangers.set(static_cast<double>(refused));
        });
}

// What the script says may have words of the post in it, so equal troubles differ: each route has
// its say a few times a minute, however many posts there are.
void node::tell_trouble(const engine::plan_wish& of, const std::string& route,
                        const router::script_trouble& which) {
    if (!of.only.empty() && of.only != route) return;  // it was told when all were planned
    ++script_failures_;
    const auto verdict = scripts_said_.judge(route, timers_.wall_now());
    if (!verdict.pass) return;
    log_.warning("a script failed", {{"route", route},
                                     {"source", of.what.content.chat},
                                     {"message", of.what.content.id},
                                     {"what", which.what},
                                     {"more_before", verdict.suppressed}});
}

void node::watch_fates() {
    engine::relay_listener listener;
    listener.fate = [this](const engine::owed_delivery& of, const settlement& fate) {
        if (fate.kind == outcome_kind::delivered) {
            ++delivered_;
            return;
        }
        if (fate.why == reject_class::forbidden || fate.why == reject_class::chat_not_found) {
            roster_.forbid(of.sender, of.destination);
        }
        log_.error("a post was not delivered", {{"letter", to_text(fate.delivery)},
                                                {"route", of.route},
                                                {"source", of.source},
                                                {"message", of.message},
                                                {"destination", of.destination},
                                                {"why", name(fate.why)},
                                                {"telegram_said", fate.description}});
    };
    listener.repeated = [this](const engine::uncertain_delivery& which) {
        tell_uncertain("no answer came: sent again, may be double", which);
    };
    listener.account_lost = [this](account_id account) {
        log_.error("the token of an account was refused; others send what they can of what it owes",
                   {{"account", account}});
        lose(account);
    };
    listener.no_space = [this](const error& full) {
        ++no_space_;
        log_.error("the disk is full: nothing is accepted or sent until there is room", full);
    };
    relay_->set_listener(std::move(listener));
}

}  // namespace baudot::app
