// Albums, edits, deletions, copies.
import { is, ok, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, archive, news } from "../world.mjs";

export function changes(t) {
  check(t, "a person's edit arrives as such", async () => {
    const id = await t.world.say(ann, "tpyo");
    await t.world.edit(ann, id, { text: "typo" });
    const { editedMessage } = await t.inbox.next("edited_message", (it) => it.message_id === id);
    ok(editedMessage.text === "typo" && editedMessage.edit_date);
  });

  check(t, "one and many are deleted; what is not there is told for one only", async () => {
    const ids = [];
    for (const text of ["1", "2", "3"]) ids.push((await t.api.sendMessage(ann, text)).message_id);
    is(await t.api.deleteMessage(ann, ids[0]), true);
    await t.refused(
      () => t.api.deleteMessage(ann, ids[0]),
      400,
      "Bad Request: message to delete not found",
    );
    is(await t.api.deleteMessages(ann, ids), true);
    for (const id of ids) ok((await t.world.message(ann, id)).deleted);
  });

  check(t, "a forward has its origin, a copy has none", async () => {
    const id = await t.world.say(news, "original");
    const { forward_origin: origin } = await t.api.forwardMessage(ann, news, id);
    same([origin.type, origin.chat.id, origin.message_id], ["channel", news, id]);
    const copy = await t.api.copyMessage(archive, news, id);
    same(Object.keys(copy), ["message_id"]);
    is((await t.world.message(archive, copy.message_id)).forwarded, undefined);
    const second = await t.world.say(news, "more");
    is((await t.api.copyMessages(archive, news, [id, second])).length, 2);
    is((await t.api.forwardMessages(archive, news, [id, second])).length, 2);
  });
}
