// A broadcast as grammY's documentation recommends it: bench/broadcast.mjs CHATS HOW
//
// The first post of a channel that the bot sees is copied to every chat of the file CHATS, a JSON
// list; then the program ends. HOW: `throttler`, all calls at once behind transformer-throttler,
// with auto-retry for what it does not know; or the number of calls that are under way at a time
// with auto-retry alone. API_ROOT and BOT_TOKEN are in the environment. All options are defaults.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// The locked versions that ./dev setup installs.
const require = createRequire(new URL("../tests/clients/package.json", import.meta.url));
const { autoRetry } = require("@grammyjs/auto-retry");
const { run } = require("@grammyjs/runner");
const { apiThrottler } = require("@grammyjs/transformer-throttler");
const { Bot } = require("grammy");

const [file, how] = process.argv.slice(2);
const chats = JSON.parse(readFileSync(file, "utf8"));
const bot = new Bot(process.env.BOT_TOKEN, { client: { apiRoot: process.env.API_ROOT } });
if (how === "throttler") bot.api.config.use(apiThrottler());
bot.api.config.use(autoRetry()); // what is used last is called first: each try is throttled

const next = chats.values();
async function worker(post) {
  for (const chat of next) {
    try {
      await bot.api.copyMessage(chat, post.chat.id, post.message_id);
    } catch (why) {
      console.error(`chat ${chat}: ${why.message}`);
    }
  }
}

bot.on("channel_post", async (context) => {
  const workers = how === "throttler" ? chats.length : Number(how);
  await Promise.all(Array.from({ length: workers }, () => worker(context.channelPost)));
  process.exit(0);
});
run(bot);
