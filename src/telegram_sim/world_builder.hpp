#pragma once

#include <boost/json/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "base/error.hpp"
#include "telegram_sim/acts.hpp"
#include "telegram_sim/json_fields.hpp"
#include "telegram_sim/local_telegram.hpp"

namespace baudot::telegram_sim {

/// Makes people, bots, chats and posts from JSON: the world file and the control API speak the
/// same language (docs/telegram-sim.md). Whoever is named may be named by id or by user name.
///
/// Errors are errc::invalid_argument and errc::not_found with the place in the input. What came
/// before a mistake in a list is done. The caller publishes.
class world_builder {
public:
    /// `data`: the folder that files are read from; empty: none may be read.
    world_builder(local_telegram& at, std::string data) : at_(at), data_(std::move(data)) {}

    /// {"users": [...], "bots": [...], "chats": [...], "starts": [...], "posts": [...]}
    result<void> build(const boost::json::value& description);

    result<user_id> add_user(const boost::json::value& what, const std::string& where = "user");
    result<user_id> add_bot(const boost::json::value& what, const std::string& where = "bot");
    result<chat_id> add_chat(const boost::json::value& what, const std::string& where = "chat");
    result<message_id> start(const boost::json::value& what, const std::string& where = "start");
    result<message_id> add_post(const boost::json::value& what, const std::string& where = "post");

    /// As add_post, but where it goes is known.
    result<message_id> add_post(const boost::json::value& what, chat_id to, user_id bot,
                                const std::string& where);
    result<void> edit_post(const boost::json::value& what, message_address which);

    /// {"from": ..., "options": [...]}
    result<void> vote(const boost::json::value& what, message_address which);

    /// {"user": ..., "status": ..., "rights": [...], "permissions": [...], ...}
    result<void> set_member(chat& where, const boost::json::value& what,
                            const std::string& at = "member");

    /// The world is another one now.
    void reset() { albums_.clear(); }

    /// An id, "name" or "@name".
    result<user_id> find_user(std::string_view named) const;
    result<chat_id> find_chat(std::string_view named) const;
    result<std::string> read_data_file(std::string_view path) const;

    /// The person or bot in a field; 0: absent, or wrong, which `from` then knows.
    user_id user_field(json_fields& from, std::string_view key);

private:
    chat_id chat_field(json_fields& from, std::string_view key);
    content content_fields(json_fields& from, bool& find_entities);
    void media_field(json_fields& from, content& to);
    void file_fields(json_fields& media, content& to);
    void attachment_fields(json_fields& media, const boost::json::value& whole, content& to);
    result<user_post> read_post(json_fields& from, chat_id to, user_id bot);

    local_telegram& at_;
    std::string data_;
    std::map<std::tuple<chat_id, user_id, std::string>, std::int64_t> albums_;
};

/// The bytes of base64, or nothing.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace baudot::telegram_sim
