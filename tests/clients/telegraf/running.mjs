// Limits, and what belongs to one transport.
import { Telegraf } from "telegraf";
import { is, ok, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, archive, colleague, me, news, realistic } from "../world.mjs";
import { answerOf, kinds, secret } from "./connect.mjs";

const another = (t) => new Telegraf(colleague.token, { telegram: { apiRoot: t.sim.url } });

export function limits(t) {
  check(t, "a 429 is a typed error with the seconds to wait", async () => {
    await t.sim.post("faults", {
      kind: "flood",
      method: "sendMessage",
      chat: archive,
      retry_after: 7,
      times: 1,
    });
    await t.refused(
      () => t.api.sendMessage(archive, "x"),
      429,
      "Too Many Requests: retry after 7",
      { retry_after: 7 },
    );
  });

  check(t, "twenty messages a minute pass in a channel, one more is told to wait", async () => {
    const { id } = await t.sim.post("chats", { title: "Flood", admins: [me.username] });
    await t.sim.put("profile", realistic);
    for (let i = 0; i < 20; i++) await t.api.sendMessage(id, `m${i}`);
    const why = await t.api.sendMessage(id, "m20").catch((thrown) => thrown);
    await t.sim.put("profile", { name: "off" });
    same(
      [why.code, why.description],
      [429, `Too Many Requests: retry after ${why.parameters.retry_after}`],
    );
    ok(why.parameters.retry_after > 8 && why.parameters.retry_after <= 60);
  });
}

export function polling(t) {
  check(t, "a second poller throws out the first one, which ends with a typed error", async () => {
    const { telegram } = another(t);
    await telegram.deleteWebhook({ drop_pending_updates: true });
    const first = refused(
      answerOf,
      () => telegram.getUpdates(30, 100, 0),
      409,
      /^Conflict: terminated by other getUpdates request/,
    );
    await until(
      "the first poll",
      async () => (await t.sim.get("bots")).find((each) => each.id === colleague.id).polling,
    );
    await telegram.getUpdates(1, 100, 0);
    await first;
  });

  check(t, "only the kinds that were asked for arrive, until others are asked for", async () => {
    const { telegram } = another(t);
    same(await telegram.getUpdates(0, 1, -1, ["channel_post"]), []);
    await t.sim.post(`chats/${ann}/messages?bot=${colleague.username}`, { text: "not asked for" });
    const id = await t.world.say(news, "asked for");
    const [first] = await telegram.getUpdates(5, 100, 0);
    is(first.channel_post.message_id, id);
    same(await telegram.getUpdates(0, 100, first.update_id + 1, ["message"]), []);
    await t.sim.post(`chats/${ann}/messages?bot=${colleague.username}`, { text: "now asked for" });
    is((await telegram.getUpdates(5, 100, first.update_id + 1))[0].message.text, "now asked for");
  });

  check(t, "a stopped bot has confirmed what it saw", async () => {
    const bot = another(t);
    let seen;
    bot.on("message", (ctx) => void (seen = ctx.message.text));
    const running = bot.launch({ dropPendingUpdates: true });
    await until(
      "the poll",
      async () => (await t.sim.get("bots")).find((each) => each.id === colleague.id).polling,
    );
    await t.sim.post(`chats/${ann}/messages?bot=${colleague.username}`, { text: "last" });
    await until("the text", () => seen === "last");
    bot.stop("SIGTERM");
    await running;
    is((await t.sim.get("bots")).find((each) => each.id === colleague.id).pending, 0);
  });
}

export function webhook(t) {
  check(t, "the webhook is described, and every update brings the secret", async () => {
    const info = await t.api.getWebhookInfo();
    is(info.url, t.hook);
    same([...info.allowed_updates].sort(), [...kinds].sort());
    ok(
      t.requests.length > 0 &&
        t.requests.every((headers) => headers["x-telegram-bot-api-secret-token"] === secret),
    );
    await t.refused(
      () => t.api.getUpdates(0, 1, 0),
      409,
      /^Conflict: can't use getUpdates method while webhook is active/,
    );
  });

  check(t, "the answer to an update carries a call", async () => {
    const before = (await t.sim.get("stats")).methods.sendChatAction?.ok ?? 0;
    await t.world.say(ann, "typing");
    await until(
      "the call",
      async () => (await t.sim.get("stats")).methods.sendChatAction?.ok > before,
    );
  });

  check(t, "an update that was answered with 500 comes again", async () => {
    t.failures = 1;
    const id = await t.world.say(ann, "fail once");
    await t.inbox.next("message", (it) => it.message_id === id);
    is(
      (await t.api.getWebhookInfo()).last_error_message,
      "Wrong response from the webhook: 500 Internal Server Error",
    );
  });

  check(t, "with another secret the library refuses with 403, and the update waits", async () => {
    // Twice in a second is too often: a typed refusal says how long to wait.
    const set = (secret_token) =>
      until("setWebhook", () =>
        t.api
          .setWebhook(t.hook, { secret_token, allowed_updates: kinds })
          .catch((why) => answerOf(why).error_code !== 429 && Promise.reject(why)),
      );
    await set("another");
    const id = await t.world.say(ann, "who is there");
    const info = await until("the refusal", async () => {
      const now = await t.api.getWebhookInfo();
      return now.last_error_message?.includes("403") && now;
    });
    is(info.pending_update_count, 1);
    await set(secret);
    await t.inbox.next("message", (it) => it.message_id === id);
  });
}
