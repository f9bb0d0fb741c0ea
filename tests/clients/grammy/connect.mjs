// A bot as people write it with grammY, by long polling or by a webhook behind node's own server.
import { createServer } from "node:http";
import { once } from "node:events";
import { API_CONSTANTS, Bot, GrammyError, InlineKeyboard, session, webhookCallback } from "grammy";
import * as expect from "../expect.mjs";
import { startSim } from "../sim.mjs";
import { Inbox, kindOf } from "../tour.mjs";
import { me, settle, world } from "../world.mjs";

export const secret = "grammY-secret_1";

// grammY's own typed error is Telegram's answer.
export function answerOf(why) {
  expect.ok(why instanceof GrammyError, `a GrammyError, not ${why}`);
  return why;
}

function makeBot(t) {
  const bot = new Bot(me.token, {
    client: { apiRoot: t.sim.url, canUseWebhookReply: (method) => method === "sendChatAction" },
  });
  const inbox = new Inbox();
  bot.use((ctx, next) => {
    inbox.put(kindOf(ctx.update), ctx, ctx.update[kindOf(ctx.update)]);
    return next();
  });
  bot.use(session({ initial: () => ({ pizzas: 0 }) }));
  bot.command("start", (ctx) => ctx.reply(`Welcome, ${ctx.match || "stranger"}!`));
  bot.command("order", (ctx) =>
    ctx.reply("Pizza?", {
      reply_markup: new InlineKeyboard().text("Yes", "pizza:1").text("Two", "pizza:2"),
    }),
  );
  bot.callbackQuery(/^pizza:(\d)$/, async (ctx) => {
    ctx.session.pizzas += Number(ctx.match[1]);
    await ctx.answerCallbackQuery({ text: "Ordered", show_alert: true });
    await ctx.editMessageText(`Pizzas: ${ctx.session.pizzas}`);
  });
  bot.hears(/how many\?$/, (ctx) => ctx.reply(`${ctx.session.pizzas} so far`));
  bot.hears("typing", (ctx) => ctx.replyWithChatAction("typing"));
  bot.hears("wait here", () => t.gate);
  bot.hears("fail once", () => {
    if (t.failures-- > 0) throw new Error("as the test wants it");
  });
  bot.catch((failed) => inbox.put("failed", failed.error));
  return { bot, inbox };
}

async function poll(t) {
  let started;
  const ready = new Promise((resolve) => (started = resolve));
  const running = t.bot.start({
    allowed_updates: API_CONSTANTS.ALL_UPDATE_TYPES,
    drop_pending_updates: true,
    onStart: started,
  });
  await ready;
  return async () => {
    await t.bot.stop();
    await running;
  };
}

async function listen(t) {
  const handle = webhookCallback(t.bot, "http", { secretToken: secret });
  t.requests = []; // the headers of each
  const server = createServer((request, response) => {
    t.requests.push(request.headers);
    // grammY's manual: what a handler throws is answered with 500, so that Telegram tries again.
    handle(request, response).catch(() => response.writableEnded || response.writeHead(500).end());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.hook = `http://127.0.0.1:${server.address().port}/grammy`;
  await t.bot.api.setWebhook(t.hook, {
    secret_token: secret,
    allowed_updates: API_CONSTANTS.ALL_UPDATE_TYPES,
    drop_pending_updates: true,
  });
  return async () => {
    await t.bot.api.deleteWebhook();
    server.close();
    server.closeAllConnections();
  };
}

export async function connect(t) {
  t.sim = await startSim();
  t.leave = async () => {};
  t.stop = async () => {
    await t.leave();
    await t.sim.stop();
  };
  await settle(t.sim);
  t.world = world(t.sim);
  Object.assign(t, makeBot(t));
  t.api = t.bot.api;
  t.refused = (call, ...what) => expect.refused(answerOf, call, ...what);
  t.leave = await (t.transport === "webhook" ? listen(t) : poll(t));
}
