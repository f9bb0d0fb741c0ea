#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <string>

#include "app/named_chats.hpp"
#include "app/post_history.hpp"
#include "app/settings.hpp"

namespace baudot::app {

/// What an explanation is about.
struct explained_post {
    const settings& read;
    std::string file;                      // the configuration, as the caller calls it
    std::optional<chat_id> destination{};  // this one alone
};

/// The chats whose names the history tells.
void learn_names(const post_history& history, named_chats& names);

/// Two truths beside each other: what the journal says happened to the post (`journal`), and what
/// the rules of the configuration say to it now (`rules`; null where its content is not in the
/// journal any more). docs/explain.md has every key. Texts of strangers are made presentable by
/// whoever prints them.
boost::json::object explain_post(const explained_post& what, const post_history& history,
                                 named_chats& names);

}  // namespace baudot::app
