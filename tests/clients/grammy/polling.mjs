// What belongs to long polling: one poller, confirmed updates, the runner.
import { run, sequentialize } from "@grammyjs/runner";
import { Bot } from "grammy";
import { is, ok, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, colleague, me, news } from "../world.mjs";
import { answerOf } from "./connect.mjs";

const another = (t, token = me.token) => new Bot(token, { client: { apiRoot: t.sim.url } });

export function polling(t) {
  check(t, "a second poller throws out the first one", async () => {
    const { api } = another(t, colleague.token);
    await api.deleteWebhook({ drop_pending_updates: true });
    const first = refused(
      answerOf,
      () => api.getUpdates({ timeout: 30 }),
      409,
      /^Conflict: terminated by other getUpdates request/,
    );
    await until(
      "the first poll",
      async () => (await t.sim.get("bots")).find((each) => each.id === colleague.id).polling,
    );
    await api.getUpdates({ timeout: 1 });
    await first;
  });

  check(t, "ids of updates grow by one, and what was confirmed does not come again", async () => {
    const { api } = another(t, colleague.token);
    for (const text of ["u1", "u2", "u3"])
      await t.sim.post(`chats/${ann}/messages?bot=${colleague.username}`, { text });
    const got = await until("three updates", async () => {
      const updates = await api.getUpdates({ timeout: 5, allowed_updates: ["message"] });
      const mine = updates.filter((each) => /^u\d$/.test(each.message?.text));
      return mine.length === 3 && mine;
    });
    same(
      got.map((each) => each.update_id - got[0].update_id),
      [0, 1, 2],
    );
    const [last] = await api.getUpdates({ offset: got[2].update_id, timeout: 5 });
    is(last.message.text, "u3");
    same(await api.getUpdates({ offset: got[2].update_id + 1, timeout: 0 }), []);
  });

  check(t, "a stopped bot has confirmed what it saw and later gets the rest", async () => {
    const bot = another(t, colleague.token);
    const seen = [];
    bot.on("message:text", (ctx) => void seen.push(ctx.msg.text));
    const say = (text) => t.sim.post(`chats/${ann}/messages?bot=${colleague.username}`, { text });
    const start = () => {
      let ready;
      const started = new Promise((resolve) => (ready = resolve));
      return { running: bot.start({ onStart: () => ready() }), started };
    };
    const one = start();
    await one.started;
    await say("before");
    await until("the first text", () => seen.includes("before"));
    await bot.stop();
    await one.running;
    await say("between");
    const two = start();
    await until("the second text", () => seen.includes("between"));
    await bot.stop();
    await two.running;
    same(
      seen.filter((text) => text !== "/start"),
      ["before", "between"],
    );
    is((await t.sim.get("bots")).find((each) => each.id === colleague.id).pending, 0);
  });

  check(
    t,
    "the runner works on many chats at once, on one chat in its order, and ends its work",
    async () => {
      const bot = another(t, colleague.token);
      const begun = [];
      const gates = new Map();
      bot.use(sequentialize((ctx) => String(ctx.chat.id)));
      bot.on(["message:text", "channel_post:text"], async (ctx) => {
        begun.push(ctx.msg.text);
        await new Promise((resolve) => gates.set(ctx.msg.text, resolve));
      });
      const runner = run(bot, { runner: { fetch: { timeout: 5 } } });
      for (const text of ["a1", "a2"])
        await t.sim.post(`chats/${ann}/messages?bot=${colleague.username}`, { text });
      await t.world.say(news, "b1");
      await until("both chats", () => begun.includes("a1") && begun.includes("b1"));
      await until("three at work", () => runner.size() === 3);
      ok(!begun.includes("a2"), "the second of the same chat waits");
      gates.get("b1")();
      gates.get("a1")();
      await until("the second of the chat", () => begun.includes("a2"));
      const stopping = runner.stop();
      gates.get("a2")();
      await stopping;
      await until("the end of the work", () => runner.size() === 0);
      ok(!runner.isRunning());
    },
  );
}
