// Files and what has none.
import { Format, Input, Telegraf } from "telegraf";
import { entities, file, is, message, ok, photo, refused, same } from "../expect.mjs";
import { bytes, gif, mp3, mp4, ogg, png, webp } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, archive, bob, colleague, kitchen, me, news, talk } from "../world.mjs";

const { bold, code, fmt, italic, link, mention, pre, quote, spoiler } = Format;

export function media(t) {
  check(
    t,
    "a photo from a buffer, a document from a local file, and both again by their ids",
    async () => {
      const picture = png(4, 3);
      const sent = await t.api.sendPhoto(ann, Input.fromBuffer(picture, "p.png"), {
        caption: fmt`${bold("look")} here`,
        has_spoiler: true,
      });
      const { file_id } = photo(sent, { width: 4, height: 3, size: picture.length });
      same(
        [sent.caption, entities(sent), sent.has_media_spoiler],
        ["look here", [["bold", "look"]], true],
      );
      const again = await t.api.sendPhoto(news, Input.fromFileId(file_id));
      is(again.photo.at(-1).file_unique_id, sent.photo.at(-1).file_unique_id);
      const local = await t.api.sendDocument(ann, Input.fromLocalFile(process.argv[1], "test.mjs"));
      file(local.document);
      is(local.document.file_name, "test.mjs");
    },
  );

  check(t, "every kind of file keeps what was told about it", async () => {
    const up = (data, name) => Input.fromBuffer(data, name);
    const { video } = await t.api.sendVideo(ann, up(mp4, "v.mp4"), {
      width: 640,
      height: 360,
      duration: 12,
    });
    same([video.width, video.height, video.duration, video.file_size], [640, 360, 12, mp4.length]);
    const animated = await t.api.sendAnimation(ann, up(gif, "a.gif"));
    ok(animated.animation && animated.document);
    const { audio } = await t.api.sendAudio(ann, up(mp3, "a.mp3"), {
      performer: "Band",
      title: "Song",
      duration: 180,
    });
    same([audio.performer, audio.title, audio.duration], ["Band", "Song", 180]);
    const { voice } = await t.api.sendVoice(ann, up(ogg, "v.ogg"), { duration: 5 });
    is(voice.duration, 5);
  });

  check(t, "a video note is round, a WebP is a sticker", async () => {
    const { video_note } = await t.api.sendVideoNote(ann, Input.fromBuffer(mp4, "n.mp4"), {
      length: 240,
      duration: 7,
    });
    same([video_note.length, video_note.duration], [240, 7]);
    const { sticker } = await t.api.sendSticker(ann, Input.fromBuffer(webp, "s.webp"));
    same(
      [sticker.type, sticker.width, sticker.height, sticker.is_animated],
      ["regular", 512, 512, false],
    );
    const again = await t.api.sendSticker(talk, sticker.file_id);
    is(again.sticker.file_unique_id, sticker.file_unique_id);
  });

  check(t, "a file comes down byte for byte by its link", async () => {
    const { document } = await t.api.sendDocument(ann, Input.fromBuffer(bytes, "b.bin"));
    const down = await fetch(await t.api.getFileLink(document.file_id));
    same(Buffer.from(await down.arrayBuffer()), bytes);
    await t.refused(() => t.api.getFile("no-such-id"), 400, /^Bad Request: invalid file_id/);
    const other = new Telegraf(colleague.token, { telegram: { apiRoot: t.sim.url } });
    await t.refused(
      () => other.telegram.sendDocument(ann, document.file_id),
      400,
      /^Bad Request: wrong (remote )?file identifier/,
    );
    await t.refused(
      () => t.api.sendPhoto(ann, document.file_id),
      400,
      "Bad Request: can't use file of type Document as Photo",
    );
  });

  check(t, "a person's media arrive with the fields of their kind", async () => {
    const given = [
      ["photo", { base64: png().toString("base64"), width: 800, height: 600 }],
      ["video", { text: "v", duration: 4 }],
      ["audio", { text: "a", title: "Song", performer: "Band" }],
      ["document", { text: "d", file_name: "d.txt" }],
    ];
    for (const [type, more] of given) {
      const id = await t.world.say(ann, `my ${type}`, { media: { type, ...more } });
      const { message: it } = await t.inbox.next("message", (each) => each.message_id === id);
      ok(it[type], type);
      is(it.caption, `my ${type}`);
    }
  });

  check(t, "contact, place, venue and die", async () => {
    const { contact } = await t.api.sendContact(ann, "+4930123456", "Ada", { last_name: "Byron" });
    same([contact.first_name, contact.last_name], ["Ada", "Byron"]);
    const { location } = await t.api.sendLocation(ann, 52.5, 13.4);
    ok(Math.abs(location.latitude - 52.5) < 1e-4 && Math.abs(location.longitude - 13.4) < 1e-4);
    const sent = await t.api.sendVenue(ann, 52.5, 13.4, "Café", "Street 1");
    ok(sent.venue.title === "Café" && sent.venue.address === "Street 1" && sent.location);
    const { dice } = await t.api.sendDice(ann, { emoji: "🎯" });
    ok(dice.emoji === "🎯" && dice.value >= 1 && dice.value <= 6);
    is(await t.api.sendChatAction(ann, "typing"), true);
  });

  check(t, "a post of a channel arrives from the channel, and so does its edit", async () => {
    const id = await t.world.say(news, "post");
    const { channelPost } = await t.inbox.next("channel_post", (it) => it.message_id === id);
    same(
      [channelPost.sender_chat.id, channelPost.from, channelPost.chat.username],
      [news, undefined, "news"],
    );
    await t.world.edit(news, id, { text: "better" });
    is(
      (await t.inbox.next("edited_channel_post", (it) => it.message_id === id)).editedChannelPost
        .text,
      "better",
    );
    await t.world.say(kitchen, `/start@${me.username}`, { from: bob });
    const { message: it } = await t.inbox.next(
      "message",
      (each) => each.chat.id === kitchen && each.text,
    );
    same([it.from.id, it.chat.type], [bob, "group"]);
  });

  check(t, "a protected message is not forwarded", async () => {
    const sent = await t.api.sendMessage(ann, "secret", { protect_content: true });
    is(sent.has_protected_content, true);
    await t.refused(
      () => t.api.forwardMessage(archive, ann, sent.message_id),
      400,
      /^Bad Request: /,
    );
  });
}
