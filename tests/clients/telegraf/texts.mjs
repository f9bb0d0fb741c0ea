// Texts, replies, a conversation, refusals.
import { Format, Telegraf } from "telegraf";
import { entities, is, message, ok, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, me, news, talk } from "../world.mjs";
import { answerOf } from "./connect.mjs";

const { bold, code, fmt, italic, link, mention, pre, quote, spoiler } = Format;

export function texts(t) {
  check(
    t,
    "a person's text arrives with its sender, its chat and the entities that Telegram finds",
    async () => {
      const id = await t.world.say(ann, "😀 see https://example.org, #tag and +49 30 1234567 $USD");
      const ctx = await t.inbox.next("message", (it) => it.message_id === id);
      message(ctx.message, { chat: ann, from: ann });
      same(entities(ctx.message).slice(0, 2), [
        ["url", "https://example.org"],
        ["hashtag", "#tag"],
      ]);
      ok(entities(ctx.message).some(([kind, text]) => kind === "cashtag" && text === "$USD"));
    },
  );

  check(
    t,
    "a command with an argument reaches its handler, and the person sees the answer",
    async () => {
      await t.world.say(ann, "/start friend");
      const answer = await until("the answer", async () =>
        (await t.world.history(ann)).find((each) => each.text === "Welcome, friend!"),
      );
      is(answer.sender, me.id);
    },
  );

  check(t, "formatted strings become entities", async () => {
    const marked = bold`жирный 😀 ${italic`beides`}`;
    const there = link("here", "https://example.org/");
    const you = mention("Ann", { id: ann, is_bot: false, first_name: "Ann" });
    const text = fmt`${marked} ${code("x < y")} ${there} ${you} ${spoiler("end")}`;
    const sent = await t.api.sendMessage(ann, text);
    const found = Object.fromEntries(entities(sent).map(([kind, words]) => [kind, words]));
    same(
      [found.bold, found.italic, found.code, found.text_link, found.text_mention, found.spoiler],
      ["жирный 😀 beides", "beides", "x < y", "here", "Ann", "end"],
    );
    is(sent.entities.find((each) => each.type === "text_link").url, "https://example.org/");
    is(sent.entities.find((each) => each.type === "text_mention").user.id, ann);
    const block = await t.api.sendMessage(ann, fmt`${pre("cpp")`int x;`}\n${quote("said")}`);
    is(block.entities.find((each) => each.type === "pre").language, "cpp");
    ok(block.entities.some((each) => each.type === "blockquote"));
  });

  check(t, "HTML and both kinds of Markdown mean the same", async () => {
    const wanted = [
      ["bold", "b"],
      ["italic", "i"],
      ["code", "c"],
      ["text_link", "l"],
    ];
    for (const [parse_mode, text] of [
      ["HTML", '<b>b</b> <i>i</i> <code>c</code> <a href="https://example.org/">l</a>'],
      ["MarkdownV2", "*b* _i_ `c` [l](https://example.org/)"],
      ["Markdown", "*b* _i_ `c` [l](https://example.org/)"],
    ]) {
      const sent = await t.api.sendMessage(ann, text, { parse_mode });
      is(sent.text, "b i c l");
      same(entities(sent), wanted, parse_mode);
    }
    await t.refused(
      () => t.api.sendMessage(ann, "<b>x</i>", { parse_mode: "HTML" }),
      400,
      /^Bad Request: can't parse entities: /,
    );
    await t.refused(
      () => t.api.sendMessage(ann, "a_b", { parse_mode: "MarkdownV2" }),
      400,
      /^Bad Request: can't parse entities: /,
    );
    await t.refused(
      () => t.api.sendMessage(ann, "a", { parse_mode: "TeX" }),
      400,
      /^Bad Request: unsupported parse_mode/,
    );
  });

  check(t, "a reply, with a quotation or into another chat", async () => {
    const id = await t.world.say(ann, "one two");
    const ctx = await t.inbox.next("message", (it) => it.message_id === id);
    const sent = await ctx.reply("this", { reply_parameters: { message_id: id, quote: "two" } });
    same([sent.reply_to_message.message_id, sent.quote.text, sent.quote.position], [id, "two", 4]);
    const post = await t.api.sendMessage(news, "the news");
    const other = await t.api.sendMessage(talk, "look", {
      reply_parameters: { message_id: post.message_id, chat_id: news },
    });
    same([other.external_reply.chat.id, other.external_reply.message_id], [news, post.message_id]);
    await t.refused(
      () => t.api.sendMessage(ann, "x", { reply_parameters: { message_id: 999_999 } }),
      400,
      "Bad Request: message to be replied not found",
    );
  });

  check(t, "a conversation in two steps keeps its place between updates", async () => {
    await t.world.say(ann, "/trip");
    await until("the question", async () =>
      (await t.world.history(ann)).some((each) => each.text === "Where to?"),
    );
    await t.world.say(ann, "Rome");
    await until("the end", async () =>
      (await t.world.history(ann)).some((each) => each.text === "To Rome then"),
    );
  });

  check(t, "refusals are typed errors with Telegram's words", async () => {
    await t.refused(() => t.api.sendMessage(-42, "x"), 400, "Bad Request: chat not found");
    await t.refused(() => t.api.sendMessage(ann, ""), 400, "Bad Request: message text is empty");
    await t.refused(
      () => t.api.sendMessage(ann, "x".repeat(4097)),
      400,
      "Bad Request: message is too long",
    );
    await t.world.block("ann");
    await t.refused(
      () => t.api.sendMessage(ann, "x"),
      403,
      "Forbidden: bot was blocked by the user",
    );
    await t.world.block("ann", false);
    await t.refused(() => t.api.callApi("noSuchMethod", {}), 404, "Not Found: method not found");
    const stranger = new Telegraf("7001:wrong", { telegram: { apiRoot: t.sim.url } });
    await refused(answerOf, () => stranger.telegram.getMe(), 401, "Unauthorized");
  });
}
