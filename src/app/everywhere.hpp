#pragma once

#include <span>

#include "router/router.hpp"

namespace baudot::app {

/// Everything is possible: what the rules want is asked, not who may do it.
class everywhere final : public router::capabilities {
public:
    static constexpr account_id anybody{1};

    std::span<const account_id> posters(chat_id) const override { return {&anybody, 1}; }
    bool sees(account_id, chat_id) const override { return true; }
    bool can_send_media(account_id, chat_id) const override { return true; }
};

}  // namespace baudot::app
