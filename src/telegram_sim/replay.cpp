#include "telegram_sim/replay.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "telegram_sim/acts.hpp"
#include "telegram_sim/attachments.hpp"
#include "telegram_sim/json_fields.hpp"
#include "telegram_sim/json_reader.hpp"
#include "telegram_sim/params.hpp"

namespace baudot::telegram_sim {
namespace asio = boost::asio;
namespace json = boost::json;
namespace {

constexpr std::uint64_t turn = 32;  // lines posted before others may run
// Doubled while nobody takes anything, so that a bot that is away costs nothing.
constexpr duration congestion_pause = std::chrono::milliseconds(1);
constexpr duration congestion_pause_max = std::chrono::milliseconds(32);

const json::object* object_in(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains({key.data(), key.size()});
    return found == nullptr ? nullptr : found->if_object();
}

std::int64_t integer_in(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains({key.data(), key.size()});
    const auto* number = found == nullptr ? nullptr : found->if_int64();
    return number == nullptr ? 0 : *number;
}

std::string text_in(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains({key.data(), key.size()});
    const auto* text = found == nullptr ? nullptr : found->if_string();
    return text == nullptr ? std::string{} : std::string(text->data(), text->size());
}

bool truth_in(const json::object& in, std::string_view key) {
    const json::value* found = in.if_contains({key.data(), key.size()});
    const auto* yes = found == nullptr ? nullptr : found->if_bool();
    return yes != nullptr && *yes;
}

std::string sticker_type(const json::object& of) {
    if (truth_in(of, "is_animated")) return "application/x-tgsticker";
    return truth_in(of, "is_video") ? "video/webm" : "image/webp";
}

struct parsed_line {
    json::value whole;
    const json::object* message = nullptr;
    bool is_edit = false;
};

parsed_line parse_line(std::string_view line) {
    parsed_line out;
    boost::system::error_code ec;
    out.whole = json::parse({line.data(), line.size()}, ec);
    if (ec || !out.whole.is_object()) return out;
    const json::object& update = out.whole.get_object();
    for (const std::string_view key : {"channel_post", "message"}) {
        if (const auto* found = object_in(update, key)) out.message = found;
        if (const auto* found = object_in(update, "edited_" + std::string(key))) {
            out.message = found;
            out.is_edit = true;
        }
    }
    return out;
}

// The date without parsing the line twice when there is no need to wait for it.
std::int64_t date_of(std::string_view line) {
    const parsed_line parsed = parse_line(line);
    if (parsed.message == nullptr) return 0;
    return integer_in(*parsed.message, parsed.is_edit ? "edit_date" : "date");
}

class line_player {
public:
    line_player(local_telegram& at, const std::vector<user_id>& bots) : at_(at), bots_(bots) {}

    result<void> play(const json::object& message, bool is_edit);

private:
    result<chat_id> find_place(const json::object& message);
    user_id find_person(const json::object& who);
    result<content> read_content(const json::object& message);
    void read_media(const json::object& message, content& to);
    result<void> read_attachments(const json::object& message, content& to);

