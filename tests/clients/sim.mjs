// Starts telegram-sim for one tour and speaks its control API.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

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
    remove: (path) => control("DELETE", path),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await ended;
      assert.equal(code, 0, "telegram-sim ends with 0 after SIGTERM");
    },
  };
}
