// Telegraf by long polling and by webhook. What is expected is written from
// https://core.telegram.org/bots/api.
import { after, before, describe } from "node:test";
import { changes } from "./telegraf/changes.mjs";
import { connect } from "./telegraf/connect.mjs";
import { media } from "./telegraf/media.mjs";
import { places } from "./telegraf/places.mjs";
import { limits, polling, webhook } from "./telegraf/running.mjs";
import { talks } from "./telegraf/talks.mjs";
import { texts } from "./telegraf/texts.mjs";
import { atLeast } from "./tour.mjs";

for (const transport of ["long polling", "webhook"]) {
  describe(`Telegraf by ${transport}`, () => {
    const t = { transport };
    before(() => connect(t));
    after(() => t.stop?.());
    for (const chapter of [texts, media, changes, talks, places, limits]) chapter(t);
    (transport === "webhook" ? webhook : polling)(t);
  });
}
atLeast(60);
