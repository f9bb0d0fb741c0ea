// Buttons, polls, reactions.
import { Markup } from "telegraf";
import { buttons, is, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann } from "../world.mjs";

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
}
