// Files, albums, and what has no file.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import TelegramBot from "node-telegram-bot-api";
import { entities, file, is, message, ok, photo, refused, same } from "../expect.mjs";
import { bytes, gif, mp3, mp4, ogg, png } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, colleague, news } from "../world.mjs";

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
}
