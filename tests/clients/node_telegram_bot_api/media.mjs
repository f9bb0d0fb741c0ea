// Files, albums, and what has no file.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import TelegramBot from "node-telegram-bot-api";
import { album, entities, file, is, message, ok, photo, refused, same } from "../expect.mjs";
import { bytes, gif, mp3, mp4, ogg, png, webp } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, archive, colleague, news } from "../world.mjs";

const as = (filename, contentType) => ({ filename, contentType });

const picture = as("p.png", "image/png");

async function inFolder(act) {
  const folder = await mkdtemp(join(tmpdir(), "telegram-sim-"));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function media(t) {
  check(t, "a photo goes up by multipart, what is none is refused", async () => {
    const sent = await t.bot.sendPhoto(
      ann,
      png(),
      { caption: "*photo*", parse_mode: "Markdown" },
      picture,
    );
    photo(sent, { width: 3, height: 2, size: png().length });
    same(entities(sent), [["bold", "photo"]]);
    await t.refused(
      () => t.bot.sendPhoto(ann, bytes, {}, picture),
      400,
      "Bad Request: IMAGE_PROCESS_FAILED",
    );
  });

  check(
    t,
    "a document from a path or a buffer comes down byte for byte, and goes out again by its id",
    async () => {
      await inFolder(async (folder) => {
        await writeFile(join(folder, "ünï.bin"), bytes);
        const sent = await t.bot.sendDocument(
          ann,
          join(folder, "ünï.bin"),
          {},
          { contentType: "application/x-test" },
        );
        file(sent.document, bytes.length);
        same([sent.document.file_name, sent.document.mime_type], ["ünï.bin", "application/x-test"]);
        same(await readFile(await t.bot.downloadFile(sent.document.file_id, folder)), bytes);
        const again = await t.bot.sendDocument(news, sent.document.file_id, { caption: "again" });
        same(
          [again.document.file_unique_id, again.caption],
          [sent.document.file_unique_id, "again"],
        );
        const other = new TelegramBot(colleague.token, { baseApiUrl: t.sim.url });
        await t.refused(
          () => other.sendDocument(ann, sent.document.file_id),
          400,
          /^Bad Request: wrong (remote )?file identifier/,
        );
      });
    },
  );

  check(t, "every kind of file keeps what was told about it", async () => {
    const { video } = await t.bot.sendVideo(
      ann,
      mp4,
      { width: 640, height: 360, duration: 12 },
      as("v.mp4", "video/mp4"),
    );
    same([video.width, video.height, video.duration], [640, 360, 12]);
    const animated = await t.bot.sendAnimation(ann, gif, {}, as("a.gif", "image/gif"));
    ok(animated.animation && animated.document);
    const { audio } = await t.bot.sendAudio(
      ann,
      mp3,
      { performer: "Band", title: "Song", duration: 180 },
      as("a.mp3", "audio/mpeg"),
    );
    same([audio.performer, audio.title, audio.duration], ["Band", "Song", 180]);
    is(
      (await t.bot.sendVoice(ann, ogg, { duration: 5 }, as("v.ogg", "audio/ogg"))).voice.duration,
      5,
    );
  });

  check(t, "a video note is round, a WebP is a sticker", async () => {
    const { video_note } = await t.bot.sendVideoNote(
      ann,
      mp4,
      { length: 240, duration: 7 },
      as("n.mp4", "video/mp4"),
    );
    same([video_note.length, video_note.duration], [240, 7]);
    const { sticker } = await t.bot.sendSticker(ann, webp, {}, as("s.webp", "image/webp"));
    same([sticker.type, sticker.width, sticker.height], ["regular", 512, 512]);
  });

  check(t, "contact, place, venue and die", async () => {
    is((await t.bot.sendContact(ann, "+4930123456", "Ada")).contact.first_name, "Ada");
    const { location } = await t.bot.sendLocation(ann, 52.5, 13.4);
    ok(Math.abs(location.latitude - 52.5) < 1e-4 && Math.abs(location.longitude - 13.4) < 1e-4);
    const sent = await t.bot.sendVenue(ann, 52.5, 13.4, "Café", "Street 1");
    ok(sent.venue.title === "Café" && sent.location);
    const { dice } = await t.bot.sendDice(ann, { emoji: "🎳" });
    ok(dice.emoji === "🎳" && dice.value >= 1 && dice.value <= 6);
    is(await t.bot.sendChatAction(ann, "typing"), true);
  });

  check(t, "a person's photo arrives and comes down byte for byte", async () => {
    const id = await t.world.say(ann, "look", {
      media: { type: "photo", base64: bytes.toString("base64"), width: 800, height: 600 },
    });
    const it = await t.inbox.next("message", (each) => each.message_id === id);
    is(it.caption, "look");
    const { file_id } = photo(it, { width: 800, height: 600 });
    await inFolder(async (folder) =>
      same(await readFile(await t.bot.downloadFile(file_id, folder)), bytes),
    );
  });

  check(t, "photos and videos go out as one album, and a copied album stays one", async () => {
    const sent = await t.bot.sendMediaGroup(news, [
      { type: "photo", media: png(5, 5), caption: "first", fileOptions: picture },
      { type: "video", media: mp4, fileOptions: as("v.mp4", "video/mp4") },
      { type: "photo", media: png(7, 7), fileOptions: picture },
    ]);
    album(sent, ["photo", "video", "photo"]);
    same(
      sent.map((each) => each.caption),
      ["first", undefined, undefined],
    );
    album(
      await t.bot.sendMediaGroup(
        ann,
        [0, 2].map((i) => ({ type: "photo", media: sent[i].photo.at(-1).file_id })),
      ),
      ["photo", "photo"],
    );
    const copies = await t.bot.copyMessages(
      archive,
      news,
      sent.map((each) => each.message_id),
    );
    const seen = await Promise.all(copies.map((each) => t.world.message(archive, each.message_id)));
    ok(seen.length === 3 && seen[0].album && seen.every((each) => each.album === seen[0].album));
  });
}
