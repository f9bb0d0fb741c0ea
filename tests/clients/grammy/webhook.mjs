// What belongs to webhooks: the secret, the order, what fails.
import { autoRetry } from "@grammyjs/auto-retry";
import { API_CONSTANTS, Bot } from "grammy";
import { is, ok, refused, same } from "../expect.mjs";
import { check, until } from "../tour.mjs";
import { ann, bob, me } from "../world.mjs";
import { secret } from "./connect.mjs";

const another = (t, token = me.token) => new Bot(token, { client: { apiRoot: t.sim.url } });

export function webhook(t) {
  // setWebhook may be refused when it is called twice in a second: auto-retry waits.
  const hooks = () => {
    const { api } = another(t);
    api.config.use(autoRetry({ rethrowHttpErrors: true }));
    return api;
  };
  const usual = () => ({ secret_token: secret, allowed_updates: API_CONSTANTS.ALL_UPDATE_TYPES });

  check(t, "the webhook is described, and nobody may poll beside it", async () => {
    const info = await t.api.getWebhookInfo();
    same([info.url, info.has_custom_certificate], [t.hook, false]);
    ok(Number.isInteger(info.pending_update_count) && info.max_connections >= 1);
    ok(info.allowed_updates.includes("chat_member"));
    await t.refused(
      () => t.api.getUpdates(),
      409,
      "Conflict: can't use getUpdates method while webhook is active; " +
        "use deleteWebhook to delete the webhook first",
    );
  });

  check(t, "every update comes as JSON with the secret in its header", async () => {
    ok(t.requests.length > 0);
    for (const headers of t.requests) {
      is(headers["x-telegram-bot-api-secret-token"], secret);
      is(headers["content-type"], "application/json");
    }
  });

  check(t, "the answer to an update may carry one call", async () => {
    const before = (await t.sim.get("stats")).methods.sendChatAction?.ok ?? 0;
    await t.world.say(ann, "typing");
    await until(
      "the call",
      async () => (await t.sim.get("stats")).methods.sendChatAction?.ok > before,
    );
  });

  check(
    t,
    "the next update of a chat waits for the answer to the last one, other chats do not",
    async () => {
      let open;
      t.gate = new Promise((resolve) => (open = resolve));
      await t.world.say(ann, "wait here");
      await t.inbox.next("message", (it) => it.text === "wait here");
      await t.world.say(ann, "behind");
      const id = await t.world.say(bob, "beside");
      await t.inbox.next("message", (it) => it.message_id === id && it.text === "beside");
      is(
        t.inbox.count("message", (it) => it.text === "behind"),
        0,
      );
      open();
      await t.inbox.next("message", (it) => it.text === "behind");
    },
  );

  check(t, "an update that was answered with 500 comes again, and the error is told", async () => {
    t.failures = 1;
    await t.world.say(ann, "fail once");
    await t.inbox.next("message", (it) => it.text === "fail once");
    await t.inbox.next("message", (it) => it.text === "fail once");
    const info = await t.api.getWebhookInfo();
    ok(info.last_error_date > Date.now() / 1000 - 120);
    is(info.last_error_message, "Wrong response from the webhook: 500 Internal Server Error");
  });

  check(
    t,
    "with another secret the library refuses, and the update waits until the secret is right",
    async () => {
      const api = hooks();
      await api.setWebhook(t.hook, { ...usual(), secret_token: "another_secret" });
      await t.world.say(ann, "who is there");
      const info = await until("the refusal", async () => {
        const now = await api.getWebhookInfo();
        return now.last_error_message?.includes("401") && now;
      });
      is(info.last_error_message, "Wrong response from the webhook: 401 Unauthorized");
      is(info.pending_update_count, 1);
      is(
        t.inbox.count("message", (it) => it.text === "who is there"),
        0,
      );
      await api.setWebhook(t.hook, usual());
      await t.inbox.next("message", (it) => it.text === "who is there");
    },
  );

  check(t, "a secret of other characters and an address that is none are refused", async () => {
    await t.refused(
      () => hooks().setWebhook(t.hook, { secret_token: "no spaces!" }),
      400,
      /^Bad Request: secret token contains/i,
    );
    await t.refused(
      () => hooks().setWebhook("ftp://example.org/"),
      400,
      /^Bad Request: (bad webhook|invalid webhook)/i,
    );
  });

  check(t, "without the webhook updates are kept for polling, or dropped if asked", async () => {
    const api = hooks();
    is(await api.deleteWebhook(), true);
    const info = await api.getWebhookInfo();
    is(info.url, "");
    await t.world.say(ann, "for the poll");
    ok(
      (await api.getUpdates({ timeout: 5 })).some((each) => each.message?.text === "for the poll"),
    );
    await api.setWebhook(t.hook, { ...usual(), drop_pending_updates: true });
    const id = await t.world.say(ann, "for the hook");
    await t.inbox.next("message", (it) => it.message_id === id);
    is(
      t.inbox.count("message", (it) => it.text === "for the poll"),
      0,
    );
  });
}
