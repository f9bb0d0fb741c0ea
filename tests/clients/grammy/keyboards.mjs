// Buttons under a message and instead of the keyboard.
import { InlineKeyboard, Keyboard } from "grammy";
import { buttons, is, message, same } from "../expect.mjs";
import { check } from "../tour.mjs";
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
