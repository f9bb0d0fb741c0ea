// Starts telegram-sim for one test file and speaks its control API.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { deflateSync } from "node:zlib";

const program = process.env.TELEGRAM_SIM;
assert.ok(program, "TELEGRAM_SIM must name the program; run.sh does it");

export async function startSim(...options) {
  const child = spawn(program, ["--listen", "127.0.0.1:0", "--log-level", "warning", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const [first] = await Promise.race([
    once(lines, "line"),
    ended.then(([code]) => assert.fail(`telegram-sim ended with ${code}`)),
  ]);
  assert.match(first, /^ready http:/);
  const url = first.slice("ready ".length);

  async function control(method, path, body) {
    const answer = await fetch(`${url}/sim/v1/${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const parsed = await answer.json();
    assert.equal(answer.status, 200, `${method} ${path}: ${parsed.error}`);
    return parsed;
  }
  return {
    url,
    get: (path) => control("GET", path),
    post: (path, body) => control("POST", path, body),
    put: (path, body) => control("PUT", path, body),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      assert.equal(code, 0, "telegram-sim ends with 0 after SIGTERM");
    },
  };
}

// A person, a bot, their private chat, and a channel that the bot runs.
export const ann = 501;
export const channel = -1000000000010;
export const token = "7001:AAtest-token_of_the_client_tests";

export async function smallWorld(sim) {
  await sim.post("world", {
    users: [{ id: ann, name: "Ann", username: "ann" }],
    bots: [{ id: 7001, username: "client_bot", token }],
    chats: [{ id: channel, title: "News", username: "news", admins: ["client_bot"] }],
    starts: [{ user: "ann", bot: "client_bot" }],
  });
}

export const say = (sim, text, more = {}) =>
  sim.post(`chats/${ann}/messages?bot=client_bot`, { text, ...more });
export const privateMessages = (sim) => sim.get(`chats/${ann}/messages?bot=client_bot`);

// Every byte value, and a length that no buffer has.
export const bytes = Buffer.from(Array.from({ length: 70_001 }, (_, i) => (i * 7 + (i >> 8)) & 255));

// A picture that Telegram would take: 3 x 2 pixels, all of one grey.
export function png() {
  const crc = (data) => {
    let sum = ~0;
    for (const byte of data) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  };
  const chunk = (type, data) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const framed = Buffer.alloc(named.length + 8);
    framed.writeUInt32BE(data.length, 0);
    named.copy(framed, 4);
    framed.writeUInt32BE(crc(named), named.length + 4);
    return framed;
  };
  const header = Buffer.from([0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
  const rows = Buffer.from([0, 9, 9, 9, 0, 9, 9, 9]);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

// One value that somebody else delivers, within thirty seconds: a bound, not a pace.
export function promised(what) {
  let deliver;
  const value = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${what} did not come`)), 30_000);
    deliver = (it) => {
      clearTimeout(late);
      resolve(it);
    };
  });
  return { value, deliver };
}
