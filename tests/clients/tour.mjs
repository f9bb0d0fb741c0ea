// What all tours share: a check that counts, and somebody who waits for what the bot is told.
import assert from "node:assert/strict";
import { after, test } from "node:test";

const deadline_ms = 20_000; // a bound, not a pace: everything is awaited by its condition
const passed = new Set(); // of this process, each with its transport

// One fact of Telegram's documentation, as a sentence.
export function check(t, sentence, body) {
  test(sentence, { timeout: 30_000 }, async () => {
    await body();
    passed.add(`${t.transport}: ${sentence}`);
  });
}

// The last word of a test file: what ran, and that it was not less than `wanted`.
export function atLeast(wanted) {
  after(() => {
    console.log(`checks: ${passed.size}`);
    assert.ok(
      passed.size >= wanted,
      `${passed.size} checks passed, at least ${wanted} were expected`,
    );
  });
}

// Waits until `look` finds something that is not undefined, null or false.
export async function until(what, look) {
  const end = Date.now() + deadline_ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    assert.ok(Date.now() < end, `${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

// Everything that arrived, by kind of update. Each thing is taken once, in any order.
export class Inbox {
  #arrived = [];
  #waiting = [];

  put(kind, value, update = value) {
    const at = this.#waiting.findIndex((one) => one.kind === kind && one.fits(update));
    if (at < 0) return void this.#arrived.push({ kind, value, update });
    const [one] = this.#waiting.splice(at, 1);
    one.resolve(value);
  }

  // The next update of this kind that `fits`: what the library handed over for it.
  async next(kind, fits = () => true) {
    const at = this.#arrived.findIndex((one) => one.kind === kind && fits(one.update));
    if (at >= 0) return this.#arrived.splice(at, 1)[0].value;
    return new Promise((resolve, reject) => {
      const one = { kind, fits, resolve: (value) => (clearTimeout(late), resolve(value)) };
      const late = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(one), 1);
        const others = this.#arrived.map((each) => each.kind).join(", ") || "nothing";
        reject(new Error(`no ${kind} of that kind came; left in the inbox: ${others}`));
      }, deadline_ms);
      this.#waiting.push(one);
    });
  }

  count(kind, fits = () => true) {
    return this.#arrived.filter((one) => one.kind === kind && fits(one.update)).length;
  }
}

// The kind of an update is the name of its one field beside update_id.
export const kindOf = (update) => Object.keys(update).find((key) => key !== "update_id");
