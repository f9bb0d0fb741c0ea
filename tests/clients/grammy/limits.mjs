// Limits and trouble, and the plugins that live with them.
import { autoRetry } from "@grammyjs/auto-retry";
import { apiThrottler } from "@grammyjs/transformer-throttler";
import { Bot, HttpError } from "grammy";
import { is, ok, refused, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, archive, bob, me, news, realistic } from "../world.mjs";
import { answerOf } from "./connect.mjs";

const another = (t, token = me.token) => new Bot(token, { client: { apiRoot: t.sim.url } });

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

  check(t, "auto-retry waits as long as it is told and sends once", async () => {
    const { api } = another(t);
    api.config.use(autoRetry({ maxRetryAttempts: 3, rethrowHttpErrors: true }));
    await t.sim.post("faults", {
      kind: "flood",
      method: "sendMessage",
      chat: ann,
      retry_after: 1,
      times: 2,
    });
    const early = (await t.sim.get("stats")).before_wait_over;
    const begun = Date.now();
    await api.sendMessage(ann, "after the flood");
    ok(Date.now() - begun >= 2000, "two waits of a second");
    is((await t.world.history(ann)).filter((each) => each.text === "after the flood").length, 1);
    is((await t.sim.get("stats")).before_wait_over, early);
  });

  check(t, "a group takes twenty messages at once and then says how long to wait", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Flood",
      type: "supergroup",
      members: [me.username],
    });
    await t.sim.put("profile", realistic);
    const waits = [];
    for (let i = 0; i < 21; i++) {
      await t.api
        .sendMessage(id, `m${i}`)
        .catch((why) => waits.push([answerOf(why).error_code, i, why.parameters.retry_after]));
    }
    await t.sim.put("profile", { name: "off" });
    is((await t.world.history(id)).filter((each) => /^m\d+$/.test(each.text)).length, 20);
    same(
      waits.map(([code, at]) => [code, at]),
      [[429, 20]],
    );
    ok(
      waits[0][2] > 8 && waits[0][2] <= 60,
      "a short wait is spent in the server (TDLib, NetQueryDelayer.cpp)",
    );
  });

  check(
    t,
    "the throttler keeps within realistic limits: nothing is refused, the order stays",
    async () => {
      const { api } = another(t);
      api.config.use(apiThrottler());
      const { id } = await t.sim.post("chats", {
        title: "Calm",
        type: "supergroup",
        members: [me.username],
      });
      await t.sim.put("profile", realistic);
      const refusals = (await t.sim.get("stats")).methods.sendMessage.refused;
      const texts = ["t1", "t2", "t3"];
      const sent = await Promise.all(
        [id, ann, bob, news].flatMap((chat) => texts.map((text) => api.sendMessage(chat, text))),
      );
      await t.sim.put("profile", { name: "off" });
      is(sent.length, 12);
      is((await t.sim.get("stats")).methods.sendMessage.refused, refusals);
      same(
        (await t.world.history(id)).map((each) => each.text).filter((text) => /^t\d$/.test(text)),
        texts,
      );
    },
  );

  check(t, "server trouble is an answer of 500, a page in HTML is no answer at all", async () => {
    await t.sim.post("faults", { kind: "restart", method: "sendMessage", times: 1 });
    await t.refused(() => t.api.sendMessage(ann, "x"), 500, "Internal Server Error: restart");
    await t.sim.post("faults", { kind: "html_before", method: "sendMessage", times: 1 });
    const why = await t.api.sendMessage(ann, "x").then(
      () => undefined,
      (thrown) => thrown,
    );
    ok(why instanceof HttpError, `an HttpError, not ${why}`);
  });
}
