#pragma once

#include <optional>
#include <string>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace baudot::app {

/// Which webhooks this data directory has set: DATA/webhooks/ACCOUNT holds the address. An account
/// that is polled again knows by it which webhook is ours and may be taken away. Blocking, short.
class webhook_marks {
public:
    explicit webhook_marks(std::string data) : directory_(std::move(data) + "/webhooks") {}

    std::optional<std::string> find(account_id account) const;

    /// Before the webhook is set. errc::io_failed, errc::no_space.
    result<void> put(account_id account, const std::string& url) const;

    void remove(account_id account) const;

private:
    std::string path_of(account_id account) const;

    std::string directory_;
};

}  // namespace baudot::app
