// Buttons, polls, chats, pins, topics, reactions.
import { buttons, is, message, poll, quizAnswer, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, bob, forum, me, news, talk } from "../world.mjs";

const key = (text, callback_data) => ({
  reply_markup: { inline_keyboard: [[{ text, callback_data }]] },
});

export function talks(t) {
  check(t, "a press arrives, is answered with an alert, and edits the message", async () => {
    await t.world.say(ann, "/order");
    const asked = await until("the question", async () =>
      (await t.world.history(ann)).findLast((each) => each.text === "Pizza?"),
    );
    const query = await t.world.press(ann, asked.message_id, "pizza:2");
    const it = await t.inbox.next("callback_query", (each) => each.data === "pizza:2");
    same([it.from.id, it.message.message_id], [ann, asked.message_id]);
    same((await until("the alert", () => t.world.answered(query))).text, "Ordered");
    await until(
      "the edit",
      async () => (await t.world.message(ann, asked.message_id)).text === "Pizzas: 2",
    );
    await t.refused(() => t.bot.answerCallbackQuery(it.id), 400, /^Bad Request: query is too old/);
  });

  check(t, "keyboards in a form: inline ones come back, others do not", async () => {
    same(buttons(await t.bot.sendMessage(ann, "x", key("A", "a"))), [[["A", "a"]]]);
    is(
      (
        await t.bot.sendMessage(ann, "x", {
          reply_markup: { keyboard: [["S", "L"]], resize_keyboard: true },
        })
      ).reply_markup,
      undefined,
    );
    await t.refused(
      () => t.bot.sendMessage(ann, "x", key("A", "x".repeat(65))),
      400,
      "Bad Request: BUTTON_DATA_INVALID",
    );
  });

  check(t, "a poll and a quiz go out, votes arrive, a stopped poll is closed", async () => {
    const quiz = await t.bot.sendPoll(ann, "2 + 2?", ["3", "4"], {
      type: "quiz",
      correct_option_id: 1,
    });
    poll(quiz.poll, { question: "2 + 2?", options: ["3", "4"], type: "quiz" });
    quizAnswer(quiz.poll, 1);
    const sent = await t.bot.sendPoll(talk, "When?", ["Now", "Later"], {
      is_anonymous: false,
      allows_multiple_answers: true,
    });
    poll(sent.poll, {
      question: "When?",
      options: ["Now", "Later"],
      is_anonymous: false,
      allows_multiple_answers: true,
    });
    await t.world.vote(talk, sent.message_id, bob, [0, 1]);
    const answer = await t.inbox.next("poll_answer", (it) => it.poll_id === sent.poll.id);
    same([answer.user.id, answer.option_ids], [bob, [0, 1]]);
    const closed = await t.bot.stopPoll(talk, sent.message_id);
    same(
      [closed.is_closed, closed.total_voter_count, closed.options.map((each) => each.voter_count)],
      [true, 1, [1, 1]],
    );
  });

  check(t, "chats and members are described", async () => {
    is((await t.bot.getChat("@news")).title, "News");
    const self = await t.bot.getChatMember(news, me.id);
    same([self.status, self.can_post_messages], ["administrator", true]);
    same((await t.bot.getChatAdministrators(talk)).map((each) => each.status).sort(), [
      "administrator",
      "creator",
    ]);
    is(await t.bot.getChatMemberCount(talk), 3);
  });

  check(t, "changes of membership arrive", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Fresh",
      type: "supergroup",
      creator: "ann",
    });
    await t.world.member(id, { user: me.username, status: "administrator", by: "ann" });
    is(
      (await t.inbox.next("my_chat_member", (it) => it.chat.id === id)).new_chat_member.status,
      "administrator",
    );
    const { id: eve } = await t.sim.post("users", { name: "Eve" });
    await t.world.member(id, { user: eve, status: "member" });
    is(
      (await t.inbox.next("message", (it) => it.chat.id === id && it.new_chat_members))
        .new_chat_members.length,
      1,
    );
    is(
      (await t.inbox.next("chat_member", (it) => it.new_chat_member.user.id === eve))
        .old_chat_member.status,
      "left",
    );
  });

  check(t, "a message is pinned and unpinned", async () => {
    const { message_id } = await t.bot.sendMessage(talk, "rules");
    is(await t.bot.pinChatMessage(talk, message_id, { disable_notification: true }), true);
    is((await t.bot.getChat(talk)).pinned_message.message_id, message_id);
    is(await t.bot.unpinChatMessage(talk, { message_id }), true);
    is((await t.bot.getChat(talk)).pinned_message, undefined);
  });

  check(t, "a topic is made and written into", async () => {
    const { message_thread_id, name } = await t.bot.createForumTopic(forum, "Plans");
    is(name, "Plans");
    const sent = await t.bot.sendMessage(forum, "in it", { message_thread_id });
    same([sent.message_thread_id, sent.is_topic_message], [message_thread_id, true]);
    is(await t.bot.closeForumTopic(forum, message_thread_id), true);
    await t.refused(
      () => t.bot.sendMessage(forum, "x", { message_thread_id: 999_999 }),
      400,
      "Bad Request: message thread not found",
    );
  });

  check(t, "the bot reacts, and hears of a person's reaction", async () => {
    const id = await t.world.say(talk, "nice", { from: "ann" });
    is(
      await t.bot.setMessageReaction(talk, id, {
        reaction: JSON.stringify([{ type: "emoji", emoji: "👍" }]),
      }),
      true,
    );
    await t.world.react(talk, id, bob, ["🔥"]);
    const it = await t.inbox.next("message_reaction", (each) => each.message_id === id);
    same([it.user.id, it.new_reaction], [bob, [{ type: "emoji", emoji: "🔥" }]]);
  });
}