    local_telegram& at_;
    const std::vector<user_id>& bots_;
};

user_id line_player::find_person(const json::object& who) {
    const user_id id{integer_in(who, "id")};
    if (at_.in().find_user(id) != nullptr) return id;
    user made;
    made.id = id;
    made.is_bot = truth_in(who, "is_bot");
    made.first_name = text_in(who, "first_name");
    made.last_name = text_in(who, "last_name");
    made.username = text_in(who, "username");
    if (made.first_name.empty()) made.first_name = "User";
    const auto added = at_.in().add_user(std::move(made));
    return added.value_or(user_id{});
}

result<chat_id> line_player::find_place(const json::object& message) {
    const json::object* where = object_in(message, "chat");
    if (where == nullptr) return fail(errc::invalid_argument, "a message without chat");
    const chat_id id{integer_in(*where, "id")};
    const std::string type = text_in(*where, "type");
    if (type == "private") {
        const user_id person = find_person(*where);
        return chat_id{std::to_underlying(person)};
    }
    if (at_.in().find_chat(user_id{}, id) != nullptr) return id;
    world::new_chat made;
    made.kind = type == "channel"      ? chat_kind::channel
                : type == "supergroup" ? chat_kind::supergroup
                                       : chat_kind::group;
    made.id = id;
    made.title = text_in(*where, "title");
    made.username = text_in(*where, "username");
    if (made.title.empty()) made.title = "Chat";
    const wall_time now = at_.timers().wall_now();
    const auto added = at_.in().add_chat(std::move(made), now);
    if (!added) return added;
    chat& place = *at_.in().find_chat(user_id{}, *added);
    for (const user_id bot : bots_) {
        member joined;
        joined.user = bot;
        joined.status =
            place.kind == chat_kind::group ? member_status::member : member_status::administrator;
        if (joined.status == member_status::administrator) joined.rights = all_rights;
        at_.in().set_member(place, joined, user_id{}, now);
    }
    return *added;
}

void line_player::read_media(const json::object& message, content& to) {
    // An animation is a document, too.
    for (const media_kind kind :
         {media_kind::animation, media_kind::photo, media_kind::video, media_kind::audio,
          media_kind::voice, media_kind::document, media_kind::video_note, media_kind::sticker}) {
        const std::string_view key = name(kind);
        const json::value* found = message.if_contains({key.data(), key.size()});
        if (found == nullptr) continue;
        if (kind == media_kind::photo) {  // the last size is the largest
            const json::array* sizes = found->if_array();
            if (sizes == nullptr || sizes->empty()) continue;
            found = &sizes->back();
        }
        const json::object* described = found->if_object();
        if (described == nullptr) continue;
        file made{.kind = kind};
        made.size = static_cast<std::uint64_t>(
            std::max<std::int64_t>(integer_in(*described, "file_size"), 0));
        const std::string unique = text_in(*described, "file_unique_id");
        made.bytes = xxh3_128(unique.empty() ? text_in(*described, "file_id") : unique);
        made.width = static_cast<int>(integer_in(*described, "width"));
        made.height = static_cast<int>(integer_in(*described, "height"));
        made.duration_s = static_cast<int>(integer_in(*described, "duration"));
        made.file_name = text_in(*described, "file_name");
        made.mime_type = text_in(*described, "mime_type");
        made.title = text_in(*described, "title");
        made.performer = text_in(*described, "performer");
        made.emoji = text_in(*described, "emoji");
        made.set_name = text_in(*described, "set_name");
        if (kind == media_kind::video_note) {
            made.width = made.height = static_cast<int>(integer_in(*described, "length"));
        }
        if (kind == media_kind::sticker) made.mime_type = sticker_type(*described);
        to.media = kind;
        to.file = at_.in().files().add_without_bytes(std::move(made));
        to.has_spoiler = truth_in(message, "has_media_spoiler");
        to.caption_above = truth_in(message, "show_caption_above_media");
        return;
    }
}

result<void> line_player::read_attachments(const json::object& message, content& to) {
    // A venue has a location beside it.
    for (const media_kind kind : {media_kind::venue, media_kind::location, media_kind::contact,
                                  media_kind::dice, media_kind::poll}) {
        const json::object* described = object_in(message, name(kind));
        if (described == nullptr) continue;
        if (kind == media_kind::poll) {
            auto terms = read_poll(*described);
            if (!terms) return fail(errc::invalid_argument, terms.error().description);
            terms->close_date = 0;  // as long as it was, from now on
            settle_end(*terms, at_.timers().wall_now());
            to.attach(kind, at_.in().add_poll(std::move(*terms), user_id{}));
            return {};
        }
        auto made = read_attachment(kind, *described);
        if (!made) return fail(errc::invalid_argument, made.error().description);
        to.attach(kind, std::move(*made));
        return {};
    }
    return {};
}

result<content> line_player::read_content(const json::object& message) {
    content out;
    read_media(message, out);
    if (out.media == media_kind::none) {
        if (auto read = read_attachments(message, out); !read) return std::unexpected(read.error());
    }
    const bool is_media = out.media != media_kind::none;
    out.body.text = text_in(message, is_media ? "caption" : "text");
    if (!is_media && out.body.text.empty()) {
        return fail(errc::invalid_argument, "neither text nor media that is understood");
    }
    const char* const key = is_media ? "caption_entities" : "entities";
    if (const json::value* entities = message.if_contains(key)) {
        auto read = read_entities(to_text(*entities));
        if (!read) return fail(errc::invalid_argument, read.error().description);
        out.body.entities = std::move(*read);
    }
    if (const json::value* preview = message.if_contains("link_preview_options")) {
        out.more.change().link_preview = to_text(*preview);
    }
    return out;
}

result<void> line_player::play(const json::object& message, bool is_edit) {
    const auto to = find_place(message);
    if (!to) return std::unexpected(to.error());
    auto what = read_content(message);
    if (!what) return std::unexpected(what.error());
    const wall_time now = at_.timers().wall_now();
    const json::object* sender = object_in(message, "from");
    const bool is_private = std::to_underlying(*to) > 0;
    const message_id id{integer_in(message, "message_id")};
    const user_id bot = is_private && !bots_.empty() ? bots_.front() : user_id{};
    const user_id actor = sender == nullptr ? user_id{} : find_person(*sender);
    if (is_edit) {
        const message_address which{.chat = *to, .bot = bot, .message = id};
        return edit(at_.in(), which, std::move(*what), actor, now, at_.next_request());
    }
    user_post made;
    made.chat = *to;
    made.bot = bot;
    made.actor = actor;
    made.what = std::move(*what);
    made.find_entities = false;  // the stream has what Telegram found
    made.id = id;
    made.is_protected = truth_in(message, "has_protected_content");
    made.album = to_integer(text_in(message, "media_group_id")).value_or(0);
    const auto posted = post(at_.in(), std::move(made), now, at_.next_request());
    if (!posted) return std::unexpected(posted.error());
    return {};
}

}  // namespace

replay::replay(local_telegram& at, std::string lines, replay_options options)
    : at_(at),
      lines_(std::move(lines)),
      options_(std::move(options)),
      generation_(at.generation()) {
    state_.bytes_total = lines_.size();
}

void replay::play(std::string_view line) {
    const parsed_line parsed = parse_line(line);
    ++state_.lines;
    result<void> done = fail(errc::invalid_argument, "not an update that is understood");
    if (parsed.message != nullptr) {
        done = line_player(at_, options_.bots).play(*parsed.message, parsed.is_edit);
    }
    at_.publish();
    if (!done) {
        ++state_.skipped;
        state_.last_trouble = fmt::format("line {}: {}", state_.lines, done.error().message);
    } else if (parsed.is_edit) {
        ++state_.edited;
    } else {
        ++state_.posted;
    }
}

bool replay::is_congested() {
    const time_point now = at_.timers().now();
    return std::ranges::any_of(options_.bots, [&](user_id bot) {
        return at_.line(bot)->updates.pending(now) > options_.pending_max;
    });
}

asio::awaitable<void> replay::pace(std::string_view line) {
    timer_service& timers = at_.timers();
    if (options_.speed > 0) {
        const std::int64_t date = date_of(line);
        if (date == 0) co_return;
        if (!first_date_) first_date_ = date;
        const double seconds = static_cast<double>(date - *first_date_) / options_.speed;
        co_await timers.sleep_until(
            begun_ + std::chrono::duration_cast<duration>(std::chrono::duration<double>(seconds)));
    } else if (state_.lines % turn == 0) {
        const asio::any_io_executor here = co_await asio::this_coro::executor;
        co_await asio::post(here, asio::use_awaitable);
    }
    duration pause = congestion_pause;
    while (options_.pending_max > 0 && !is_over() && is_congested()) {
        co_await timers.sleep_until(timers.now() + pause);
        pause = std::min(2 * pause, congestion_pause_max);
    }
}

asio::awaitable<void> replay::run() {
    begun_ = at_.timers().now();
    std::string_view left = lines_;
    while (!left.empty() && !is_over()) {
        const auto end = std::min(left.find('\n'), left.size());
        const std::string_view line = left.substr(0, end);
        left.remove_prefix(std::min(end + 1, left.size()));
        if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
            co_await pace(line);
            if (is_over()) break;
            play(line);
        }
        state_.bytes = lines_.size() - left.size();
    }
    state_.done = true;
}

}  // namespace baudot::telegram_sim
