// grammY with its plugins, by long polling and by webhook. What is expected is written from
// https://core.telegram.org/bots/api.
import { after, before, describe } from "node:test";
import { albums } from "./grammy/albums.mjs";
import { chats } from "./grammy/chats.mjs";
import { connect } from "./grammy/connect.mjs";
import { contents } from "./grammy/contents.mjs";
import { copies } from "./grammy/copies.mjs";
import { deletions, edits } from "./grammy/edits.mjs";
import { keyboards } from "./grammy/keyboards.mjs";
import { limits } from "./grammy/limits.mjs";
import { media } from "./grammy/media.mjs";
import { polling } from "./grammy/polling.mjs";
import { polls } from "./grammy/polls.mjs";
import { replies } from "./grammy/replies.mjs";
import { texts } from "./grammy/texts.mjs";
import { pins, reactions, topics } from "./grammy/topics.mjs";
import { webhook } from "./grammy/webhook.mjs";
import { atLeast } from "./tour.mjs";

for (const transport of ["long polling", "webhook"]) {
  describe(`grammY by ${transport}`, () => {
    const t = { transport };
    before(() => connect(t));
    after(() => t.stop?.());
    for (const chapter of [texts, replies, media, contents, albums, edits, deletions, copies])
      chapter(t);
    for (const chapter of [keyboards, polls, chats, pins, topics, reactions, limits]) chapter(t);
    (transport === "webhook" ? webhook : polling)(t);
  });
}
atLeast(60);
