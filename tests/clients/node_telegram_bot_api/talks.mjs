// Buttons, polls, chats, pins, topics, reactions.
import { buttons, is, message, refused, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, me, news, talk } from "../world.mjs";

const key = (text, callback_data) => ({
  reply_markup: { inline_keyboard: [[{ text, callback_data }]] },
});

export function talks(t) {
  check(t, "keyboards in a form: inline ones come back, others do not", async () => {
    same(buttons(await t.bot.sendMessage(ann, "x", key("A", "a"))), [[["A", "a"]]]);
    is(
      (
        await t.bot.sendMessage(ann, "x", {
          reply_markup: { keyboard: [["S", "L"]], resize_keyboard: true },
        })
      ).reply_markup,
      undefined,
    );
    await t.refused(
      () => t.bot.sendMessage(ann, "x", key("A", "x".repeat(65))),
      400,
      "Bad Request: BUTTON_DATA_INVALID",
    );
  });

  check(t, "chats and members are described", async () => {
    is((await t.bot.getChat("@news")).title, "News");
    const self = await t.bot.getChatMember(news, me.id);
    same([self.status, self.can_post_messages], ["administrator", true]);
    same((await t.bot.getChatAdministrators(talk)).map((each) => each.status).sort(), [
      "administrator",
      "creator",
    ]);
    is(await t.bot.getChatMemberCount(talk), 3);
  });

  check(t, "changes of membership arrive", async () => {
    const { id } = await t.sim.post("chats", {
      title: "Fresh",
      type: "supergroup",
      creator: "ann",
    });
    await t.world.member(id, { user: me.username, status: "administrator", by: "ann" });
    is(
      (await t.inbox.next("my_chat_member", (it) => it.chat.id === id)).new_chat_member.status,
      "administrator",
    );
    const { id: eve } = await t.sim.post("users", { name: "Eve" });
    await t.world.member(id, { user: eve, status: "member" });
    is(
      (await t.inbox.next("message", (it) => it.chat.id === id && it.new_chat_members))
        .new_chat_members.length,
      1,
    );
    is(
      (await t.inbox.next("chat_member", (it) => it.new_chat_member.user.id === eve))
        .old_chat_member.status,
      "left",
    );
  });
}
