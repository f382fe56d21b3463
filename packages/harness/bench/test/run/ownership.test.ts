import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordPath } from "@petl/results";
import { expect, test } from "vitest";
import { refuseForeign } from "../../src/ownership/folders.js";
import { checkOutput } from "../../src/run/check-output.js";
import type { BenchEvent } from "../../src/run/events.js";
import { runSuite } from "../../src/run/run-suite.js";
import { type Plan, planSuite } from "../../src/suite/plan.js";
import { parseSuite } from "../../src/suite/schema.js";
import { directoryOf, glueFiles, methodSource, ourMark } from "../files.js";

/** A plan of one run whose data and method lie in a folder; `steps` 1 trains in no time. */
async function planIn(directory: string, method = "bitfit"): Promise<Plan> {
  const shared = { backbone: "t5-tiny-random", data: join(directory, "glue"), threads: 1 };
  const suite = { name: "own", methods: [{ method }], tasks: ["sst2"], settings: { steps: 1 }, ...shared };
  return planSuite(parseSuite(suite, "test"), { directory });
}

test("D1: a folder with files and no mark of ours is refused in one line, an empty or marked one is not", () => {
  const foreign = directoryOf({ "suite.json": "{}", "notes.md": "" });
  expect(() => refuseForeign(foreign)).toThrow(
    `output directory ${foreign}: expected an empty folder or one that bench glue made, got one with notes.md and 1 more; choose another --out`,
  );
  const otherMark = directoryOf({ "petl-bench.json": `{"kind":"mine"}` });
  expect(() => refuseForeign(otherMark)).toThrow("whose petl-bench.json does not mark a bench output");
  const newer = directoryOf({ "petl-bench.json": `{"kind":"bench output","version":2}` });
  expect(() => refuseForeign(newer)).toThrow("got one of a newer petl-bench (mark version 2); update petl-bench or");
  refuseForeign(directoryOf({}));
  refuseForeign(join(directoryOf({}), "missing"));
  refuseForeign(directoryOf({ ...ourMark, "notes.md": "" }));
  refuseForeign(directoryOf({ ".lock": "{}", [`.petl-${"0".repeat(16)}.tmp`]: "" })); // a bench killed at its start
});

test("D1: an output that is or holds an input is refused, links followed", async () => {
  const directory = directoryOf({ ...glueFiles, ...ourMark, "own.mjs": methodSource("own"), "suites/a.json": "" });
  const plan = await planIn(directory, "./own.mjs");
  const glue = join(directory, "glue");
  const link = join(directoryOf({}), "link");
  symlinkSync(glue, link);
  for (const out of [glue, link, directory])
    expect(() => checkOutput(out, plan)).toThrow(`expected a folder without inputs, got one that is or holds the data`);
  const suites = join(directory, "suites");
  expect(() => checkOutput(suites, plan, [{ what: "the suite", path: join(suites, "a.json") }])).toThrow(
    `is or holds the suite ${join(suites, "a.json")}; choose another --out`,
  );
  const elsewhere = await planIn(directoryOf({ ...glueFiles }), join(directory, "own.mjs"));
  expect(() => checkOutput(directory, elsewhere)).toThrow("is or holds the method");
  checkOutput(join(directory, "out"), plan);
});

test("D5: a damaged record is set aside and said, one of a newer schema is never touched", {
  timeout: 120_000,
}, async () => {
  const plan = await planIn(directoryOf(glueFiles));
  const { id } = plan.runs[0]!;
  const out = directoryOf({ ...ourMark, [`runs/${id}.json`]: "{ cut off" });
  const events: BenchEvent[] = [];
  const run = (force = false) =>
    runSuite(plan, { out, force, signal: new AbortController().signal, onEvent: (event) => events.push(event) });
  expect((await run()).records.map(({ status }) => status)).toEqual(["completed"]);
  const aside = join(out, "runs", "damaged", `${id}.json`);
  expect(readFileSync(aside, "utf8")).toBe("{ cut off");
  expect(events).toContainEqual({ type: "set-aside", message: expect.stringContaining(`was moved to ${aside}`) });

  const file = recordPath(out, id);
  const newer = readFileSync(file, "utf8").replace(`"schemaVersion": 2`, `"schemaVersion": 3`);
  writeFileSync(file, newer);
  for (const force of [false, true])
    await expect(run(force)).rejects.toThrow(/got 3, which is newer; update petl-bench$/);
  expect(readFileSync(file, "utf8")).toBe(newer);
});

test("D2: what others put into the activation cache's folder stays", { timeout: 120_000 }, async () => {
  const plan = await planIn(directoryOf(glueFiles));
  const theirs = "activation-cache/run/notes.txt";
  const out = directoryOf({ ...ourMark, [theirs]: "precious" });
  mkdirSync(join(out, "activation-cache", "empty"));
  await runSuite(plan, { out, signal: new AbortController().signal, onEvent: () => {} });
  expect(readdirSync(join(out, "activation-cache"))).toEqual(["run"]);
  expect(existsSync(join(out, theirs))).toBe(true);
});
