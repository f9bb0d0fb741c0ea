#pragma once

#include <string>

#include "app/settings.hpp"
#include "base/ids.hpp"

namespace baudot::app {

/// As the configuration calls it; its id where that knows no such account.
std::string account_name(const settings& read, account_id account);

}  // namespace baudot::app
