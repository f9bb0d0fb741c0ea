// node-telegram-bot-api (the classic line) by long polling: another generation of client, with
// query strings, forms and multipart bodies where grammY sends JSON.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import TelegramBot from "node-telegram-bot-api";
import { ann, bytes, channel, png, privateMessages, promised, say, smallWorld, startSim, token } from "./sim.mjs";

let sim;
let bot;

const next = (event) => {
  const one = promised(event);
  bot.once(event, one.deliver);
  return one.value;
};

before(async () => {
  sim = await startSim();
  await smallWorld(sim);
  bot = new TelegramBot(token, { baseApiUrl: sim.url, polling: { params: { timeout: 3 } } });
  bot.on("polling_error", (why) => assert.fail(`polling: ${why.message}`));
  assert.equal((await bot.getMe()).username, "client_bot");
});

after(async () => {
  await bot.stopPolling(); // after the poll that is under way: it does not end a cancelled one
  await sim.stop();
});

test("a person's text arrives and is answered", async () => {
  const arrived = next("text");
  await say(sim, "/hello #tag");
  let message = await arrived;
  if (message.text === "/start") message = await next("text");
  assert.equal(message.text, "/hello #tag");
  assert.deepEqual(message.entities.map((each) => each.type), ["bot_command", "hashtag"]);
  const sent = await bot.sendMessage(message.chat.id, "*hi* & <there> 😀", {
    parse_mode: "Markdown",
    disable_web_page_preview: true,
    reply_to_message_id: message.message_id,
  });
  assert.equal(sent.text, "hi & <there> 😀");
  assert.deepEqual(sent.entities, [{ type: "bold", offset: 0, length: 2 }]);
  assert.equal(sent.reply_to_message.text, "/hello #tag");
});

test("entities as an option are kept", async () => {
  const sent = await bot.sendMessage(ann, "spoiler", { entities: [{ type: "spoiler", offset: 0, length: 7 }] });
  assert.equal(sent.entities[0].type, "spoiler");
});

test("a photo and a document go up by multipart and come down byte for byte", async () => {
  const picture = png();
  const photo = await bot.sendPhoto(ann, picture, { caption: "photo" }, { filename: "p.png", contentType: "image/png" });
  assert.equal(photo.caption, "photo");
  const { width, height, file_size } = photo.photo.at(-1);
  assert.deepEqual({ width, height, file_size }, { width: 3, height: 2, file_size: picture.length });
  await assert.rejects(bot.sendPhoto(ann, bytes, {}, { filename: "p.png", contentType: "image/png" }), /IMAGE_PROCESS_FAILED/);
  const document = await bot.sendDocument(ann, bytes, {}, { filename: "ünï.bin", contentType: "application/x-test" });
  assert.equal(document.document.file_name, "ünï.bin");
  assert.equal(document.document.mime_type, "application/x-test");

  const folder = await mkdtemp(join(tmpdir(), "telegram-sim-"));
  try {
    const path = await bot.downloadFile(document.document.file_id, folder);
    assert.deepEqual(await readFile(path), bytes);
  } finally {
    await rm(folder, { recursive: true });
  }
  const again = await bot.sendDocument(channel, document.document.file_id, { caption: "again" });
  assert.equal(again.document.file_unique_id, document.document.file_unique_id);
});

test("own messages are edited and deleted, captions too", async () => {
  const sent = await bot.sendMessage(ann, "draft");
  const where = { chat_id: ann, message_id: sent.message_id };
  assert.equal((await bot.editMessageText("final", where)).text, "final");
  assert.equal(await bot.deleteMessage(ann, sent.message_id), true);
  const photo = await bot.sendPhoto(ann, png(), { caption: "one" }, { filename: "p.png", contentType: "image/png" });
  const edited = await bot.editMessageCaption("two", { chat_id: ann, message_id: photo.message_id });
  assert.equal(edited.caption, "two");
  const history = (await privateMessages(sim)).find((each) => each.message_id === sent.message_id);
  assert.equal(history.deleted.cause.actor, 7001);
});

test("channel posts arrive, edited ones too", async () => {
  const posted = next("channel_post");
  const { message_id } = await sim.post(`chats/${channel}/messages`, { text: "post" });
  assert.equal((await posted).message_id, message_id);
  const changed = next("edited_channel_post");
  await sim.put(`chats/${channel}/messages/${message_id}`, { text: "better" });
  assert.equal((await changed).text, "better");
  assert.equal((await bot.forwardMessage(ann, channel, message_id)).forward_origin.message_id, message_id);
});

test("a 429 says how long to wait in its body", async () => {
  await sim.post("faults", { kind: "flood", method: "sendMessage", times: 1, retry_after: 1 });
  await assert.rejects(bot.sendMessage(ann, "x"), (why) => {
    assert.equal(why.response.statusCode, 429);
    assert.equal(why.response.body.parameters.retry_after, 1);
    assert.equal(why.response.headers["retry-after"], "1");
    return true;
  });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await bot.sendMessage(ann, "x");
  assert.equal((await sim.get("stats")).before_wait_over, 0);
});

test("chats and members are described", async () => {
  assert.equal((await bot.getChat("@news")).title, "News");
  const self = await bot.getChatMember(channel, 7001);
  assert.equal(self.status, "administrator");
  assert.equal(self.can_post_messages, true);
});
