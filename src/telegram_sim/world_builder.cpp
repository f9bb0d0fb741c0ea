#include "telegram_sim/world_builder.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <utility>

#include "telegram_sim/attachments.hpp"
#include "telegram_sim/json_reader.hpp"
#include "telegram_sim/markup.hpp"
#include "telegram_sim/params.hpp"
#include "telegram_sim/reply_markup.hpp"
#include "telegram_sim/topics.hpp"

namespace baudot::telegram_sim {
namespace json = boost::json;
namespace {

// What is named inside a request and does not exist is a mistake in the request.
error in_place(error what, const std::string& where) {
    what.code = errc::invalid_argument;
    what.message = fmt::format("{}: {}", where, what.message);
    return what;
}

std::optional<chat_kind> chat_kind_of(std::string_view type) {
    for (const chat_kind kind : {chat_kind::group, chat_kind::supergroup, chat_kind::channel}) {
        if (name(kind) == type) return kind;
    }
    return std::nullopt;
}

std::optional<member_status> status_of(std::string_view wanted) {
    using enum member_status;
    for (const member_status each : {creator, administrator, member, restricted, left, kicked}) {
        if (name(each) == wanted) return each;
    }
    return std::nullopt;
}

std::string named(const json::value& value) {
    if (const auto* text = value.if_string()) return {text->data(), text->size()};
    if (const auto* number = value.if_int64()) return std::to_string(*number);
    return {};
}

admin_rights rights_field(json_fields& from) {
    if (!from.has("rights")) return all_rights;
    admin_rights out = 0;
    for (const json::value* each : from.array("rights")) {
        const std::string wanted = named(*each);
        int found = -1;
        for (int i = 0; i < admin_right_count; ++i) {
            if (admin_right_name(i) == wanted) found = i;
        }
        if (found < 0)
            from.wrong("rights", "a list of rights, such as \"can_post_messages\"");
        else
            out |= 1U << found;
    }
    return out;
}

permissions permissions_field(json_fields& from, std::string_view key, permissions otherwise) {
    if (!from.has(key)) return otherwise;
    permissions out = 0;
    for (const json::value* each : from.array(key)) {
        const std::string wanted = named(*each);
        int found = -1;
        for (int i = 0; i < permission_count; ++i) {
            if (permission_name(i) == wanted) found = i;
        }
        if (found < 0)
            from.wrong(key, "a list of permissions, such as \"can_send_messages\"");
        else
            out |= 1U << found;
    }
    return out;
}

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int have = 0;
    for (const char c : text) {
        constexpr std::string_view digits =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        if (c == '\n' || c == '\r') continue;
        const auto digit = digits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out.push_back(static_cast<char>(bits >> have & 0xff));
    }
    if (have >= 6) return std::nullopt;  // one digit alone says nothing
    return out;
}

result<user_id> world_builder::find_user(std::string_view named) const {
    if (const auto id = to_integer(named)) {
        if (at_.in().find_user(user_id{*id}) != nullptr) return user_id{*id};
    } else if (const auto found = at_.in().find_username(named)) {
        if (std::to_underlying(*found) > 0) return user_id{std::to_underlying(*found)};
    }
    return fail(errc::not_found, fmt::format("there is no person or bot '{}'", named));
}

result<chat_id> world_builder::find_chat(std::string_view named) const {
    if (const auto id = to_integer(named)) return chat_id{*id};
    if (const auto found = at_.in().find_username(named)) return *found;
    return fail(errc::not_found, fmt::format("there is no chat '{}'", named));
}

user_id world_builder::user_field(json_fields& from, std::string_view key) {
    const json::value* found = from.find(key);
    if (found == nullptr) return user_id{};
    const auto id = find_user(named(*found));
    if (!id) from.note(in_place(id.error(), from.at(key)));
    return id.value_or(user_id{});
}

chat_id world_builder::chat_field(json_fields& from, std::string_view key) {
    const json::value* found = from.find(key);
    if (found == nullptr) {
        from.wrong(key, "given");
        return chat_id{};
    }
    const auto id = find_chat(named(*found));
    if (!id) from.note(in_place(id.error(), from.at(key)));
    return id.value_or(chat_id{});
}

result<std::string> world_builder::read_data_file(std::string_view path) const {
    namespace fs = std::filesystem;
    if (data_.empty()) {
        return fail(errc::invalid_argument, "files are read only with --data DIR");
    }
    const fs::path relative = fs::path(path).lexically_normal();
    if (relative.is_absolute() || relative.empty() || *relative.begin() == "..") {
        return fail(errc::invalid_argument,
                    fmt::format("'{}' is not inside the data folder", path));
    }
    std::ifstream file(fs::path(data_) / relative, std::ios::binary);
    if (!file) return fail(errc::not_found, fmt::format("there is no file '{}'", path));
    std::ostringstream out;
    out << file.rdbuf();
    if (file.bad()) return fail(errc::io_failed, fmt::format("'{}' cannot be read", path));
    return std::move(out).str();
}

result<user_id> world_builder::add_user(const json::value& what, const std::string& where) {
    json_fields from(what, where);
    user made;
    made.id = user_id{from.integer("id")};
    made.first_name = from.required_text("name");
    made.last_name = from.text("last_name");
    made.username = from.text("username");
    made.language_code = from.text("language");
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    auto added = at_.in().add_user(std::move(made));
    if (!added) return std::unexpected(in_place(added.error(), where));
    return *added;
}

result<user_id> world_builder::add_bot(const json::value& what, const std::string& where) {
    json_fields from(what, where);
    user made;
    made.is_bot = true;
    made.id = user_id{from.integer("id")};
    made.username = from.required_text("username");
    made.first_name = from.text("name", made.username);
    made.token = from.text("token");
    made.privacy_mode = from.truth("privacy", true);
    made.can_join_groups = from.truth("can_join_groups", true);
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    auto added = at_.in().add_user(std::move(made));
    if (!added) return std::unexpected(in_place(added.error(), where));
    return *added;
}

result<void> world_builder::set_member(chat& where, const json::value& what,
                                       const std::string& at) {
    member made;
    user_id actor{};
    if (!what.is_object()) {
        const auto found = find_user(named(what));
        if (!found) return std::unexpected(in_place(found.error(), at));
        made.user = *found;
        made.status = member_status::member;
    } else {
        json_fields from(what, at);
        made.user = user_field(from, "user");
        if (!from.has("user")) from.wrong("user", "given");
        const auto status = status_of(from.text("status", "member"));
        if (!status) from.wrong("status", "a status, such as \"administrator\" or \"kicked\"");
        made.status = status.value_or(member_status::member);
        made.is_anonymous = from.truth("anonymous");
        if (made.status == member_status::administrator) made.rights = rights_field(from);
        if (made.status == member_status::restricted) {
            made.allowed = permissions_field(from, "permissions", 0);
        }
        made.until = from.integer("until");
        actor = user_field(from, "by");
        if (auto ok = from.finish(); !ok) return ok;
    }
    at_.in().set_member(where, made, actor, at_.timers().wall_now());
    return {};
}

result<chat_id> world_builder::add_chat(const json::value& what, const std::string& where) {
    json_fields from(what, where);
    world::new_chat made;
    const auto kind = chat_kind_of(from.text("type", "channel"));
    if (!kind) from.wrong("type", "\"channel\", \"supergroup\" or \"group\"");
    made.kind = kind.value_or(chat_kind::channel);
    made.id = chat_id{from.integer("id")};
    made.title = from.required_text("title");
    made.username = from.text("username");
    made.description = from.text("description");
    made.is_protected = from.truth("protected");
    made.sign_messages = from.truth("signed");
    made.creator = user_field(from, "creator");
    const bool is_forum = from.truth("forum");
    if (is_forum && kind != chat_kind::supergroup) from.wrong("forum", "of a supergroup");
    const permissions allowed = permissions_field(from, "permissions", all_permissions);
    const auto members = from.array("members");
    const auto admins = from.array("admins");
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    const auto added = at_.in().add_chat(std::move(made), at_.timers().wall_now());
    if (!added) return std::unexpected(in_place(added.error(), where));
    chat& place = *at_.in().find_chat(user_id{}, *added);
    at_.in().set_default_permissions(place, allowed);
    set_forum(at_.in(), place, is_forum, at_.timers().wall_now());
    for (const json::value* each : admins) {
        const json::value full{{"user", *each}, {"status", "administrator"}};
        if (auto ok = set_member(place, full, where + ".admins"); !ok) {
            return std::unexpected(ok.error());
        }
    }
    for (const json::value* each : members) {
        if (auto ok = set_member(place, *each, where + ".members"); !ok) {
            return std::unexpected(ok.error());
        }
    }
    return *added;
}

result<message_id> world_builder::start(const json::value& what, const std::string& where) {
    json_fields from(what, where);
    const user_id person = user_field(from, "user");
    const user_id bot = user_field(from, "bot");
    if (!from.has("user") || !from.has("bot")) from.wrong("user", "given, and bot too");
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    return telegram_sim::start(at_.in(), person, bot, at_.timers().wall_now(), at_.next_request());
}

void world_builder::media_field(json_fields& from, content& to) {
    const json::value* found = from.find("media");
    if (found == nullptr) return;
    json_fields media(*found, from.at("media"));
    const auto kind = media_kind_of(media.required_text("type"));
    if (!kind)
        media.wrong("type", "photo, video, document, location, poll or another kind of media");
    to.media = kind.value_or(media_kind::none);
    if (has_file(to.media))
        file_fields(media, to);
    else if (kind)
        attachment_fields(media, *found, to);
    if (auto ok = media.finish(); !ok) from.note(ok.error());
}

void world_builder::file_fields(json_fields& media, content& to) {
    file made{.kind = to.media};
    made.file_name = media.text("file_name");
    made.mime_type = media.text("mime_type");
    made.title = media.text("title");
    made.performer = media.text("performer");
    made.emoji = media.text("emoji");
    made.set_name = media.text("set_name");
    constexpr std::int64_t side_max = 10'000;
    made.width = static_cast<int>(media.integer_between("width", 640, 1, side_max));
    made.height = static_cast<int>(media.integer_between("height", 480, 1, side_max));
    made.duration_s = static_cast<int>(media.integer_between("duration", 1, 0, 86'400));
    to.has_spoiler = media.truth("spoiler");
    to.caption_above = media.truth("caption_above");
    std::string bytes = media.text("text");
    if (const std::string coded = media.text("base64"); !coded.empty()) {
        auto decoded = decode_base64(coded);
        if (!decoded) media.wrong("base64", "base64");
        bytes = std::move(decoded).value_or(std::string{});
    }
    if (const std::string path = media.text("file"); !path.empty()) {
        auto read = read_data_file(path);
        if (!read) media.note(in_place(read.error(), media.at("file")));
        bytes = std::move(read).value_or(std::string{});
        if (made.file_name.empty()) made.file_name = std::filesystem::path(path).filename();
    }
    if (bytes.empty()) media.wrong("base64", "given, or text, or file");
    to.file = at_.in().files().add(std::move(made), std::move(bytes));
}

// The fields are those of the object in a Message, with `quiz` for its type.
void world_builder::attachment_fields(json_fields& media, const json::value& whole, content& to) {
    for (const std::string_view each : fields_of(to.media)) (void)media.find(each);
    const json::object* fields = whole.if_object();
    if (fields == nullptr) return;
    const auto refused = [&media](const api_error& why) {
        media.note({errc::invalid_argument, fmt::format("{}: {}", media.where(), why.description)});
    };
    if (to.media == media_kind::poll) {
        json::object described = *fields;
        described["type"] = media.truth("quiz") ? "quiz" : "regular";
        auto terms = read_poll(described);
        if (!terms) return refused(terms.error());
        settle_end(*terms, at_.timers().wall_now());
        to.attach(to.media, at_.in().add_poll(std::move(*terms), user_id{}));
        return;
    }
    auto made = read_attachment(to.media, *fields);
    if (!made) return refused(made.error());
    to.attach(to.media, std::move(*made));
}

content world_builder::content_fields(json_fields& from, bool& find_entities) {
    content out;
    out.body.text = from.text("text");
    const auto refused = [&from](const api_error& why) {
        from.note({errc::invalid_argument, fmt::format("{}: {}", from.where(), why.description)});
    };
    if (const json::value* entities = from.find("entities")) {
        auto read = read_entities(to_text(*entities));
        if (!read)
            refused(read.error());
        else
            out.body.entities = std::move(*read);
    }
    const auto mode = parse_mode_of(from.text("parse_mode"));
    if (!mode) {
        refused(mode.error());
    } else if (*mode != parse_mode::none) {
        auto parsed = *mode == parse_mode::html          ? parse_html(out.body.text)
                      : *mode == parse_mode::markdown_v2 ? parse_markdown_v2(out.body.text)
                                                         : parse_markdown(out.body.text);
        if (!parsed)
            refused(parsed.error());
        else
            out.body = std::move(*parsed);
    }
    if (const json::value* preview = from.find("link_preview_options")) {
        out.more.change().link_preview = to_text(*preview);
    }
    if (const json::value* keyboard = from.find("reply_markup")) {
        auto read = read_reply_markup(to_text(*keyboard));
        if (!read)
            refused(read.error());
        else
            out.more.change().markup = std::move(*read);
    }
    find_entities = from.truth("find_entities", true);
    media_field(from, out);
    return out;
}

result<user_post> world_builder::read_post(json_fields& from, chat_id to, user_id bot) {
    user_post made;
    made.chat = to;
    made.bot = bot;
    made.actor = user_field(from, "from");
    if (made.actor == user_id{} && std::to_underlying(to) > 0) {
        made.actor = user_id{std::to_underlying(to)};
    }
    made.what = content_fields(from, made.find_entities);
    made.is_protected = from.truth("protected");
    made.is_silent = from.truth("silent");
    if (from.has("message_id")) {
        made.id = message_id{
            from.integer_between("message_id", 1, 1, std::numeric_limits<std::int32_t>::max())};
    }
    if (from.has("reply_to")) made.reply_to = message_id{from.integer("reply_to")};
    if (from.has("reply_chat")) made.reply_chat = chat_field(from, "reply_chat");
    made.quote = from.text("quote");
    if (from.has("quote_position")) {
        constexpr std::int64_t far = 1'000'000;
        made.quote_position = static_cast<int>(from.integer_between("quote_position", 0, 0, far));
    }
    if (from.has("topic")) made.topic = message_id{from.integer("topic")};
    if (const std::string label = from.text("album"); !label.empty()) {
        std::int64_t& album = albums_[{to, bot, label}];
        if (album == 0) album = at_.in().next_album();
        made.album = album;
    }
    if (auto ok = from.finish(); !ok) return std::unexpected(ok.error());
    return made;
}

result<message_id> world_builder::add_post(const json::value& what, const std::string& where) {
    json_fields from(what, where);
    const chat_id to = chat_field(from, "chat");
    const user_id bot = user_field(from, "bot");
    auto made = read_post(from, to, bot);
    if (!made) return std::unexpected(made.error());
    auto posted = post(at_.in(), std::move(*made), at_.timers().wall_now(), at_.next_request());
    if (!posted) return std::unexpected(in_place(posted.error(), where));
    return *posted;
}

result<message_id> world_builder::add_post(const json::value& what, chat_id to, user_id bot,
                                           const std::string& where) {
    json_fields from(what, where);
    auto made = read_post(from, to, bot);
    if (!made) return std::unexpected(made.error());
    return post(at_.in(), std::move(*made), at_.timers().wall_now(), at_.next_request());
}

result<void> world_builder::edit_post(const json::value& what, message_address which) {
    json_fields from(what, "message");
    const user_id actor = user_field(from, "from");
    bool find = true;
    content made = content_fields(from, find);
    const user_id viewer = which.bot;
    const chat* where = at_.in().find_chat(viewer, which.chat);
    const message* old = where ? at_.in().find_message(*where, which.message) : nullptr;
    if (old != nullptr && made.media == media_kind::none && has_caption(old->what.media)) {
        made.media = old->what.media;  // only the caption changes
        made.file = old->what.file;
        made.has_spoiler = old->what.has_spoiler;
        made.caption_above = old->what.caption_above;
    }
    if (auto ok = from.finish(); !ok) return ok;
    return edit(at_.in(), which, std::move(made), actor, at_.timers().wall_now(),
                at_.next_request());
}

result<void> world_builder::vote(const json::value& what, message_address which) {
    json_fields from(what, "vote");
    const user_id actor = user_field(from, "from");
    std::vector<int> options;
    for (const json::value* each : from.array("options")) {
        if (const auto* number = each->if_int64())
            options.push_back(static_cast<int>(*number));
        else
            from.wrong("options", "a list of numbers, the first option being 0");
    }
    if (auto ok = from.finish(); !ok) return ok;
    return telegram_sim::vote(at_.in(), which, actor, std::move(options), at_.timers().wall_now());
}

result<void> world_builder::build(const json::value& description) {
    json_fields from(description, "");
    const auto each = [&from](std::string_view list, auto make) {
        std::size_t i = 0;
        for (const json::value* one : from.array(list)) {
            auto made = make(*one, fmt::format("{}[{}]", list, i++));
            if (made) continue;
            from.note(made.error());
            return;
        }
    };
    each("users", [this](const auto& one, const auto& at) { return add_user(one, at); });
    each("bots", [this](const auto& one, const auto& at) { return add_bot(one, at); });
    each("chats", [this](const auto& one, const auto& at) { return add_chat(one, at); });
    each("starts", [this](const auto& one, const auto& at) { return start(one, at); });
    each("posts", [this](const auto& one, const auto& at) { return add_post(one, at); });
    return from.finish();
}

}  // namespace baudot::telegram_sim
