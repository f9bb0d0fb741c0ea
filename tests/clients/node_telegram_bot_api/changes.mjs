// Edits, deletions, copies.
import { is, message, ok, refused, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, archive, news } from "../world.mjs";

const as = (filename, contentType) => ({ filename, contentType });

export function changes(t) {
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
