// node-telegram-bot-api by long polling and by webhook. What is expected is written from
// https://core.telegram.org/bots/api.
import { after, before, describe } from "node:test";
import { changes } from "./node_telegram_bot_api/changes.mjs";
import { connect } from "./node_telegram_bot_api/connect.mjs";
import { media } from "./node_telegram_bot_api/media.mjs";
import { limits, polling, webhook } from "./node_telegram_bot_api/running.mjs";
import { talks } from "./node_telegram_bot_api/talks.mjs";
import { texts } from "./node_telegram_bot_api/texts.mjs";
import { atLeast } from "./tour.mjs";

for (const transport of ["long polling", "webhook"]) {
  describe(`node-telegram-bot-api by ${transport}`, () => {
    const t = { transport };
    before(() => connect(t));
    after(() => t.stop?.());
    for (const chapter of [texts, media, changes, talks, limits]) chapter(t);
    (transport === "webhook" ? webhook : polling)(t);
  });
}
atLeast(60);
