// Media that belong together.
import { InputFile, InputMediaBuilder } from "grammy";
import { album, entities, is, message, ok, photo, same } from "../expect.mjs";
import { bytes, mp3, mp4, png } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, archive, news } from "../world.mjs";

const picture = (size = 3) => new InputFile(png(size, size), `${size}.png`);

export function albums(t) {
  check(t, "photos and videos go out as one album, in order, each with its caption", async () => {
    const sent = await t.api.sendMediaGroup(ann, [
      InputMediaBuilder.photo(picture(5), { caption: "*first*", parse_mode: "MarkdownV2" }),
      InputMediaBuilder.video(new InputFile(mp4, "v.mp4"), {
        width: 640,
        height: 360,
        duration: 3,
        caption: "second",
      }),
      InputMediaBuilder.photo(picture(7)),
    ]);
    album(sent, ["photo", "video", "photo"]);
    same(
      sent.map((each) => each.caption),
      ["first", "second", undefined],
    );
    same(entities(sent[0]), [["bold", "first"]]);
    same([sent[0].photo.at(-1).width, sent[2].photo.at(-1).width], [5, 7]);
  });

  check(
    t,
    "an album takes ids of files beside new ones, music with music, documents with documents",
    async () => {
      const known = (await t.api.sendPhoto(ann, picture(9))).photo.at(-1);
      const sent = await t.api.sendMediaGroup(news, [
        InputMediaBuilder.photo(known.file_id),
        InputMediaBuilder.photo(picture(8)),
      ]);
      album(sent, ["photo", "photo"]);
      is(sent[0].photo.at(-1).file_unique_id, known.file_unique_id);
      album(
        await t.api.sendMediaGroup(
          ann,
          ["a", "b"].map((name) => InputMediaBuilder.audio(new InputFile(mp3, `${name}.mp3`))),
        ),
        ["audio", "audio"],
      );
      album(
        await t.api.sendMediaGroup(
          ann,
          ["a", "b"].map((name) => InputMediaBuilder.document(new InputFile(bytes, name))),
        ),
        ["document", "document"],
      );
    },
  );

  check(
    t,
    "an album of kinds that do not go together, or of more than ten, is refused",
    async () => {
      const mixed = [
        InputMediaBuilder.photo(picture()),
        InputMediaBuilder.document(new InputFile(bytes, "d")),
      ];
      await t.refused(() => t.api.sendMediaGroup(ann, mixed), 400, /^Bad Request: /);
      const many = Array.from({ length: 11 }, () => InputMediaBuilder.photo(picture()));
      await t.refused(() => t.api.sendMediaGroup(ann, many), 400, /^Bad Request: /);
    },
  );

  check(t, "a person's album arrives as messages that share a group", async () => {
    const media = { type: "photo", base64: png(6, 6).toString("base64"), width: 6, height: 6 };
    const ids = [];
    for (const text of ["one", ""])
      ids.push(await t.world.say(ann, text, { album: "holiday", media }));
    const parts = [];
    for (const id of ids)
      parts.push((await t.inbox.next("message", (it) => it.message_id === id)).msg);
    album(parts, ["photo", "photo"]);
    is(parts[0].caption, "one");
  });

  check(t, "a copied album stays an album", async () => {
    const sent = await t.api.sendMediaGroup(news, [
      InputMediaBuilder.photo(picture(3), { caption: "c" }),
      InputMediaBuilder.photo(picture(4)),
    ]);
    const copies = await t.api.copyMessages(
      archive,
      news,
      sent.map((each) => each.message_id),
    );
    is(copies.length, 2);
    const seen = await Promise.all(copies.map((each) => t.world.message(archive, each.message_id)));
    ok(seen[0].album && seen[0].album === seen[1].album);
    same(
      seen.map((each) => each.text),
      ["c", ""],
    );
  });
}
