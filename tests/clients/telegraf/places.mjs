// Chats, members, pins, topics.
import { is, refused, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, me } from "../world.mjs";

export function places(t) {
  check(t, "the bot knows itself and its commands", async () => {
    const self = await t.api.getMe();
    same([self.id, self.username, self.can_read_all_group_messages], [me.id, me.username, false]);
    const commands = [{ command: "start", description: "begins" }];
    is(await t.api.setMyCommands(commands), true);
    same(await t.api.getMyCommands(), commands);
  });

  check(t, "a group that became a supergroup sends the bot to its new id", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Old",
      type: "group",
      members: ["ann", me.username],
    });
    const { id: grown } = await t.sim.post(`chats/${id}/upgrade`, {});
    await t.refused(
      () => t.api.sendMessage(id, "x"),
      400,
      "Bad Request: group chat was upgraded to a supergroup chat",
      { migrate_to_chat_id: grown },
    );
    is(
      (await t.inbox.next("message", (it) => it.chat.id === id && it.migrate_to_chat_id)).message
        .migrate_to_chat_id,
      grown,
    );
  });
}
