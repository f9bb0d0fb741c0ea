// Edits, deletions, copies.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buttons, is, message, ok, photo, refused, same } from "../expect.mjs";
import { png } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, archive, news } from "../world.mjs";

const as = (filename, contentType) => ({ filename, contentType });

const picture = as("p.png", "image/png");

const key = (text, callback_data) => ({
  reply_markup: { inline_keyboard: [[{ text, callback_data }]] },
});

async function inFolder(act) {
  const folder = await mkdtemp(join(tmpdir(), "telegram-sim-"));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function changes(t) {
  check(t, "text, caption, media and keyboard are edited", async () => {
    const text = await t.bot.sendMessage(ann, "draft");
    const at = { chat_id: ann, message_id: text.message_id };
    is((await t.bot.editMessageText("final", { ...at })).text, "final");
    await t.refused(
      () => t.bot.editMessageText("final", { ...at }),
      400,
      /^Bad Request: message is not modified/,
    );
    const sent = await t.bot.sendPhoto(ann, png(), { caption: "one" }, picture);
    const there = { chat_id: ann, message_id: sent.message_id };
    is((await t.bot.editMessageCaption("two", { ...there })).caption, "two");
    await inFolder(async (folder) => {
      await writeFile(join(folder, "p.png"), png(9, 9));
      const other = await t.bot.editMessageMedia(
        { type: "photo", media: `attach://${join(folder, "p.png")}`, caption: "three" },
        { ...there },
      );
      photo(other, { width: 9, height: 9 });
      is(other.caption, "three");
    });
    const known = await t.bot.editMessageMedia(
      { type: "photo", media: sent.photo.at(-1).file_id },
      { ...there },
    );
    is(known.photo.at(-1).file_unique_id, sent.photo.at(-1).file_unique_id);
    const keyed = await t.bot.editMessageReplyMarkup(key("A", "a").reply_markup, { ...there });
    same(buttons(keyed), [[["A", "a"]]]);
  });

  check(t, "one and many are deleted", async () => {
    const ids = [];
    for (const text of ["1", "2"]) ids.push((await t.bot.sendMessage(ann, text)).message_id);
    is(await t.bot.deleteMessage(ann, ids[0]), true);
    is(await t.bot.deleteMessages(ann, ids), true);
    for (const id of ids) ok((await t.world.message(ann, id)).deleted);
    await t.refused(
      () => t.bot.deleteMessage(ann, ids[0]),
      400,
      "Bad Request: message to delete not found",
    );
  });

  check(t, "a person's edit arrives as such", async () => {
    const id = await t.world.say(ann, "tpyo");
    await t.world.edit(ann, id, { text: "typo" });
    is((await t.inbox.next("edited_message", (it) => it.message_id === id)).text, "typo");
  });

  check(t, "channel posts arrive, edited ones too, and are copied and forwarded", async () => {
    const id = await t.world.say(news, "post");
    is((await t.inbox.next("channel_post", (it) => it.message_id === id)).sender_chat.id, news);
    await t.world.edit(news, id, { text: "better" });
    is((await t.inbox.next("edited_channel_post", (it) => it.message_id === id)).text, "better");
    const { forward_origin: origin } = await t.bot.forwardMessage(ann, news, id);
    same([origin.type, origin.message_id], ["channel", id]);
    same(Object.keys(await t.bot.copyMessage(archive, news, id)), ["message_id"]);
    is((await t.bot.forwardMessages(archive, news, [id])).length, 1);
  });
}
