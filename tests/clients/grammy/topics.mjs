// Pins, topics of a forum, reactions.
import { is, message, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, forum, me, news, talk } from "../world.mjs";

export function pins(t) {
  check(t, "a message is pinned, shown by the chat, and unpinned", async () => {
    const first = await t.api.sendMessage(talk, "rules");
    is(await t.api.pinChatMessage(talk, first.message_id, { disable_notification: true }), true);
    is((await t.api.getChat(talk)).pinned_message.message_id, first.message_id);
    is(await t.api.unpinChatMessage(talk, first.message_id), true);
    is((await t.api.getChat(talk)).pinned_message, undefined);
    is(await t.api.pinChatMessage(talk, first.message_id), true);
    is(await t.api.unpinAllChatMessages(talk), true);
    is((await t.api.getChat(talk)).pinned_message, undefined);
    await t.refused(
      () => t.api.pinChatMessage(talk, 999_999),
      400,
      "Bad Request: message to pin not found",
    );
  });

  check(t, "what a person pins arrives as a service message with the message in it", async () => {
    const id = await t.world.say(talk, "pin me", { from: "ann" });
    await t.world.pin(talk, id, "ann");
    const { msg } = await t.inbox.next("message", (it) => it.pinned_message && it.from.id === ann);
    same(
      [msg.pinned_message.message_id, msg.pinned_message.text, msg.from.id],
      [id, "pin me", ann],
    );
  });
}

export function topics(t) {
  check(t, "a topic is made, written into, renamed, closed, opened and deleted", async () => {
    const topic = await t.api.createForumTopic(forum, "Plans", { icon_color: 0x6fb9f0 });
    same([topic.name, topic.icon_color], ["Plans", 0x6fb9f0]);
    const sent = await t.api.sendMessage(forum, "in it", {
      message_thread_id: topic.message_thread_id,
    });
    same([sent.message_thread_id, sent.is_topic_message], [topic.message_thread_id, true]);
    is(await t.api.editForumTopic(forum, topic.message_thread_id, { name: "Big plans" }), true);
    is(await t.api.closeForumTopic(forum, topic.message_thread_id), true);
    is(await t.api.reopenForumTopic(forum, topic.message_thread_id), true);
    is(await t.api.deleteForumTopic(forum, topic.message_thread_id), true);
    await t.refused(
      () => t.api.sendMessage(forum, "x", { message_thread_id: topic.message_thread_id }),
      400,
      /message thread not found|TOPIC_DELETED/,
    );
  });

  check(t, "General is not named, and what is no topic is not found", async () => {
    const sent = await t.api.sendMessage(forum, "to all");
    is(sent.message_thread_id, undefined);
    for (const message_thread_id of [1, 999_999]) {
      await t.refused(
        () => t.api.sendMessage(forum, "x", { message_thread_id }),
        400,
        "Bad Request: message thread not found",
      );
    }
  });

  check(t, "a person's message in a topic arrives with the topic", async () => {
    const { message_thread_id } = await t.api.createForumTopic(forum, "Questions");
    const id = await t.world.say(forum, "/ask", { from: "ann", topic: message_thread_id });
    const { msg } = await t.inbox.next(
      "message",
      (it) => it.chat.id === forum && it.message_id === id,
    );
    same(
      [msg.message_thread_id, msg.is_topic_message, msg.chat.is_forum],
      [message_thread_id, true, true],
    );
  });

  check(t, "albums, copies and replies stay in their topic", async () => {
    const { message_thread_id } = await t.api.createForumTopic(forum, "Media");
    const post = await t.api.sendMessage(news, "for the topic");
    const copy = await t.api.copyMessage(forum, news, post.message_id, { message_thread_id });
    const answer = await t.api.sendMessage(forum, "yes", {
      reply_parameters: { message_id: copy.message_id },
      message_thread_id,
    });
    same(
      [answer.message_thread_id, answer.reply_to_message.message_id],
      [message_thread_id, copy.message_id],
    );
  });
}

export function reactions(t) {
  check(t, "the bot reacts, and takes it back", async () => {
    const id = await t.world.say(ann, "nice");
    is(await t.api.setMessageReaction(ann, id, [{ type: "emoji", emoji: "👍" }]), true);
    is(await t.api.setMessageReaction(ann, id, []), true);
    await t.refused(
      () => t.api.setMessageReaction(ann, id, [{ type: "emoji", emoji: "x" }]),
      400,
      "Bad Request: REACTION_INVALID",
    );
    await t.refused(
      () => t.api.setMessageReaction(ann, 999_999, []),
      400,
      "Bad Request: message to react not found",
    );
  });

  check(t, "a person's reaction arrives with the old and the new ones", async () => {
    const sent = await t.api.sendMessage(talk, "react!");
    await t.world.react(talk, sent.message_id, "ann", ["🔥"]);
    const { messageReaction } = await t.inbox.next(
      "message_reaction",
      (it) => it.message_id === sent.message_id,
    );
    same(
      [messageReaction.user.id, messageReaction.old_reaction, messageReaction.new_reaction],
      [ann, [], [{ type: "emoji", emoji: "🔥" }]],
    );
  });
}
