// Texts and their marks.
import { entities, is, message, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, archive, me } from "../world.mjs";

const marked = [
  ["bold", "жирный 😀"],
  ["italic", "курсив"],
  ["code", "code"],
];

export function texts(t) {
  check(
    t,
    "a person's text arrives with its sender, its chat and the entities that Telegram finds",
    async () => {
      const id = await t.world.say(ann, "see https://example.org, #tag @ann /help a@b.org");
      const ctx = await t.inbox.next("message", (it) => it.message_id === id);
      message(ctx.msg, { chat: ann, from: ann });
      same(
        [ctx.chat.type, ctx.chat.first_name, ctx.from.is_bot, ctx.from.username],
        ["private", "Ann", false, "ann"],
      );
      same(entities(ctx.msg), [
        ["url", "https://example.org"],
        ["hashtag", "#tag"],
        ["mention", "@ann"],
        ["bot_command", "/help"],
        ["email", "a@b.org"],
      ]);
      same(
        ctx.entities("url").map((each) => each.text),
        ["https://example.org"],
      );
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

  for (const [mode, text] of [
    ["HTML", "<b>жирный 😀</b> &amp; <i>курсив</i> &lt; <code>code</code>"],
    ["MarkdownV2", "*жирный 😀* & _курсив_ < `code`"],
    ["Markdown", "*жирный 😀* & _курсив_ < `code`"],
  ]) {
    check(t, `${mode} becomes entities that count UTF-16 code units`, async () => {
      const sent = await t.api.sendMessage(ann, text, { parse_mode: mode });
      message(sent, { chat: ann, from: me.id, text: "жирный 😀 & курсив < code" });
      same(entities(sent), marked);
    });
  }

  check(
    t,
    "links, people, code with a language, quotations, spoilers and nesting survive HTML",
    async () => {
      const sent = await t.api.sendMessage(
        ann,
        `<a href="https://example.org/">link</a> <a href="tg://user?id=${ann}">you</a> ` +
          '<pre><code class="language-cpp">int x;</code></pre> <u><s>both</s></u> ' +
          "<tg-spoiler>end</tg-spoiler>\n<blockquote>said</blockquote>\n" +
          "<blockquote expandable>long</blockquote>",
        { parse_mode: "HTML" },
      );
      const kinds = entities(sent)
        .map(([kind, text]) => `${kind}:${text}`)
        .sort();
      same(kinds, [
        "blockquote:said",
        "expandable_blockquote:long",
        "pre:int x;",
        "spoiler:end",
        "strikethrough:both",
        "text_link:link",
        "text_mention:you",
        "underline:both",
      ]);
      is(sent.entities.find((each) => each.type === "text_link").url, "https://example.org/");
      is(sent.entities.find((each) => each.type === "text_mention").user.id, ann);
      is(sent.entities.find((each) => each.type === "pre").language, "cpp");
    },
  );

  check(t, "entities given apart from the text are kept, and no marks are read in it", async () => {
    const given = [{ type: "text_link", offset: 4, length: 3, url: "https://example.org/" }];
    const sent = await t.api.sendMessage(ann, "<b> two", {
      entities: given,
      link_preview_options: { is_disabled: true },
    });
    is(sent.text, "<b> two");
    same(sent.entities, given);
    is(sent.link_preview_options.is_disabled, true);
  });

  check(t, "a mark without its end is refused with 400 and the place", async () => {
    await t.refused(
      () => t.api.sendMessage(ann, "<b>x", { parse_mode: "HTML" }),
      400,
      /^Bad Request: can't parse entities: .*end tag .*b/i,
    );
    await t.refused(
      () => t.api.sendMessage(ann, "*x", { parse_mode: "MarkdownV2" }),
      400,
      /^Bad Request: can't parse entities: .*byte offset 0/i,
    );
    await t.refused(
      () => t.api.sendMessage(ann, "1.", { parse_mode: "MarkdownV2" }),
      400,
      /^Bad Request: can't parse entities: .*'\.' is reserved/i,
    );
  });

  check(
    t,
    "4096 characters pass, one more or none are refused, and space at the ends goes",
    async () => {
      is((await t.api.sendMessage(ann, "😀".repeat(4096))).text.length, 2 * 4096);
      await t.refused(
        () => t.api.sendMessage(ann, "x".repeat(4097)),
        400,
        "Bad Request: message is too long",
      );
      await t.refused(() => t.api.sendMessage(ann, ""), 400, "Bad Request: message text is empty");
      is((await t.api.sendMessage(ann, " \n in the middle \n")).text, "in the middle");
    },
  );

  check(t, "a protected message says so and is not forwarded", async () => {
    const sent = await t.api.sendMessage(ann, "secret", {
      protect_content: true,
      disable_notification: true,
    });
    is(sent.has_protected_content, true);
    await t.refused(
      () => t.api.forwardMessage(archive, ann, sent.message_id),
      400,
      /^Bad Request: /,
    );
  });
}
