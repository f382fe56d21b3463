import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSuite } from "../../src/suite/load-suite.js";
import { directoryOf } from "../files.js";

const load = (source: string, limitMs?: number): Promise<unknown> =>
  loadSuite(join(directoryOf({ "suite.mjs": source }), "suite.mjs"), {}, limitMs);

test("a module's default export is the suite, prints and all", async () => {
  const suite = await load(
    `console.log("hello"); export default { name: "own", methods: [{ method: "lora" }], tasks: ["sst2"], backbone: "t5-tiny-random" };`,
  );
  expect(suite).toMatchObject({ name: "own", methods: [{ method: "lora", config: {} }] });
});

test.each([
  ["ends its process", "process.exit(0);", /before the module ended; does it call process\.exit/],
  ["awaits what never happens", "await new Promise(() => {}); export default {};", /before the module ended/],
  ["waits with a timer", "setInterval(() => {}, 1000); await new Promise(() => {});", /within 2 s/],
  ["never returns", "for (;;);", /within 2 s/],
  ["throws a string", `throw "no";`, /: no$/],
  ["throws on several lines", `throw new Error("one\\ntwo");`, /: one$/],
  ["exports a function", "export default () => ({});", /expected plain data as its default export/],
  ["exports nothing", "export const suite = {};", /expected a default export, got none$/],
])("R7: a module that %s is refused in one line", async (_what, source, message) => {
  const error = await load(source, 2_000).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ code: "E_SUITE_INVALID", message: expect.stringMatching(message) });
  expect((error as Error).message).toMatch(/^suite [^\n]*suite\.mjs: [^\n]+$/);
});
