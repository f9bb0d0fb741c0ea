// What https://core.telegram.org/bots/api says of an answer, once for all libraries. Where only the
// server's own source says it, the comment names that.
import assert from "node:assert/strict";

export const same = assert.deepEqual;
export const is = assert.equal;
export const ok = assert.ok;

// MessageEntity: offset and length count UTF-16 code units, as JavaScript does.
export function entities(message) {
  const text = message.text ?? message.caption;
  return (message.entities ?? message.caption_entities ?? []).map((each) => [
    each.type,
    text.substr(each.offset, each.length),
  ]);
}

// Message: what each one has.
export function message(it, { chat, from, text }) {
  assert.equal(it.chat.id, chat);
  assert.ok(Number.isInteger(it.message_id) && it.message_id > 0);
  assert.ok(Math.abs(it.date - Date.now() / 1000) < 120, "Unix time");
  if (from !== undefined) assert.equal(it.from.id, from);
  if (text !== undefined) assert.equal(it.text, text);
}

// PhotoSize, Video, Animation, Audio, Voice, VideoNote, Document, Sticker: the ids of a file.
export function file(it, size) {
  assert.ok(it.file_id.length > 10 && it.file_unique_id.length > 4);
  assert.notEqual(it.file_id, it.file_unique_id);
  if (size !== undefined) assert.equal(it.file_size, size);
}

// Message.photo: available sizes of the photo.
export function photo(it, { width, height, size }) {
  assert.ok(Array.isArray(it.photo) && it.photo.length > 0);
  const largest = it.photo.at(-1);
  file(largest, size);
  same([largest.width, largest.height], [width, height]);
  return largest;
}

// sendMediaGroup: an array of the messages sent; media_group_id is a string that they share.
export function album(messages, kinds) {
  assert.equal(messages.length, kinds.length);
  messages.forEach((each, i) => assert.ok(each[kinds[i]], `part ${i} is a ${kinds[i]}`));
  assert.equal(typeof messages[0].media_group_id, "string");
  assert.equal(new Set(messages.map((each) => each.media_group_id)).size, 1);
  const ids = messages.map((each) => each.message_id);
  same(
    ids,
    [...ids].sort((a, b) => a - b),
  );
}

// Poll, as it is before anybody voted.
export function poll(it, { question, options, ...more }) {
  assert.equal(typeof it.id, "string");
  assert.equal(it.question, question);
  same(
    it.options.map((each) => [each.text, each.voter_count]),
    options.map((text) => [text, 0]),
  );
  const usual = {
    total_voter_count: 0,
    is_closed: false,
    is_anonymous: true,
    type: "regular",
    allows_multiple_answers: false,
  };
  for (const [key, value] of Object.entries({ ...usual, ...more })) same(it[key], value, key);
}

// The answer of a quiz: one id until Bot API 9, a list of ids since.
export function quizAnswer(it, option) {
  same(it.correct_option_ids ?? [it.correct_option_id], [option]);
}

// InlineKeyboardMarkup: the texts and what each button carries.
export const buttons = (message) =>
  message.reply_markup.inline_keyboard.map((row) =>
    row.map(({ text, ...rest }) => [text, Object.values(rest)[0]]),
  );

// A refusal as the library throws it; `read` turns that into Telegram's own answer.
export async function refused(read, call, code, text, parameters) {
  await assert.rejects(
    async () => call(),
    (why) => {
      const answer = read(why);
      assert.equal(answer.error_code, code, answer.description);
      if (text instanceof RegExp) assert.match(answer.description, text);
      else assert.equal(answer.description, text);
      if (parameters) same(answer.parameters, parameters);
      return true;
    },
  );
}
