// grammY by long polling. What is expected is written from https://core.telegram.org/bots/api.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { autoRetry } from "@grammyjs/auto-retry";
import { Bot, GrammyError, InputFile } from "grammy";
import { ann, bytes, channel, privateMessages, promised, say, smallWorld, startSim, token } from "./sim.mjs";

let sim;
let bot;
let running;
let waiting = new Map(); // kind of update -> who waits for the next one

const next = (kind) => {
  const one = promised(kind);
  waiting.set(kind, one.deliver);
  return one.value;
};

before(async () => {
  sim = await startSim();
  await smallWorld(sim);
  bot = new Bot(token, { client: { apiRoot: sim.url } });
  for (const kind of ["message", "edited_message", "channel_post", "edited_channel_post", "my_chat_member"]) {
    bot.on(kind, (ctx) => waiting.get(kind)?.(ctx));
  }
  await bot.api.setMyCommands([{ command: "start", description: "begins" }]);
  const started = promised("the start of polling");
  running = bot.start({ drop_pending_updates: true, onStart: started.deliver });
  const me = await started.value;
  assert.equal(me.username, "client_bot");
  assert.equal(me.is_bot, true);
  assert.equal(me.can_read_all_group_messages, false);
});

after(async () => {
  await bot.stop();
  await running;
  await sim.stop();
});

test("a person's text arrives with its entities and is answered with entities", async () => {
  const arrived = next("message");
  await say(sim, "see https://example.org now");
  const ctx = await arrived;
  assert.equal(ctx.from.id, ann);
  assert.equal(ctx.chat.type, "private");
  assert.equal(ctx.chat.first_name, "Ann");
  const url = ctx.message.entities.find((each) => each.type === "url");
  assert.equal(ctx.message.text.substr(url.offset, url.length), "https://example.org");

  const sent = await ctx.reply("<b>жирный 😀</b> and <code>code</code>", {
    parse_mode: "HTML",
    reply_parameters: { message_id: ctx.message.message_id },
  });
  assert.equal(sent.text, "жирный 😀 and code");
  // Offsets count UTF-16 code units, as JavaScript does.
  assert.deepEqual(
    sent.entities.map((each) => [each.type, sent.text.substr(each.offset, each.length)]),
    [["bold", "жирный 😀"], ["code", "code"]],
  );
  assert.equal(sent.reply_to_message.message_id, ctx.message.message_id);
  assert.equal(sent.from.username, "client_bot");
  const seen = (await privateMessages(sim)).at(-1);
  assert.equal(seen.text, sent.text);
  assert.equal(seen.cause.kind, "bot_method");
  assert.equal(seen.sender, 7001);
});

test("entities given apart from the text are kept", async () => {
  const sent = await bot.api.sendMessage(ann, "one two", {
    entities: [{ type: "text_link", offset: 4, length: 3, url: "https://example.org/" }],
    link_preview_options: { is_disabled: true },
  });
  assert.deepEqual(sent.entities, [{ type: "text_link", offset: 4, length: 3, url: "https://example.org/" }]);
  assert.equal(sent.link_preview_options.is_disabled, true);
});

test("a document goes up and comes down byte for byte, and again by its id", async () => {
  const sent = await bot.api.sendDocument(ann, new InputFile(bytes, "all bytes.bin"), { caption: "*up*", parse_mode: "MarkdownV2" });
  assert.equal(sent.document.file_name, "all bytes.bin");
  assert.equal(sent.document.file_size, bytes.length);
  assert.equal(sent.caption, "up");
  assert.equal(sent.caption_entities[0].type, "bold");

  const file = await bot.api.getFile(sent.document.file_id);
  assert.equal(file.file_unique_id, sent.document.file_unique_id);
  const down = await fetch(`${sim.url}/file/bot${token}/${file.file_path}`);
  assert.deepEqual(Buffer.from(await down.arrayBuffer()), bytes);

  const again = await bot.api.sendDocument(channel, sent.document.file_id);
  assert.equal(again.document.file_unique_id, sent.document.file_unique_id);
  assert.equal(again.chat.id, channel);
});

