// A bot as people write it with Telegraf: launched for long polling, or as the handler of a server.
import { once } from "node:events";
import { createServer } from "node:http";
import { Markup, Scenes, session, Telegraf, TelegramError } from "telegraf";
import * as expect from "../expect.mjs";
import { startSim } from "../sim.mjs";
import { Inbox, kindOf, until } from "../tour.mjs";
import { me, settle, world } from "../world.mjs";

export const secret = "telegraf-secret_2";
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

export function answerOf(why) {
  expect.ok(why instanceof TelegramError, `a TelegramError, not ${why}`);
  return why.response;
}

function makeBot(t) {
  const bot = new Telegraf(me.token, { telegram: { apiRoot: t.sim.url } });
  const inbox = new Inbox();
  bot.use((ctx, next) => {
    inbox.put(ctx.updateType ?? kindOf(ctx.update), ctx, ctx.update[kindOf(ctx.update)]);
    return next();
  });
  // A conversation in two steps.
  const trip = new Scenes.WizardScene(
    "trip",
    async (ctx) => {
      await ctx.reply("Where to?");
      return ctx.wizard.next();
    },
    async (ctx) => {
      await ctx.reply(`To ${ctx.message.text} then`);
      return ctx.scene.leave();
    },
  );
  bot.use(session());
  bot.use(new Scenes.Stage([trip]).middleware());
  bot.start((ctx) => ctx.reply(`Welcome, ${ctx.payload || "stranger"}!`));
  bot.command("trip", (ctx) => ctx.scene.enter("trip"));
  bot.command("order", (ctx) =>
    ctx.reply("Pizza?", Markup.inlineKeyboard([Markup.button.callback("Two", "pizza:2")])),
  );
  bot.action(/^pizza:(\d)$/, async (ctx) => {
    await ctx.answerCbQuery("Ordered", { show_alert: true });
    await ctx.editMessageText(`Pizzas: ${ctx.match[1]}`);
  });
  bot.hears("typing", (ctx) => ctx.sendChatAction("typing"));
  bot.catch((why) => {
    throw why;
  });
  return { bot, inbox };
}

async function poll(t) {
  const running = t.bot.launch({ allowedUpdates: kinds });
  await until(
    "the poll",
    async () => (await t.sim.get("bots")).find((each) => each.id === me.id).polling,
  );
  return async () => {
    t.bot.stop();
    await running;
  };
}

async function listen(t) {
  t.bot.botInfo = await t.bot.telegram.getMe();
  const handle = t.bot.webhookCallback("/telegraf", { secretToken: secret });
  t.requests = [];
  const server = createServer((request, response) => {
    t.requests.push(request.headers);
    // Telegraf itself answers 200 whatever its handlers throw: a broken server does not.
    if (t.failures-- > 0) return void response.writeHead(500).end();
    handle(request, response).catch(() => response.writableEnded || response.writeHead(500).end());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.hook = `http://127.0.0.1:${server.address().port}/telegraf`;
  await t.bot.telegram.setWebhook(t.hook, {
    secret_token: secret,
    allowed_updates: kinds,
    drop_pending_updates: true,
  });
  return async () => {
    await t.bot.telegram.deleteWebhook();
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
  t.api = t.bot.telegram;
  t.refused = (call, ...what) => expect.refused(answerOf, call, ...what);
  t.leave = await (t.transport === "webhook" ? listen(t) : poll(t));
}
