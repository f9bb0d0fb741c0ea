// Chats, members, pins, topics.
import { is, refused, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, bob, colleague, forum, me, news, talk } from "../world.mjs";

export function places(t) {
  check(t, "the bot knows itself and its commands", async () => {
    const self = await t.api.getMe();
    same([self.id, self.username, self.can_read_all_group_messages], [me.id, me.username, false]);
    const commands = [{ command: "start", description: "begins" }];
    is(await t.api.setMyCommands(commands), true);
    same(await t.api.getMyCommands(), commands);
  });

  check(t, "chats and members are described", async () => {
    const channel = await t.api.getChat("@news");
    same([channel.id, channel.type, channel.title], [news, "channel", "News"]);
    const status = async (who) => (await t.api.getChatMember(talk, who)).status;
    same(
      [await status(ann), await status(bob), await status(me.id), await status(colleague.id)],
      ["creator", "member", "administrator", "left"],
    );
    same((await t.api.getChatAdministrators(talk)).map((each) => each.user.id).sort(), [
      ann,
      me.id,
    ]);
    is(await t.api.getChatMembersCount(talk), 3);
  });

  check(t, "changes of membership arrive, of the bot and of others", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Fresh",
      type: "supergroup",
      creator: "ann",
    });
    await t.world.member(id, { user: me.username, status: "administrator", by: "ann" });
    const { myChatMember } = await t.inbox.next("my_chat_member", (it) => it.chat.id === id);
    same(
      [
        myChatMember.from.id,
        myChatMember.old_chat_member.status,
        myChatMember.new_chat_member.status,
      ],
      [ann, "left", "administrator"],
    );
    const { id: eve } = await t.sim.post("users", { name: "Eve" });
    await t.world.member(id, { user: eve, status: "member" });
    is(
      (
        await t.inbox.next(
          "message",
          (it) => it.chat.id === id && it.new_chat_members?.[0].id === eve,
        )
      ).message.new_chat_members.length,
      1,
    );
    is(
      (await t.inbox.next("chat_member", (it) => it.new_chat_member.user.id === eve)).chatMember
        .new_chat_member.status,
      "member",
    );
    is(await t.api.banChatMember(id, eve), true);
    is((await t.api.getChatMember(id, eve)).status, "kicked");
    is(await t.api.unbanChatMember(id, eve), true);
    is((await t.api.getChatMember(id, eve)).status, "left");
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

  check(t, "a message is pinned and unpinned, and a person's pin arrives", async () => {
    const { message_id } = await t.api.sendMessage(talk, "rules");
    is(await t.api.pinChatMessage(talk, message_id), true);
    is((await t.api.getChat(talk)).pinned_message.message_id, message_id);
    is(await t.api.unpinAllChatMessages(talk), true);
    is((await t.api.getChat(talk)).pinned_message, undefined);
    await t.world.pin(talk, message_id, "ann");
    const { message } = await t.inbox.next("message", (it) => it.pinned_message && it.from.id === ann);
    same([message.pinned_message.message_id, message.from.id], [message_id, ann]);
  });

  check(t, "topics are made, written into, closed and deleted", async () => {
    const { message_thread_id, name } = await t.api.createForumTopic(forum, "Plans");
    is(name, "Plans");
    const sent = await t.api.sendMessage(forum, "in it", { message_thread_id });
    same([sent.message_thread_id, sent.is_topic_message], [message_thread_id, true]);
    const id = await t.world.say(forum, "/ask", { from: "ann", topic: message_thread_id });
    const { message } = await t.inbox.next(
      "message",
      (it) => it.chat.id === forum && it.message_id === id,
    );
    same([message.message_thread_id, message.is_topic_message], [message_thread_id, true]);
    is(await t.api.editForumTopic(forum, message_thread_id, { name: "Big plans" }), true);
    is(await t.api.closeForumTopic(forum, message_thread_id), true);
    is(await t.api.reopenForumTopic(forum, message_thread_id), true);
    is(await t.api.deleteForumTopic(forum, message_thread_id), true);
    await t.refused(
      () => t.api.sendMessage(forum, "x", { message_thread_id: 999_999 }),
      400,
      "Bad Request: message thread not found",
    );
  });
}
