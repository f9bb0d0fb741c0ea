// Edits and deletions.
import { InlineKeyboard, InputFile, InputMediaBuilder } from "grammy";
import { buttons, entities, is, message, ok, photo, same } from "../expect.mjs";
import { bytes, gif, mp4, png } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann, kitchen, me, talk } from "../world.mjs";

const picture = (size = 3) => new InputFile(png(size, size), `${size}.png`);

export function edits(t) {
  check(t, "a text is edited and says when; the same again is refused", async () => {
    const sent = await t.api.sendMessage(ann, "draft");
    const edited = await t.api.editMessageText(ann, sent.message_id, "<i>final</i>", {
      parse_mode: "HTML",
    });
    same([edited.text, edited.message_id], ["final", sent.message_id]);
    ok(edited.edit_date >= edited.date);
    await t.refused(
      () => t.api.editMessageText(ann, sent.message_id, "<i>final</i>", { parse_mode: "HTML" }),
      400,
      /^Bad Request: message is not modified/,
    );
  });

  check(t, "a caption is edited, and removed", async () => {
    const sent = await t.api.sendPhoto(ann, picture(), { caption: "one" });
    const edited = await t.api.editMessageCaption(ann, sent.message_id, {
      caption: "*two*",
      parse_mode: "Markdown",
    });
    same([edited.caption, entities(edited)], ["two", [["bold", "two"]]]);
    is((await t.api.editMessageCaption(ann, sent.message_id)).caption, undefined);
    const text = await t.api.sendMessage(ann, "text");
    await t.refused(
      () => t.api.editMessageCaption(ann, text.message_id, { caption: "x" }),
      400,
      "Bad Request: there is no caption in the message to edit",
    );
  });

  check(t, "a photo becomes another photo, a video, a document and an animation", async () => {
    const { message_id } = await t.api.sendPhoto(ann, picture(), { caption: "gone" });
    const other = await t.api.editMessageMedia(
      ann,
      message_id,
      InputMediaBuilder.photo(picture(9)),
    );
    photo(other, { width: 9, height: 9 });
    is(other.caption, undefined, "the caption belongs to the media");
    const video = await t.api.editMessageMedia(
      ann,
      message_id,
      InputMediaBuilder.video(new InputFile(mp4, "v.mp4"), { caption: "moves" }),
    );
    ok(video.video && !video.photo);
    is(video.caption, "moves");
    is(
      (
        await t.api.editMessageMedia(
          ann,
          message_id,
          InputMediaBuilder.document(new InputFile(bytes, "d.bin")),
        )
      ).document.file_name,
      "d.bin",
    );
    ok(
      (
        await t.api.editMessageMedia(
          ann,
          message_id,
          InputMediaBuilder.animation(new InputFile(gif, "a.gif")),
        )
      ).animation,
    );
  });

  check(t, "a keyboard is put on, changed and taken off", async () => {
    const { message_id } = await t.api.sendMessage(ann, "keys");
    const on = await t.api.editMessageReplyMarkup(ann, message_id, {
      reply_markup: new InlineKeyboard().text("A", "a").row().url("B", "https://example.org/"),
    });
    same(buttons(on), [[["A", "a"]], [["B", "https://example.org/"]]]);
    is(on.text, "keys");
    is((await t.api.editMessageReplyMarkup(ann, message_id)).reply_markup, undefined);
  });

  check(t, "a person's edit arrives as such", async () => {
    const id = await t.world.say(ann, "tpyo");
    await t.world.edit(ann, id, { text: "typo" });
    const ctx = await t.inbox.next("edited_message", (it) => it.message_id === id);
    is(ctx.editedMessage.text, "typo");
    ok(ctx.editedMessage.edit_date >= ctx.editedMessage.date);
  });

  check(t, "what is not there or not the bot's own is not edited", async () => {
    await t.refused(
      () => t.api.editMessageText(ann, 999_999, "x"),
      400,
      "Bad Request: message to edit not found",
    );
    const id = await t.world.say(ann, "mine");
    await t.refused(
      () => t.api.editMessageText(ann, id, "x"),
      400,
      "Bad Request: message can't be edited",
    );
    const forward = await t.api.forwardMessage(ann, ann, id);
    await t.refused(
      () => t.api.editMessageText(ann, forward.message_id, "x"),
      400,
      "Bad Request: message can't be edited",
    );
  });
}

export function deletions(t) {
  check(t, "a message is deleted once", async () => {
    const { message_id } = await t.api.sendMessage(ann, "gone");
    is(await t.api.deleteMessage(ann, message_id), true);
    is((await t.world.message(ann, message_id)).deleted.cause.actor, me.id);
    await t.refused(
      () => t.api.deleteMessage(ann, message_id),
      400,
      "Bad Request: message to delete not found",
    );
  });

  check(t, "many are deleted at once, and those that are not there do not matter", async () => {
    const ids = [];
    for (const text of ["1", "2"]) ids.push((await t.api.sendMessage(ann, text)).message_id);
    is(await t.api.deleteMessages(ann, [...ids, 999_999]), true);
    for (const id of ids) ok((await t.world.message(ann, id)).deleted);
  });

  check(t, "an administrator deletes what others wrote, a plain member does not", async () => {
    const there = await t.world.say(talk, "rude", { from: "ann" });
    is(await t.api.deleteMessage(talk, there), true);
    const id = await t.world.say(kitchen, "/mine", { from: "ann" });
    const { msg } = await t.inbox.next("message", (it) => it.text === "/mine");
    await t.refused(
      () => t.api.deleteMessage(kitchen, msg.message_id),
      400,
      "Bad Request: message can't be deleted",
    );
    ok(!(await t.world.message(kitchen, id)).deleted);
  });
}
