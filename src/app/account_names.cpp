#include "app/account_names.hpp"

#include <utility>

#include "telegram/bot_api/token.hpp"

namespace baudot::app {

std::string account_name(const settings& read, account_id account) {
    for (const account_settings& each : read.accounts) {
        const auto known = telegram::bot_api::account_of_token(each.token.reveal());
        if (known && *known == account) return each.name;
    }
    return std::to_string(std::to_underlying(account));
}

}  // namespace baudot::app