test("a person's photo comes down byte for byte", async () => {
  const arrived = next("message");
  await say(sim, "look", { media: { type: "photo", base64: bytes.toString("base64"), width: 800, height: 600 } });
  const ctx = await arrived;
  assert.equal(ctx.message.caption, "look");
  const largest = ctx.message.photo.at(-1);
  assert.equal(largest.width, 800);
  const file = await ctx.getFile();
  assert.equal(file.file_id, largest.file_id);
  const down = await fetch(`${sim.url}/file/bot${token}/${file.file_path}`);
  assert.deepEqual(Buffer.from(await down.arrayBuffer()), bytes);
});

test("own messages are edited and deleted", async () => {
  const sent = await bot.api.sendMessage(ann, "draft");
  const edited = await bot.api.editMessageText(ann, sent.message_id, "final");
  assert.equal(edited.text, "final");
  assert.ok(edited.edit_date >= edited.date);
  await assert.rejects(bot.api.editMessageText(ann, sent.message_id, "final"), (why) => {
    assert.ok(why instanceof GrammyError);
    assert.equal(why.error_code, 400);
    assert.match(why.description, /^Bad Request: message is not modified/);
    return true;
  });
  assert.equal(await bot.api.deleteMessage(ann, sent.message_id), true);
  const history = (await privateMessages(sim)).find((each) => each.text === "final");
  assert.equal(history.earlier[0].text, "draft");
  assert.equal(history.deleted.cause.actor, 7001);
});

test("channel posts and their edits arrive and are copied and forwarded", async () => {
  const posted = next("channel_post");
  const { message_id } = await sim.post(`chats/${channel}/messages`, { text: "post" });
  const ctx = await posted;
  assert.equal(ctx.channelPost.message_id, message_id);
  assert.equal(ctx.channelPost.sender_chat.username, "news");
  const changed = next("edited_channel_post");
  await sim.put(`chats/${channel}/messages/${message_id}`, { text: "better" });
  assert.equal((await changed).editedChannelPost.text, "better");

  const copy = await bot.api.copyMessage(ann, "@news", message_id);
  assert.deepEqual(Object.keys(copy), ["message_id"]);
  const forward = await bot.api.forwardMessage(ann, channel, message_id);
  assert.equal(forward.forward_origin.type, "channel");
  assert.equal(forward.forward_origin.message_id, message_id);
  assert.equal(forward.text, "better");
});

test("a 429 is honoured by auto-retry: once in the chat, never too early", async () => {
  bot.api.config.use(autoRetry({ maxRetryAttempts: 3, rethrowHttpErrors: true }));
  await sim.post("faults", { kind: "flood", method: "sendMessage", times: 2, retry_after: 1 });
  const begun = Date.now();
  await bot.api.sendMessage(ann, "after the flood");
  assert.ok(Date.now() - begun >= 2000, "two waits of a second");
  const seen = (await privateMessages(sim)).filter((each) => each.text === "after the flood");
  assert.equal(seen.length, 1);
  const stats = await sim.get("stats");
  assert.equal(stats.methods.sendMessage.refused, 2);
  assert.equal(stats.before_wait_over, 0);
});

test("refusals have the code and text of Telegram", async () => {
  const refused = async (call, code, text) => {
    await assert.rejects(call, (why) => why.error_code === code && why.description === text);
  };
  await refused(bot.api.sendMessage(-42, "x"), 400, "Bad Request: chat not found");
  await refused(bot.api.sendMessage(ann, ""), 400, "Bad Request: message text is empty");
  await refused(bot.api.raw.sendDice({ chat_id: ann }), 404, "Not Found: method not found");
  await sim.put(`chats/${channel}/members`, { user: "client_bot", status: "kicked" });
  await refused(bot.api.sendMessage(channel, "x"), 403, "Forbidden: bot was kicked from the channel chat");
  await refused(new Bot("7001:wrong", { client: { apiRoot: sim.url } }).api.getMe(), 401, "Unauthorized");
});
