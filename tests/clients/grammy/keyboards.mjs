// Buttons under a message and instead of the keyboard.
import { InlineKeyboard, Keyboard } from "grammy";
import { buttons, is, message, ok, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann } from "../world.mjs";

export function keyboards(t) {
  check(t, "an inline keyboard comes back with its buttons", async () => {
    const keys = new InlineKeyboard()
      .text("A", "a:1")
      .url("Site", "https://example.org/")
      .row()
      .copyText("Copy", "words");
    const sent = await t.api.sendMessage(ann, "choose", { reply_markup: keys });
    same(buttons(sent), [
      [
        ["A", "a:1"],
        ["Site", "https://example.org/"],
      ],
      [["Copy", { text: "words" }]],
    ]);
  });

  check(
    t,
    "a press reaches its handler, which answers with an alert and edits the message",
    async () => {
      await t.world.say(ann, "/order");
      const asked = await until("the question", async () =>
        (await t.world.history(ann)).findLast((each) => each.text === "Pizza?"),
      );
      const query = await t.world.press(ann, asked.message_id, "pizza:2");
      const ctx = await t.inbox.next("callback_query", (it) => it.data === "pizza:2");
      const { callbackQuery } = ctx;
      same(
        [callbackQuery.from.id, callbackQuery.message.message_id, callbackQuery.message.text],
        [ann, asked.message_id, "Pizza?"],
      );
      ok(typeof callbackQuery.id === "string" && typeof callbackQuery.chat_instance === "string");
      const answer = await until("the alert", () => t.world.answered(query));
      same([answer.text, answer.show_alert], ["Ordered", true]);
      const edited = await until("the edit", async () =>
        (await t.world.history(ann)).find(
          (each) => each.message_id === asked.message_id && each.text === "Pizzas: 2",
        ),
      );
      ok(edited);
      await t.refused(
        () => ctx.answerCallbackQuery(),
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
      );
    },
  );

  check(t, "a button cannot carry more than 64 bytes", async () => {
    const keys = new InlineKeyboard().text("A", "x".repeat(65));
    await t.refused(
      () => t.api.sendMessage(ann, "x", { reply_markup: keys }),
      400,
      "Bad Request: BUTTON_DATA_INVALID",
    );
  });

  check(t, "a reply keyboard is shown and not told; what it types arrives as text", async () => {
    const sent = await t.api.sendMessage(ann, "size?", {
      reply_markup: new Keyboard().text("Small").text("Large").resized().oneTime(),
    });
    is(sent.reply_markup, undefined);
    const id = await t.world.say(ann, "Large");
    is((await t.inbox.next("message", (it) => it.message_id === id)).msg.text, "Large");
    is(
      (await t.api.sendMessage(ann, "thanks", { reply_markup: { remove_keyboard: true } }))
        .reply_markup,
      undefined,
    );
  });
}
