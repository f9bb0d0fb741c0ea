// Polls and quizzes.
import { is, message, poll, quizAnswer, same } from "../expect.mjs";
import { check } from "../tour.mjs";
import { ann, bob, news, talk } from "../world.mjs";

export function polls(t) {
  check(t, "a poll goes out with its options and nobody has voted", async () => {
    const sent = await t.api.sendPoll(
      talk,
      "Tea?",
      ["Yes", "No"].map((text) => ({ text })),
      { allows_multiple_answers: true },
    );
    message(sent, { chat: talk });
    poll(sent.poll, { question: "Tea?", options: ["Yes", "No"], allows_multiple_answers: true });
  });

  check(t, "a quiz knows its answer and explains it", async () => {
    const sent = await t.api.sendPoll(ann, "2 + 2?", [{ text: "3" }, { text: "4" }], {
      type: "quiz",
      correct_option_ids: [1],
      explanation: "<b>count</b>",
      explanation_parse_mode: "HTML",
    });
    poll(sent.poll, { question: "2 + 2?", options: ["3", "4"], type: "quiz" });
    quizAnswer(sent.poll, 1);
    is(sent.poll.explanation, "count");
    is(sent.poll.explanation_entities[0].type, "bold");
  });

  check(t, "a vote in an open poll arrives with its voter, and the poll counts it", async () => {
    const sent = await t.api.sendPoll(talk, "When?", [{ text: "Now" }, { text: "Later" }], {
      is_anonymous: false,
    });
    is(sent.poll.is_anonymous, false);
    await t.world.vote(talk, sent.message_id, "ann", [1]);
    const { pollAnswer } = await t.inbox.next("poll_answer", (it) => it.poll_id === sent.poll.id);
    same([pollAnswer.user.id, pollAnswer.option_ids], [ann, [1]]);
    const { poll: state } = (await t.inbox.next("poll", (it) => it.id === sent.poll.id)).update;
    same([state.total_voter_count, state.options.map((each) => each.voter_count)], [1, [0, 1]]);
  });

  check(t, "a stopped poll is closed with its votes, and cannot be stopped again", async () => {
    const sent = await t.api.sendPoll(talk, "Done?", [{ text: "Yes" }, { text: "No" }]);
    await t.world.vote(talk, sent.message_id, bob, [0]);
    const closed = await t.api.stopPoll(talk, sent.message_id);
    same(
      [closed.id, closed.is_closed, closed.total_voter_count, closed.options[0].voter_count],
      [sent.poll.id, true, 1, 1],
    );
    await t.refused(
      () => t.api.stopPoll(talk, sent.message_id),
      400,
      "Bad Request: poll has already been closed",
    );
  });

  check(t, "an open poll does not go to a channel", async () => {
    await t.refused(
      () => t.api.sendPoll(news, "Who?", [{ text: "a" }, { text: "b" }], { is_anonymous: false }),
      400,
      /^Bad Request: /,
    );
  });
}
