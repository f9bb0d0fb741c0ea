// Channel posts, copies and forwards.
import { InlineKeyboard, InputFile } from "grammy";
import { is, message, ok, same } from "../expect.mjs";
import { png } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, archive, me, news } from "../world.mjs";

const picture = (size = 3) => new InputFile(png(size, size), `${size}.png`);

export function copies(t) {
  check(t, "a channel post and its edit arrive from the channel itself", async () => {
    const id = await t.world.say(news, "post");
    const ctx = await t.inbox.next("channel_post", (it) => it.message_id === id);
    same(
      [ctx.channelPost.sender_chat.username, ctx.channelPost.from, ctx.chat.type],
      ["news", undefined, "channel"],
    );
    await t.world.edit(news, id, { text: "better" });
    is(
      (await t.inbox.next("edited_channel_post", (it) => it.message_id === id)).editedChannelPost
        .text,
      "better",
    );
  });

  check(t, "a forward names its origin: a channel and its message, or a person", async () => {
    const id = await t.world.say(news, "original");
    const forward = await t.api.forwardMessage(ann, "@news", id);
    message(forward, { chat: ann, from: me.id, text: "original" });
    const { forward_origin: origin } = forward;
    same([origin.type, origin.chat.id, origin.message_id], ["channel", news, id]);
    ok(origin.date <= forward.date);
    const words = await t.world.say(ann, "my words");
    const other = await t.api.forwardMessage(archive, ann, words);
    same([other.forward_origin.type, other.forward_origin.sender_user.id], ["user", ann]);
  });

  check(
    t,
    "a copy has no origin, keeps its marks, and may get another caption and keys",
    async () => {
      const post = await t.api.sendPhoto(news, picture(), {
        caption: "<b>bold</b>",
        parse_mode: "HTML",
      });
      same(Object.keys(await t.api.copyMessage(archive, news, post.message_id)), ["message_id"]);
      const copy = await t.api.copyMessage(ann, news, post.message_id, {
        caption: "other",
        reply_markup: new InlineKeyboard().text("k", "d"),
      });
      const seen = await t.world.message(ann, copy.message_id);
      same([seen.text, seen.forwarded], ["other", undefined]);
    },
  );

  check(
    t,
    "many are copied and forwarded in their order; what is not there is left out",
    async () => {
      const ids = [];
      for (const text of ["m1", "m2", "m3"]) ids.push(await t.world.say(news, text));
      const copies = await t.api.copyMessages(archive, news, [...ids, 999_999]);
      const texts = await Promise.all(
        copies.map(async (each) => (await t.world.message(archive, each.message_id)).text),
      );
      same(texts, ["m1", "m2", "m3"]);
      is((await t.api.forwardMessages(archive, news, ids)).length, 3);
      await t.refused(
        () => t.api.forwardMessages(archive, news, [ids[1], ids[0]]),
        400,
        /strictly increasing/,
      );
      await t.refused(
        () => t.api.copyMessage(ann, news, 999_999),
        400,
        "Bad Request: message to copy not found",
      );
      await t.refused(
        () => t.api.forwardMessage(ann, news, 999_999),
        400,
        "Bad Request: message to forward not found",
      );
    },
  );
}
