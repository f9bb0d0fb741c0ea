// Limits, and what belongs to one transport.
import { is, message, ok, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, archive, bob, me, realistic } from "../world.mjs";
import { answerOf } from "./connect.mjs";

export function limits(t) {
  check(t, "a 429 says how long to wait, in its body and its header", async () => {
    await t.sim.post("faults", {
      kind: "flood",
      method: "sendMessage",
      chat: archive,
      times: 1,
      retry_after: 7,
    });
    await t.refused(
      () => t.bot.sendMessage(archive, "x"),
      429,
      "Too Many Requests: retry after 7",
      { retry_after: 7 },
    );
    await t.sim.post("faults", {
      kind: "flood",
      method: "sendMessage",
      chat: bob,
      times: 1,
      retry_after: 1,
    });
    const why = await t.bot.sendMessage(bob, "x").catch((thrown) => thrown);
    same([why.response.statusCode, why.response.headers["retry-after"]], [429, "1"]);
  });

  check(t, "twenty messages a minute pass in a group, one more is told to wait", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Flood",
      type: "supergroup",
      members: [me.username],
    });
    await t.sim.put("profile", realistic);
    for (let i = 0; i < 20; i++) await t.bot.sendMessage(id, `m${i}`);
    const why = await t.bot.sendMessage(id, "m20").catch((thrown) => thrown);
    await t.sim.put("profile", { name: "off" });
    is(answerOf(why).error_code, 429);
    ok(why.response.body.parameters.retry_after > 8);
  });

  check(t, "a page in HTML is an error of its own", async () => {
    await t.sim.post("faults", { kind: "html_before", method: "sendMessage", times: 1 });
    const why = await t.bot.sendMessage(ann, "x").catch((thrown) => thrown);
    is(why.code, "EPARSE");
  });
}

export function polling(t) {
  check(t, "nothing went wrong while it polled", async () => {
    ok(t.bot.isPolling());
    same(
      t.troubles.map((why) => why.message),
      [],
    );
  });

  check(t, "stopped and started again it gets what came between, once", async () => {
    await t.bot.stopPolling();
    await t.world.say(ann, "between");
    await t.bot.startPolling();
    await t.inbox.next("message", (it) => it.text === "between");
    await t.world.say(ann, "behind");
    await t.inbox.next("message", (it) => it.text === "behind");
    is(
      t.inbox.count("message", (it) => it.text === "between"),
      0,
    );
  });
}

export function webhook(t) {
  check(t, "its own server is described by getWebhookInfo, and nothing went wrong", async () => {
    const info = await t.bot.getWebHookInfo();
    same(
      [info.url, info.has_custom_certificate, info.last_error_message],
      [t.hook, false, undefined],
    );
    await until(
      "an empty queue",
      async () => (await t.bot.getWebHookInfo()).pending_update_count === 0,
    );
    same(t.troubles, []);
  });

  check(t, "closed and opened again it gets what came between, once", async () => {
    t.bot._webHook._webServer.closeIdleConnections();
    await t.bot.closeWebHook();
    await t.world.say(ann, "between");
    await until("an error", async () => (await t.bot.getWebHookInfo()).last_error_message);
    const port = new URL(t.hook).port;
    t.bot._webHook.options.port = port;
    await t.bot.openWebHook();
    await t.inbox.next("message", (it) => it.text === "between");
    is(
      t.inbox.count("message", (it) => it.text === "between"),
      0,
    );
    is((await t.bot.getWebHookInfo()).url, t.hook);
  });
}
