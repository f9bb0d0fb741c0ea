// Buttons, polls, reactions.
import { Markup } from "telegraf";
import { buttons, is, poll, quizAnswer, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, bob, me, news, talk } from "../world.mjs";

export function talks(t) {
  check(t, "an inline keyboard comes back, a reply keyboard does not", async () => {
    const inline = await t.api.sendMessage(
      ann,
      "choose",
      Markup.inlineKeyboard([
        [Markup.button.callback("A", "a"), Markup.button.url("Site", "https://example.org/")],
      ]),
    );
    same(buttons(inline), [
      [
        ["A", "a"],
        ["Site", "https://example.org/"],
      ],
    ]);
    is(
      (await t.api.sendMessage(ann, "size?", Markup.keyboard(["S", "L"]).resize().oneTime()))
        .reply_markup,
      undefined,
    );
    is((await t.api.sendMessage(ann, "name?", Markup.forceReply())).reply_markup, undefined);
    is((await t.api.sendMessage(ann, "bye", Markup.removeKeyboard())).reply_markup, undefined);
    const long = Markup.inlineKeyboard([Markup.button.callback("A", "x".repeat(65))]);
    await t.refused(
      () => t.api.sendMessage(ann, "x", long),
      400,
      "Bad Request: BUTTON_DATA_INVALID",
    );
  });

  check(
    t,
    "a press reaches its action, which answers with an alert and edits the message",
    async () => {
      await t.world.say(ann, "/order");
      const asked = await until("the question", async () =>
        (await t.world.history(ann)).findLast((each) => each.text === "Pizza?"),
      );
      const query = await t.world.press(ann, asked.message_id, "pizza:2");
      const ctx = await t.inbox.next("callback_query", (it) => it.data === "pizza:2");
      same([ctx.from.id, ctx.callbackQuery.message.message_id], [ann, asked.message_id]);
      const answer = await until("the alert", () => t.world.answered(query));
      same([answer.text, answer.show_alert], ["Ordered", true]);
      await until(
        "the edit",
        async () => (await t.world.message(ann, asked.message_id)).text === "Pizzas: 2",
      );
      await t.refused(
        () => t.api.answerCbQuery(ctx.callbackQuery.id),
        400,
        /^Bad Request: query is too old/,
      );
    },
  );

  check(t, "a poll and a quiz go out", async () => {
    poll((await t.api.sendPoll(talk, "Tea?", ["Yes", "No"])).poll, {
      question: "Tea?",
      options: ["Yes", "No"],
    });
    const quiz = await t.api.sendQuiz(ann, "2 + 2?", ["3", "4"], {
      correct_option_id: 1,
      explanation: "count",
    });
    poll(quiz.poll, {
      question: "2 + 2?",
      options: ["3", "4"],
      type: "quiz",
      explanation: "count",
    });
    quizAnswer(quiz.poll, 1);
  });

  check(t, "votes arrive, are taken back, and are counted when the poll is stopped", async () => {
    const sent = await t.api.sendPoll(talk, "When?", ["Now", "Later"], { is_anonymous: false });
    await t.world.vote(talk, sent.message_id, bob, [1]);
    const { pollAnswer } = await t.inbox.next("poll_answer", (it) => it.poll_id === sent.poll.id);
    same([pollAnswer.user.id, pollAnswer.option_ids], [bob, [1]]);
    await t.world.vote(talk, sent.message_id, bob, []);
    same(
      (await t.inbox.next("poll_answer", (it) => it.poll_id === sent.poll.id)).pollAnswer
        .option_ids,
      [],
    );
    await t.world.vote(talk, sent.message_id, "ann", [0]);
    const closed = await t.api.stopPoll(talk, sent.message_id);
    same([closed.is_closed, closed.options.map((each) => each.voter_count)], [true, [1, 0]]);
    await t.refused(
      () => t.api.stopPoll(talk, sent.message_id),
      400,
      "Bad Request: poll has already been closed",
    );
  });

  check(t, "the bot reacts, and hears of a person's reaction", async () => {
    const id = await t.world.say(talk, "nice", { from: "ann" });
    is(await t.api.setMessageReaction(talk, id, [{ type: "emoji", emoji: "👍" }]), true);
    await t.world.react(talk, id, bob, ["🔥"]);
    const { messageReaction } = await t.inbox.next(
      "message_reaction",
      (it) => it.message_id === id,
    );
    same(
      [messageReaction.user.id, messageReaction.old_reaction, messageReaction.new_reaction],
      [bob, [], [{ type: "emoji", emoji: "🔥" }]],
    );
    await t.world.react(talk, id, bob, []);
    const { messageReaction: gone } = await t.inbox.next(
      "message_reaction",
      (it) => it.message_id === id,
    );
    same([gone.old_reaction, gone.new_reaction], [[{ type: "emoji", emoji: "🔥" }], []]);
  });

  check(t, "a post with a button in a channel is pressed by anybody", async () => {
    const post = await t.api.sendMessage(
      news,
      "vote",
      Markup.inlineKeyboard([Markup.button.callback("+1", "plus")]),
    );
    await t.world.press(news, post.message_id, "plus", bob);
    const ctx = await t.inbox.next("callback_query", (it) => it.data === "plus");
    same(
      [ctx.from.id, ctx.chat.id, ctx.callbackQuery.message.message_id],
      [bob, news, post.message_id],
    );
    is(await ctx.answerCbQuery(), true);
    is(ctx.callbackQuery.message.sender_chat?.id ?? me.id, news);
  });
}
