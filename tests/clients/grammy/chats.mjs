// The bot itself, chats, and their members.
import { entities, is, message, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, bob, colleague, kitchen, me, news, talk } from "../world.mjs";

export function chats(t) {
  check(t, "the bot knows itself and its commands", async () => {
    const self = await t.api.getMe();
    same(
      [self.id, self.is_bot, self.username, self.can_join_groups, self.can_read_all_group_messages],
      [me.id, true, me.username, true, false],
    );
    const commands = [
      { command: "start", description: "begins" },
      { command: "order", description: "pizza" },
    ];
    is(await t.api.setMyCommands(commands), true);
    same(await t.api.getMyCommands(), commands);
    is(await t.api.deleteMyCommands(), true);
    same(await t.api.getMyCommands(), []);
  });

  check(t, "chats are described by id and by name", async () => {
    const channel = await t.api.getChat("@news");
    same(
      [channel.id, channel.type, channel.title, channel.username],
      [news, "channel", "News", "news"],
    );
    const person = await t.api.getChat(bob);
    same(
      [person.type, person.first_name, person.last_name, person.username],
      ["private", "Bob", "Stone", "bob"],
    );
    is((await t.api.getChat(talk)).permissions.can_send_messages, true);
  });

  check(t, "members are described by what they are", async () => {
    const status = async (who) => (await t.api.getChatMember(talk, who)).status;
    same(
      [await status(ann), await status(bob), await status(me.id), await status(colleague.id)],
      ["creator", "member", "administrator", "left"],
    );
    is((await t.api.getChatMember(news, me.id)).can_post_messages, true);
    const heads = await t.api.getChatAdministrators(talk);
    same(heads.map((each) => each.user.id).sort(), [ann, me.id]);
    is(await t.api.getChatMemberCount(talk), 3);
  });

  check(t, "the bot learns that it was promoted, and that a person blocks it", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Fresh",
      members: ["ann"],
      type: "supergroup",
    });
    await t.world.member(id, { user: me.username, status: "member", by: "ann" });
    const { myChatMember: joined } = await t.inbox.next(
      "my_chat_member",
      (it) => it.chat.id === id,
    );
    same(
      [joined.old_chat_member.status, joined.new_chat_member.status, joined.from.id],
      ["left", "member", ann],
    );
    await t.world.block("bob");
    const { myChatMember: left } = await t.inbox.next(
      "my_chat_member",
      (it) => it.chat.id === bob && it.new_chat_member.status === "kicked",
    );
    is(left.old_chat_member.status, "member");
    await t.world.block("bob", false);
    await t.inbox.next(
      "my_chat_member",
      (it) => it.chat.id === bob && it.new_chat_member.status === "member",
    );
  });

  check(t, "an administrator learns who comes and goes, and may ban and let in", async () => {
    const { id: eve } = await t.sim.post("users", { name: "Eve" });
    await t.world.member(talk, { user: eve, status: "member" });
    const { msg } = await t.inbox.next(
      "message",
      (it) => it.chat.id === talk && it.new_chat_members,
    );
    is(msg.new_chat_members[0].id, eve);
    const { chatMember } = await t.inbox.next(
      "chat_member",
      (it) => it.new_chat_member.user.id === eve,
    );
    same(
      [chatMember.old_chat_member.status, chatMember.new_chat_member.status],
      ["left", "member"],
    );
    is(await t.api.banChatMember(talk, eve), true);
    is((await t.api.getChatMember(talk, eve)).status, "kicked");
    is(await t.api.unbanChatMember(talk, eve), true);
    is((await t.api.getChatMember(talk, eve)).status, "left");
  });

  check(t, "an administrator restricts and promotes", async () => {
    is(await t.api.restrictChatMember(talk, bob, { can_send_messages: false }), true);
    const bound = await t.api.getChatMember(talk, bob);
    same([bound.status, bound.can_send_messages], ["restricted", false]);
    is(
      await t.api.promoteChatMember(talk, bob, {
        can_delete_messages: true,
        can_manage_chat: true,
      }),
      true,
    );
    const raised = await t.api.getChatMember(talk, bob);
    same(
      [raised.status, raised.can_delete_messages, raised.can_promote_members],
      ["administrator", true, false],
    );
    is(
      await t.api.promoteChatMember(talk, bob, {
        can_manage_chat: false,
        can_delete_messages: false,
      }),
      true,
    );
    is((await t.api.getChatMember(talk, bob)).status, "member");
  });

  check(t, "a new title arrives as a service message", async () => {
    await t.sim.put(`chats/${talk}`, { title: "Talk 2" });
    const { msg } = await t.inbox.next("message", (it) => it.new_chat_title);
    is(msg.new_chat_title, "Talk 2");
    is(await t.api.setChatTitle(talk, "Talk"), true);
    is((await t.api.getChat(talk)).title, "Talk");
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
      (await t.inbox.next("message", (it) => it.migrate_to_chat_id)).msg.migrate_to_chat_id,
      grown,
    );
    is((await t.inbox.next("message", (it) => it.migrate_from_chat_id)).chat.id, grown);
    is((await t.api.sendMessage(grown, "here")).chat.type, "supergroup");
  });

  check(t, "the bot leaves a chat and is refused there", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Short",
      type: "supergroup",
      members: ["ann", me.username],
    });
    is(await t.api.leaveChat(id), true);
    await t.refused(
      () => t.api.sendMessage(id, "x"),
      403,
      "Forbidden: bot is not a member of the supergroup chat",
    );
  });

  check(t, "with privacy on only commands, mentions and replies arrive from a group", async () => {
    await t.world.say(kitchen, "not for bots", { from: "ann" });
    await t.world.say(kitchen, `/start@${me.username}`, { from: "ann" });
    const { msg } = await t.inbox.next("message", (it) => it.chat.id === kitchen && it.text);
    is(msg.text, `/start@${me.username}`);
    same(entities(msg), [["bot_command", `/start@${me.username}`]]);
  });
}
