// Albums, edits, deletions, copies.
import { Input, Markup } from "telegraf";
import { album, buttons, entities, is, ok, photo, same } from "../expect.mjs";
import { bytes, mp3, mp4, png } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, archive, news } from "../world.mjs";

const picture = (size = 3) => Input.fromBuffer(png(size, size), `${size}.png`);

export function changes(t) {
  check(t, "photos and videos go out as one album, in order, each with its caption", async () => {
    const sent = await t.api.sendMediaGroup(ann, [
      { type: "photo", media: picture(5), caption: "<b>first</b>", parse_mode: "HTML" },
      {
        type: "video",
        media: Input.fromBuffer(mp4, "v.mp4"),
        caption: "second",
        width: 640,
        height: 360,
      },
      { type: "photo", media: picture(7) },
    ]);
    album(sent, ["photo", "video", "photo"]);
    same(
      sent.map((each) => each.caption),
      ["first", "second", undefined],
    );
    same(entities(sent[0]), [["bold", "first"]]);
    is(sent[2].photo.at(-1).width, 7);
  });

  check(
    t,
    "an album takes ids of files, music, documents; not eleven and not a mixture",
    async () => {
      const known = (await t.api.sendPhoto(ann, picture(9))).photo.at(-1).file_id;
      const byId = { type: "photo", media: known };
      album(await t.api.sendMediaGroup(news, [byId, byId]), ["photo", "photo"]);
      album(
        await t.api.sendMediaGroup(
          ann,
          ["a", "b"].map((name) => ({
            type: "audio",
            media: Input.fromBuffer(mp3, `${name}.mp3`),
          })),
        ),
        ["audio", "audio"],
      );
      const document = { type: "document", media: Input.fromBuffer(bytes, "d") };
      album(await t.api.sendMediaGroup(ann, [document, document]), ["document", "document"]);
      await t.refused(() => t.api.sendMediaGroup(ann, [byId, document]), 400, /^Bad Request: /);
      await t.refused(() => t.api.sendMediaGroup(ann, Array(11).fill(byId)), 400, /^Bad Request: /);
    },
  );

  check(t, "text, caption, media and keyboard are edited", async () => {
    const text = await t.api.sendMessage(ann, "draft");
    const edited = await t.api.editMessageText(ann, text.message_id, undefined, "final");
    ok(edited.text === "final" && edited.edit_date >= edited.date);
    await t.refused(
      () => t.api.editMessageText(ann, text.message_id, undefined, "final"),
      400,
      /^Bad Request: message is not modified/,
    );
    const { message_id } = await t.api.sendPhoto(ann, picture(), { caption: "one" });
    is((await t.api.editMessageCaption(ann, message_id, undefined, "two")).caption, "two");
    const other = await t.api.editMessageMedia(ann, message_id, undefined, {
      type: "photo",
      media: picture(9),
      caption: "three",
    });
    photo(other, { width: 9, height: 9 });
    is(other.caption, "three");
    const keyed = await t.api.editMessageReplyMarkup(
      ann,
      message_id,
      undefined,
      Markup.inlineKeyboard([Markup.button.callback("A", "a")]).reply_markup,
    );
    same(buttons(keyed), [[["A", "a"]]]);
    is(keyed.caption, "three");
    await t.refused(
      () => t.api.editMessageText(ann, 999_999, undefined, "x"),
      400,
      "Bad Request: message to edit not found",
    );
  });

  check(t, "a person's edit arrives as such", async () => {
    const id = await t.world.say(ann, "tpyo");
    await t.world.edit(ann, id, { text: "typo" });
    const { editedMessage } = await t.inbox.next("edited_message", (it) => it.message_id === id);
    ok(editedMessage.text === "typo" && editedMessage.edit_date);
  });

  check(t, "one and many are deleted; what is not there is told for one only", async () => {
    const ids = [];
    for (const text of ["1", "2", "3"]) ids.push((await t.api.sendMessage(ann, text)).message_id);
    is(await t.api.deleteMessage(ann, ids[0]), true);
    await t.refused(
      () => t.api.deleteMessage(ann, ids[0]),
      400,
      "Bad Request: message to delete not found",
    );
    is(await t.api.deleteMessages(ann, ids), true);
    for (const id of ids) ok((await t.world.message(ann, id)).deleted);
  });

  check(t, "a forward has its origin, a copy has none", async () => {
    const id = await t.world.say(news, "original");
    const { forward_origin: origin } = await t.api.forwardMessage(ann, news, id);
    same([origin.type, origin.chat.id, origin.message_id], ["channel", news, id]);
    const copy = await t.api.copyMessage(archive, news, id);
    same(Object.keys(copy), ["message_id"]);
    is((await t.world.message(archive, copy.message_id)).forwarded, undefined);
    const second = await t.world.say(news, "more");
    is((await t.api.copyMessages(archive, news, [id, second])).length, 2);
    is((await t.api.forwardMessages(archive, news, [id, second])).length, 2);
  });

  check(t, "an album is copied as an album", async () => {
    const sent = await t.api.sendMediaGroup(news, [
      { type: "photo", media: picture(3), caption: "c" },
      { type: "photo", media: picture(4) },
    ]);
    const copies = await t.api.copyMessages(
      archive,
      news,
      sent.map((each) => each.message_id),
    );
    const seen = await Promise.all(copies.map((each) => t.world.message(archive, each.message_id)));
    ok(seen.length === 2 && seen[0].album && seen[0].album === seen[1].album);
  });
}
