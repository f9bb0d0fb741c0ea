// A bot as people write it with node-telegram-bot-api (the classic line): events, and query
// strings, forms and multipart bodies where the others send JSON.
import TelegramBot from "node-telegram-bot-api";
import * as expect from "../expect.mjs";
import { startSim } from "../sim.mjs";
import { Inbox } from "../tour.mjs";
import { me, settle, world } from "../world.mjs";

export const kinds = [
  "message",
  "edited_message",
  "channel_post",
  "edited_channel_post",
  "callback_query",
  "poll",
  "poll_answer",
  "my_chat_member",
  "chat_member",
  "message_reaction",
];

// Its errors carry the answer: a response of Telegram, or what was no answer (EPARSE, EFATAL).
export function answerOf(why) {
  expect.is(why.code, "ETELEGRAM", why.message);
  return why.response.body;
}

function listen(t, bot) {
  t.inbox = new Inbox();
  for (const kind of kinds) bot.on(kind, (it) => t.inbox.put(kind, it));
  bot.onText(/^\/start (.+)/, (it, [, name]) => bot.sendMessage(it.chat.id, `Welcome, ${name}!`));
  bot.onText(/^\/order/, (it) =>
    bot.sendMessage(it.chat.id, "Pizza?", {
      reply_markup: { inline_keyboard: [[{ text: "Two", callback_data: "pizza:2" }]] },
    }),
  );
  bot.on("callback_query", async (query) => {
    const [, count] = /^pizza:(\d)$/.exec(query.data) ?? [];
    if (!count) return;
    await bot.answerCallbackQuery(query.id, { text: "Ordered", show_alert: true });
    await bot.editMessageText(`Pizzas: ${count}`, {
      chat_id: query.message.chat.id,
      message_id: query.message.message_id,
    });
  });
  bot.on("polling_error", (why) => t.troubles.push(why));
  bot.on("webhook_error", (why) => t.troubles.push(why));
}

export async function connect(t) {
  t.sim = await startSim();
  t.troubles = [];
  t.leave = async () => {};
  t.stop = async () => {
    await t.leave();
    await t.sim.stop();
  };
  await settle(t.sim);
  t.world = world(t.sim);
  t.refused = (call, ...what) => expect.refused(answerOf, call, ...what);
  const allowed_updates = JSON.stringify(kinds);
  if (t.transport === "webhook") {
    // Its server takes 0 for "no port given", so the port is a text.
    t.bot = new TelegramBot(me.token, {
      baseApiUrl: t.sim.url,
      webHook: { host: "127.0.0.1", port: "0", autoOpen: false },
    });
    listen(t, t.bot);
    await t.bot.openWebHook();
    t.hook = `http://127.0.0.1:${t.bot._webHook._webServer.address().port}/bot${me.token}`;
    await t.bot.setWebHook(t.hook, { allowed_updates });
    t.leave = async () => {
      await t.bot.deleteWebHook();
      t.bot._webHook._webServer.closeIdleConnections();
      await t.bot.closeWebHook();
    };
  } else {
    t.bot = new TelegramBot(me.token, {
      baseApiUrl: t.sim.url,
      polling: { interval: 50, params: { timeout: 3, allowed_updates } },
    });
    listen(t, t.bot);
    // After the poll that is under way: it does not end a cancelled one.
    t.leave = () => t.bot.stopPolling();
  }
}
