#pragma once

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ids.hpp"
#include "dispatch/lanes.hpp"
#include "engine/relay.hpp"
#include "engine/state.hpp"
#include "schedule/pacer.hpp"
#include "telegram/account.hpp"

namespace baudot::engine {

/// What the lanes ask: an account that is here, and its pace. A migrated chat is paced as the
/// chat it became.
class relay::account_gate final : public dispatch::gate {
public:
    account_gate(pacer& pace, const state& facts,
                 const boost::unordered_flat_map<account_id, telegram::account*>& accounts)
        : pacer_(pace), facts_(facts), accounts_(accounts) {}

    admission ask(time_point now, account_id sender, chat_id destination) override {
        if (!accounts_.contains(sender)) {
            return {.account_wide = true, .retry_at = time_point::max()};
        }
        return pacer_.ask(now, sender, facts_.resolve(destination));
    }

private:
    pacer& pacer_;
    const state& facts_;
    const boost::unordered_flat_map<account_id, telegram::account*>& accounts_;
};

}  // namespace baudot::engine
