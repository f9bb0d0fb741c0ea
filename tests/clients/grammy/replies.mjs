// Replies, and whom the bot does not reach.
import { is, message, ok, refused, same } from "../expect.mjs";
import { answerOf } from "./connect.mjs";
import { check, until } from "../tour.mjs";
import { ann, bob, me, news, talk } from "../world.mjs";

export function replies(t) {
  check(
    t,
    "a reply carries the message that it answers, but not what that one answered",
    async () => {
      const id = await t.world.say(ann, "question");
      const ctx = await t.inbox.next("message", (it) => it.message_id === id);
      const first = await ctx.reply("answer", { reply_parameters: { message_id: id } });
      is(first.reply_to_message.message_id, id);
      const second = await t.api.sendMessage(ann, "and more", {
        reply_parameters: { message_id: first.message_id },
      });
      is(second.reply_to_message.text, "answer");
      is(second.reply_to_message.reply_to_message, undefined);
    },
  );

  check(t, "a person's reply to the bot arrives with the bot's message in it", async () => {
    const asked = await t.api.sendMessage(ann, "your name?", {
      reply_markup: { force_reply: true, input_field_placeholder: "name" },
    });
    is(asked.reply_markup, undefined, "only inline keyboards come back");
    const id = await t.world.say(ann, "Ann", { reply_to: asked.message_id });
    const ctx = await t.inbox.next("message", (it) => it.message_id === id);
    same(
      [ctx.msg.reply_to_message.message_id, ctx.msg.reply_to_message.from.id],
      [asked.message_id, me.id],
    );
  });

  check(t, "a quotation is found in the message and comes back with its place", async () => {
    const { message_id } = await t.api.sendMessage(ann, "😀 one two three");
    const sent = await t.api.sendMessage(ann, "this", {
      reply_parameters: { message_id, quote: "two" },
    });
    same([sent.quote.text, sent.quote.position, sent.quote.is_manual], ["two", 7, true]);
    await t.refused(
      () => t.api.sendMessage(ann, "x", { reply_parameters: { message_id, quote: "four" } }),
      400,
      "Bad Request: QUOTE_TEXT_INVALID",
    );
  });

  check(t, "a reply to nothing is refused, unless it may go without", async () => {
    await t.refused(
      () => t.api.sendMessage(ann, "x", { reply_parameters: { message_id: 999_999 } }),
      400,
      "Bad Request: message to be replied not found",
    );
    const sent = await t.api.sendMessage(ann, "x", {
      reply_parameters: { message_id: 999_999, allow_sending_without_reply: true },
    });
    is(sent.reply_to_message, undefined);
  });

  check(t, "a reply into another chat tells where it came from", async () => {
    const post = await t.api.sendMessage(news, "the news");
    const sent = await t.api.sendMessage(talk, "look", {
      reply_parameters: { message_id: post.message_id, chat_id: "@news" },
    });
    is(sent.reply_to_message, undefined);
    same(
      [
        sent.external_reply.chat.id,
        sent.external_reply.message_id,
        sent.external_reply.origin.type,
      ],
      [news, post.message_id, "channel"],
    );
  });

  check(
    t,
    "whom nobody started, who blocked, who threw out: 403; what is not there: 400, 401, 404",
    async () => {
      await t.refused(() => t.api.sendMessage(-42, "x"), 400, "Bad Request: chat not found");
      await t.refused(
        () => t.api.sendMessage("@nobody_here", "x"),
        400,
        "Bad Request: chat not found",
      );
      await t.world.block("bob");
      await t.refused(
        () => t.api.sendMessage(bob, "x"),
        403,
        "Forbidden: bot was blocked by the user",
      );
      await t.world.block("bob", false);
      const { id } = await t.sim.post("users", { name: "Stranger" });
      await t.refused(
        () => t.api.sendMessage(id, "x"),
        403,
        "Forbidden: bot can't initiate conversation with a user",
      );
      await t.refused(() => t.api.raw.noSuchMethod({}), 404, "Not Found: method not found");
      const stranger = new t.bot.constructor("7001:wrong", { client: { apiRoot: t.sim.url } });
      await refused(answerOf, () => stranger.api.getMe(), 401, "Unauthorized");
    },
  );

  check(t, "a session counts over several updates of one chat", async () => {
    await t.world.say(ann, "how many?");
    ok(
      await until("the count", async () =>
        (await t.world.history(ann)).some((each) => /^\d so far$/.test(each.text)),
      ),
    );
  });
}
