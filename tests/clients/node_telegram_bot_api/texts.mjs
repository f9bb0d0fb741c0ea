// Texts, replies, refusals.
import TelegramBot from "node-telegram-bot-api";
import { entities, is, message, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, me } from "../world.mjs";
import { answerOf } from "./connect.mjs";

const as = (filename, contentType) => ({ filename, contentType });

export function texts(t) {
  check(
    t,
    "a person's text arrives with its entities and is answered in legacy Markdown",
    async () => {
      const id = await t.world.say(ann, "/hello #tag");
      const it = await t.inbox.next("message", (each) => each.message_id === id);
      message(it, { chat: ann, from: ann });
      same(entities(it), [
        ["bot_command", "/hello"],
        ["hashtag", "#tag"],
      ]);
      const sent = await t.bot.sendMessage(ann, "*hi* & <there> 😀", {
        parse_mode: "Markdown",
        disable_web_page_preview: true,
        reply_to_message_id: id,
      });
      is(sent.text, "hi & <there> 😀");
      same(sent.entities, [{ type: "bold", offset: 0, length: 2 }]);
      is(sent.reply_to_message.message_id, id);
    },
  );

  check(t, "a text that a pattern matches is answered", async () => {
    await t.world.say(ann, "/start friend");
    await until("the answer", async () =>
      (await t.world.history(ann)).some(
        (each) => each.text === "Welcome, friend!" && each.sender === me.id,
      ),
    );
  });

  check(t, "HTML, MarkdownV2 and entities in a form mean the same", async () => {
    const text = "жирный 😀 x";
    const bold = [["bold", "жирный 😀"]];
    for (const [parse_mode, given] of [
      ["HTML", "<b>жирный 😀</b> x"],
      ["MarkdownV2", "*жирный 😀* x"],
    ]) {
      const sent = await t.bot.sendMessage(ann, given, { parse_mode });
      same([sent.text, entities(sent)], [text, bold]);
    }
    const sent = await t.bot.sendMessage(ann, text, {
      entities: [{ type: "bold", offset: 0, length: 9 }],
    });
    same([sent.text, entities(sent)], [text, bold]);
    await t.refused(
      () => t.bot.sendMessage(ann, "<b>", { parse_mode: "HTML" }),
      400,
      /^Bad Request: can't parse entities: /,
    );
  });

  check(t, "a question that forces a reply hears the answer to it", async () => {
    const asked = await t.bot.sendMessage(ann, "your name?", {
      reply_markup: { force_reply: true },
    });
    const heard = new Promise((resolve) => t.bot.onReplyToMessage(ann, asked.message_id, resolve));
    await t.world.say(ann, "Ann", { reply_to: asked.message_id });
    is((await heard).text, "Ann");
  });

  check(t, "a quotation as a form field", async () => {
    const { message_id } = await t.bot.sendMessage(ann, "one two three");
    const sent = await t.bot.sendMessage(ann, "this", {
      reply_parameters: { message_id, quote: "two" },
    });
    same(
      [sent.reply_to_message.message_id, sent.quote.text, sent.quote.position],
      [message_id, "two", 4],
    );
  });

  check(t, "refusals carry Telegram's answer", async () => {
    await t.refused(() => t.bot.sendMessage(-42, "x"), 400, "Bad Request: chat not found");
    await t.refused(
      () => t.bot.sendMessage(ann, "x".repeat(4097)),
      400,
      "Bad Request: message is too long",
    );
    await t.world.block("ann");
    await t.refused(
      () => t.bot.sendMessage(ann, "x"),
      403,
      "Forbidden: bot was blocked by the user",
    );
    await t.world.block("ann", false);
    const stranger = new TelegramBot("7001:wrong", { baseApiUrl: t.sim.url });
    await refused(answerOf, () => stranger.getMe(), 401, "Unauthorized");
  });
}
