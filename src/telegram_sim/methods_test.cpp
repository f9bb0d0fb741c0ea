#include "telegram_sim/methods.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <vector>

#include "telegram_sim/world_fixture.hpp"

namespace baudot::telegram_sim {
namespace {

using methods = world_fixture;

const std::string png = std::string("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x03", 24);

TEST_F(methods, a_sent_text_is_trimmed_and_its_commands_and_marks_are_found) {
    const auto made = send_message(sim, by(), text(target),
                                   {.text = "  <b>hi</b> /go &lt;  ", .mode = parse_mode::html});
    ASSERT_TRUE(made);
    const message& kept = *at(target).find(made->own);
    EXPECT_EQ(kept.what.body.text, "hi /go <");
    ASSERT_EQ(kept.what.body.entities.size(), 2u);
    EXPECT_EQ(kept.what.body.entities[0],
              (entity{.kind = entity_kind::bold, .offset = 0, .length = 2}));
    EXPECT_EQ(kept.what.body.entities[1],
              (entity{.kind = entity_kind::bot_command, .offset = 3, .length = 3}));
    EXPECT_EQ(kept.made_by.request, 7u);
}

struct row {
    std::function<api_result<void>()> act;
    int code;
    std::string description;
};

/// All are refused with just these words, and change nothing.
void expect_refused(const world& sim, const std::vector<row>& table) {
    const auto before = sim.history_hash();
    for (const row& one : table) {
        const auto answer = one.act();
        ASSERT_FALSE(answer) << one.description;
        EXPECT_EQ(answer.error().code, one.code) << one.description;
        EXPECT_EQ(answer.error().description, one.description);
    }
    EXPECT_EQ(sim.history_hash(), before) << "a refused request changed the world";
}

api_result<void> as_void(const auto& made) {
    if (!made) return std::unexpected(made.error());
    return {};
}

TEST_F(methods, refused_sends_have_telegrams_own_texts) {
    const chat_id foreign = make(chat_kind::channel, "foreign");
    const chat_id kicked = make(chat_kind::supergroup, "kicked");
    join(kicked, bot, member_status::kicked);
    const chat_id muted = make(chat_kind::channel, "muted");
    join(muted, bot, member_status::administrator, can_manage_chat);
    const auto upgraded = sim.upgrade(group, person, now, 1);
    const user_id stranger = *sim.add_user({.first_name = "Bob"});
    const auto send = [&](const std::string& to, const std::string& words = "x") {
        return [=, this]() -> api_result<void> {
            auto made = send_message(sim, by(), to, {.text = words});
            if (!made) return std::unexpected(made.error());
            return {};
        };
    };
    expect_refused(
        sim,
        {
            {send(""), 400, "Bad Request: chat_id is empty"},
            {send("@nobody"), 400, "Bad Request: chat not found"},
            {send(text(foreign)), 400, "Bad Request: chat not found"},
            {send(text(target), "  \n"), 400, "Bad Request: message text is empty"},
            {send(text(target), std::string(4097, 'x')), 400, "Bad Request: message is too long"},
            {send(text(target), "\xFF"), 400, "Bad Request: strings must be encoded in UTF-8"},
            {send(text(kicked)), 403, "Forbidden: bot was kicked from the supergroup chat"},
            {send(text(muted)), 400, "Bad Request: need administrator rights in the channel chat"},
            {send(text(group)), 400, "Bad Request: group chat was upgraded to a supergroup chat"},
            {send(std::to_string(std::to_underlying(stranger))), 403,
             "Forbidden: bot can't initiate conversation with a user"},
            {send(std::to_string(std::to_underlying(other_bot))), 403,
             "Forbidden: bots can't send messages to bots"},
        });
    EXPECT_EQ(send(text(group))().error().migrate_to_chat, *upgraded);
}

TEST_F(methods, other_refusals_have_telegrams_own_texts) {
    const auto mine = send_message(sim, by(), text(target), {.text = "mine"});
    expect_refused(
        sim, {
                 {[&] {
                      return as_void(
                          copy_message(sim, by(), text(target), text(source), message_id{99}));
                  },
                  400, "Bad Request: message to copy not found"},
                 {[&] {
                      return as_void(
                          forward_message(sim, by(), text(target), text(source), message_id{99}));
                  },
                  400, "Bad Request: message to forward not found"},
                 {[&] {
                      return as_void(forward_messages(sim, by(), text(target), text(source),
                                                      {message_id{2}, message_id{1}}));
                  },
                  400, "Bad Request: message identifiers must be in a strictly increasing order"},
                 {[&] {
                      return as_void(
                          edit_message_text(sim, by(), text(target), mine->own, {.text = "mine"}));
                  },
                  400,
                  "Bad Request: message is not modified: specified new message content and reply "
                  "markup are "
                  "exactly the same as a current content and reply markup of the message"},
                 {[&] {
                      return as_void(
                          edit_message_caption(sim, by(), text(target), mine->own, {.text = "c"}));
                  },
                  400, "Bad Request: there is no caption in the message to edit"},
                 {[&] { return delete_message(sim, by(), text(source), message_id{99}); }, 400,
                  "Bad Request: message to delete not found"},
                 {[&] {
                      return as_void(
                          send_message(sim, by(), text(target), {.text = "x"},
                                       {.reply = reply_parameters{.message = message_id{99}}}));
                  },
                  400, "Bad Request: message to be replied not found"},
                 {[&] { return as_void(get_file(sim, by(), "nonsense")); }, 400,
                  "Bad Request: invalid file_id"},
                 {[&] {
                      return as_void(send_media(
                          sim, by(), text(target),
                          {.kind = media_kind::photo, .input = upload{.bytes = "no image"}}));
                  },
                  400, "Bad Request: IMAGE_PROCESS_FAILED"},
             });
}

TEST_F(methods, a_copy_and_a_forward_know_where_they_came_from) {
    const message_id first = say(source, "news");
    const auto copied = copy_message(sim, by(), text(target), text(source), first);
    const auto forwarded = forward_message(sim, by(), text(target), text(source), first);
    ASSERT_TRUE(copied && forwarded);
    const message& copy = *at(target).find(*copied);
    EXPECT_EQ(copy.made_by.kind, cause_kind::bot_copy);
    EXPECT_EQ(copy.made_by.from_chat, source);
    EXPECT_EQ(copy.made_by.from_message, first);
    EXPECT_FALSE(copy.details && copy.details->forwarded);
    const message& forward = *at(target).find(forwarded->own);
    ASSERT_TRUE(forward.details && forward.details->forwarded);
    EXPECT_EQ(forward.details->forwarded->type, forward_origin::kind::channel);
    EXPECT_EQ(forward.details->forwarded->from_message, first);
    EXPECT_EQ(edit_message_text(sim, by(), text(target), forwarded->own, {.text = "x"})
                  .error()
                  .description,
              "Bad Request: message can't be edited");
}

TEST_F(methods, protected_content_is_neither_forwarded_nor_copied) {
    const message_id first = say(source, "secret");
    sim.set_protected(at(source), true);
    EXPECT_EQ(forward_message(sim, by(), text(target), text(source), first).error().description,
              "Bad Request: message has protected content and can't be forwarded");
    EXPECT_FALSE(copy_message(sim, by(), text(target), text(source), first));
    EXPECT_TRUE(at(target).messages.empty());
}

TEST_F(methods, a_batch_skips_what_is_missing_and_keeps_the_order) {
    const message_id first = say(source, "a");
    const message_id gone = say(source, "b");
    const message_id third = say(source, "c");
    ASSERT_TRUE(erase(sim, {.chat = source, .message = gone}, person, now, 1));
    const auto made =
        copy_messages(sim, by(), text(target), text(source), {first, gone, third}, false);
    ASSERT_TRUE(made);
    ASSERT_EQ(made->size(), 2u);
    EXPECT_EQ(at(target).find((*made)[0])->what.body.text, "a");
    EXPECT_EQ(at(target).find((*made)[1])->what.body.text, "c");
    EXPECT_EQ(
        copy_messages(sim, by(), text(target), text(source), {gone}, false).error().description,
        "Bad Request: there are no messages to forward");
}

TEST_F(methods, an_edit_keeps_every_version_and_tells_the_others) {
    join(target, other_bot, member_status::administrator);
    const auto made = send_message(sim, by(), text(target), {.text = "one"});
    (void)sim.take_events();
    ASSERT_TRUE(edit_message_text(sim, by(), text(target), made->own, {.text = "two"}));
    const message& kept = *at(target).find(made->own);
    EXPECT_EQ(kept.what.body.text, "two");
    EXPECT_EQ(kept.details->earlier.at(0).what.body.text, "one");
    const auto events = sim.take_events();
    ASSERT_EQ(events.size(), 1u) << "the bot itself is not told";
    EXPECT_EQ(events[0].bot, other_bot);
    EXPECT_EQ(events[0].kind, update_kind::edited_channel_post);
}

TEST_F(methods, a_file_id_belongs_to_one_bot_and_one_kind_and_brings_the_bytes_back) {
    join(target, other_bot, member_status::administrator);
    const auto made = send_media(sim, by(), text(target),
                                 {.kind = media_kind::photo, .input = upload{.bytes = png}});
    ASSERT_TRUE(made) << made.error().description;
    const file_index index = *at(target).find(made->own)->what.file;
    EXPECT_EQ(sim.files().get(index).width, 2);
    EXPECT_EQ(sim.files().get(index).height, 3);
    const std::string id = sim.files().file_id(bot, index);
    EXPECT_TRUE(id.starts_with("AgAC"));
    const auto again =
        send_media(sim, by(), text(target), {.kind = media_kind::photo, .input = id});
    ASSERT_TRUE(again);
    EXPECT_EQ(at(target).find(again->own)->what.file, index);
    EXPECT_FALSE(send_media(sim, by(), text(target), {.kind = media_kind::video, .input = id}));
    EXPECT_FALSE(
        send_media(sim, by(other_bot), text(target), {.kind = media_kind::photo, .input = id}));
    const auto answer = get_file(sim, by(), id);
    ASSERT_TRUE(answer);
    const auto bytes = download(sim, by(), answer->path);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(*bytes, png);
}

TEST_F(methods, a_bot_deletes_what_is_young_or_what_its_rights_allow) {
    const auto in_group = send_message(sim, by(), text(supergroup), {.text = "old"});
    const message_id foreign = say(supergroup, "of a person");
    EXPECT_EQ(delete_message(sim, by(), text(supergroup), foreign).error().description,
              "Bad Request: message can't be deleted");
    now += std::chrono::hours(48);
    EXPECT_FALSE(delete_message(sim, by(), text(supergroup), in_group->own));
    join(supergroup, bot, member_status::administrator, can_delete_messages);
    EXPECT_TRUE(delete_message(sim, by(), text(supergroup), in_group->own));
    EXPECT_TRUE(delete_messages(sim, by(), text(supergroup), {message_id{999}, foreign}));
    EXPECT_EQ(sim.find_message(at(supergroup), foreign), nullptr);
    EXPECT_TRUE(at(supergroup).find(foreign)->is_deleted()) << "history stays";
}

TEST_F(methods, privacy_mode_shows_a_bot_only_what_is_meant_for_it) {
    const auto texts_seen = [&](const std::string& words) {
        (void)sim.take_events();
        say(supergroup, words);
        return sim.take_events().size();
    };
    EXPECT_EQ(texts_seen("hello all"), 0u);
    EXPECT_EQ(texts_seen("/help"), 1u);
    EXPECT_EQ(texts_seen("/help@one_bot"), 1u);
    EXPECT_EQ(texts_seen("/help@two_bot"), 0u);
    sim.set_privacy_mode(bot, false);
    EXPECT_EQ(texts_seen("hello all"), 1u);
}

TEST_F(methods, ids_in_a_basic_group_are_counted_by_each_bot_alone) {
    join(group, other_bot, member_status::member);
    const auto warm_up = start(sim, person, bot, now, 1);
    ASSERT_TRUE(warm_up);
    const message_id own = say(group, "/both");
    const message_id one = sim.shown_id(bot, at(group), own);
    const message_id two = sim.shown_id(other_bot, at(group), own);
    EXPECT_NE(one, two);
    EXPECT_EQ(sim.own_id(bot, at(group), one), own);
    EXPECT_EQ(sim.own_id(other_bot, at(group), two), own);
    const auto copied = copy_message(sim, by(), text(target), text(group), one);
    ASSERT_TRUE(copied);
    EXPECT_EQ(at(target).find(*copied)->what.body.text, "/both");
}

TEST_F(methods, a_kept_message_id_must_be_above_the_newest) {
    const auto put = [&](std::int64_t id) {
        return post(sim,
                    {.chat = source,
                     .actor = person,
                     .what = {.body = {.text = "x"}},
                     .id = message_id{id}},
                    now, 1);
    };
    EXPECT_TRUE(put(3881));
    EXPECT_EQ(put(3881).error().code, errc::invalid_argument);
    EXPECT_EQ(say(source, "next"), message_id{3882});
}

TEST_F(methods, leaving_tells_the_bot_and_ends_its_rights) {
    (void)sim.take_events();
    ASSERT_TRUE(leave_chat(sim, by(), text(target)));
    const auto events = sim.take_events();
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events[0].kind, update_kind::my_chat_member);
    EXPECT_EQ(events[0].after.status, member_status::left);
    EXPECT_EQ(send_message(sim, by(), text(target), {.text = "x"}).error().description,
              "Forbidden: bot is not a member of the channel chat");
}

}  // namespace
}  // namespace baudot::telegram_sim
