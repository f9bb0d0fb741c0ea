// The handbook names the clients that were tried, in the versions that are installed here.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const read = (path) => readFile(new URL(path, import.meta.url), "utf8");

test("the handbook's table of clients is that of package.json", async () => {
  const handbook = await read("../../docs/telegram-sim.md");
  const [, section] = /## Clients that were tried\n([^]*?)\n## /.exec(handbook);
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^ |]+) \|/gm)].map(([, name, version]) => [
    name,
    version,
  ]);
  const { dependencies } = JSON.parse(await read("package.json"));
  assert.deepEqual(Object.fromEntries(rows), dependencies);
});
