// What has no file: contacts, places, dice, actions.
import { is } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann } from "../world.mjs";

export function contents(t) {
  check(t, "a chat action is taken", async () => {
    is(await t.api.sendChatAction(ann, "upload_photo"), true);
  });
}
