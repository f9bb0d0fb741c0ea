// Files up and down, and their ids.
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bot, InputFile } from "grammy";
import { entities, file, is, message, ok, photo, same } from "../expect.mjs";
import { bytes, gif, mp3, mp4, ogg, png, webp } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, colleague, me, news } from "../world.mjs";

// As grammY's manual does it: the files plugin speaks https only.
async function load(t, found) {
  const down = await fetch(`${t.sim.url}/file/bot${me.token}/${found.file_path}`);
  return Buffer.from(await down.arrayBuffer());
}

export function media(t) {
  check(t, "a photo goes up with its caption and comes back in its sizes", async () => {
    const picture = png();
    const sent = await t.api.sendPhoto(ann, new InputFile(picture, "p.png"), {
      caption: "<b>look</b>",
      parse_mode: "HTML",
      has_spoiler: true,
    });
    message(sent, { chat: ann, from: me.id });
    photo(sent, { width: 3, height: 2, size: picture.length });
    is(sent.caption, "look");
    same(entities(sent), [["bold", "look"]]);
    is(sent.has_media_spoiler, true);
  });

  check(t, "what is no picture is refused as a photo", async () => {
    await t.refused(
      () => t.api.sendPhoto(ann, new InputFile(bytes, "p.png")),
      400,
      "Bad Request: IMAGE_PROCESS_FAILED",
    );
  });

  check(t, "a video keeps its size and length, and its caption may stand above", async () => {
    const sent = await t.api.sendVideo(ann, new InputFile(mp4, "v.mp4"), {
      width: 640,
      height: 360,
      duration: 12,
      supports_streaming: true,
      caption: "above",
      show_caption_above_media: true,
    });
    file(sent.video, mp4.length);
    same(
      [sent.video.width, sent.video.height, sent.video.duration, sent.video.mime_type],
      [640, 360, 12, "video/mp4"],
    );
    is(sent.show_caption_above_media, true);
  });

  check(t, "an animation is a document, too", async () => {
    const sent = await t.api.sendAnimation(ann, new InputFile(gif, "a.gif"));
    file(sent.animation);
    is(sent.document.file_unique_id, sent.animation.file_unique_id);
  });

  check(t, "music has a performer and a title, a voice note a length", async () => {
    const { audio } = await t.api.sendAudio(ann, new InputFile(mp3, "a.mp3"), {
      performer: "Band",
      title: "Song",
      duration: 180,
    });
    same(
      [audio.performer, audio.title, audio.duration, audio.file_size],
      ["Band", "Song", 180, mp3.length],
    );
    const { voice, caption } = await t.api.sendVoice(ann, new InputFile(ogg, "v.ogg"), {
      duration: 5,
      caption: "listen",
    });
    same([voice.duration, voice.file_size, caption], [5, ogg.length, "listen"]);
  });

  check(t, "a video note has a diameter and a length", async () => {
    const sent = await t.api.sendVideoNote(ann, new InputFile(mp4, "n.mp4"), {
      length: 240,
      duration: 7,
    });
    file(sent.video_note);
    same([sent.video_note.length, sent.video_note.duration], [240, 7]);
  });

  check(t, "a WebP goes out as a sticker", async () => {
    const { sticker } = await t.api.sendSticker(ann, new InputFile(webp, "s.webp"), {
      emoji: "😀",
    });
    file(sticker);
    same(
      [sticker.type, sticker.width, sticker.height, sticker.is_animated, sticker.is_video],
      ["regular", 512, 512, false, false],
    );
  });

  check(
    t,
    "a document from a stream goes up and comes down byte for byte, and again by its id",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "telegram-sim-"));
      try {
        await writeFile(join(folder, "in"), bytes);
        const sent = await t.api.sendDocument(
          ann,
          new InputFile(createReadStream(join(folder, "in")), "all ünï bytes.bin"),
        );
        file(sent.document, bytes.length);
        is(sent.document.file_name, "all ünï bytes.bin");
        const found = await t.api.getFile(sent.document.file_id);
        is(found.file_unique_id, sent.document.file_unique_id);
        is(found.file_size, bytes.length);
        same(await load(t, found), bytes);
        const again = await t.api.sendDocument(news, sent.document.file_id);
        is(again.document.file_unique_id, sent.document.file_unique_id);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  );

  check(
    t,
    "the id of a file is one bot's own and has a kind, its unique id is everybody's",
    async () => {
      const sent = await t.api.sendPhoto(news, new InputFile(png(4, 4), "p.png"));
      const { file_id, file_unique_id } = sent.photo.at(-1);
      await t.refused(
        () => t.api.sendVideo(ann, file_id),
        400,
        "Bad Request: can't use file of type Photo as Video",
      );
      await t.refused(
        () => t.api.sendPhoto(ann, "no-such-id"),
        400,
        /^Bad Request: wrong (remote )?file identifier/,
      );
      await t.refused(() => t.api.getFile("no-such-id"), 400, /^Bad Request: invalid file_id/);
      const other = new Bot(colleague.token, { client: { apiRoot: t.sim.url } });
      await t.refused(
        () => other.api.sendPhoto(ann, file_id),
        400,
        /^Bad Request: wrong (remote )?file identifier/,
      );
      const copy = await other.api.forwardMessage(ann, news, sent.message_id);
      is(copy.photo.at(-1).file_unique_id, file_unique_id);
      ok(copy.photo.at(-1).file_id !== file_id);
      is(
        (await other.api.sendPhoto(ann, copy.photo.at(-1).file_id)).photo.at(-1).file_unique_id,
        file_unique_id,
      );
    },
  );

  for (const [kind, more, proof] of [
    [
      "photo",
      { base64: bytes.toString("base64"), width: 800, height: 600 },
      (it) => same([it.at(-1).width, it.at(-1).height], [800, 600]),
    ],
    [
      "video",
      { text: "v", width: 640, height: 360, duration: 4 },
      (it) => same([it.width, it.duration], [640, 4]),
    ],
    ["voice", { text: "v", duration: 9 }, (it) => is(it.duration, 9)],
    ["document", { text: "d", file_name: "d.txt" }, (it) => is(it.file_name, "d.txt")],
  ]) {
    check(t, `a person's ${kind} arrives with its caption and can be loaded`, async () => {
      const id = await t.world.say(ann, "mine", { media: { type: kind, ...more } });
      const ctx = await t.inbox.next("message", (it) => it.message_id === id);
      is(ctx.msg.caption, "mine");
      proof(ctx.msg[kind]);
      same(await load(t, await ctx.getFile()), more.base64 ? bytes : Buffer.from(more.text));
    });
  }

  check(t, "a caption of more than 1024 characters is refused", async () => {
    await t.refused(
      () => t.api.sendPhoto(ann, new InputFile(png(), "p.png"), { caption: "x".repeat(1025) }),
      400,
      "Bad Request: message caption is too long",
    );
  });
}
