// Media that belong together.
import { album, is, message, photo } from "../expect.mjs";
import { png } from "../samples.mjs";
import { check } from "../tour.mjs";
import { ann } from "../world.mjs";

export function albums(t) {
  check(t, "a person's album arrives as messages that share a group", async () => {
    const media = { type: "photo", base64: png(6, 6).toString("base64"), width: 6, height: 6 };
    const ids = [];
    for (const text of ["one", ""])
      ids.push(await t.world.say(ann, text, { album: "holiday", media }));
    const parts = [];
    for (const id of ids)
      parts.push((await t.inbox.next("message", (it) => it.message_id === id)).msg);
    album(parts, ["photo", "photo"]);
    is(parts[0].caption, "one");
  });
}
