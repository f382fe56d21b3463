import { parseSuite, settingsOf } from "@petl/bench";
import { expect, test } from "vitest";
import { defaultReference, glueExamples, presets } from "../src/index.js";

test.each(Object.entries(presets))(
  "preset %s is a suite of that name that runs the method it compares with",
  (name, preset) => {
    const suite = parseSuite(preset, name);
    expect(suite.name).toBe(name);
    expect(suite.reference).toBe(defaultReference);
    expect(suite.methods.map(({ method }) => method)).toContain(defaultReference);
  },
);

test("lst trains small tasks for 20 epochs and large ones for 10, as published", () => {
  const suite = parseSuite(presets.lst, "lst");
  const epochs = suite.tasks.map((task) => [task, settingsOf(suite, task, 0).epochs]);
  expect(Object.fromEntries(epochs)).toEqual({
    cola: 20,
    mrpc: 20,
    stsb: 20,
    rte: 20,
    sst2: 10,
    qqp: 10,
    mnli: 10,
    qnli: 10,
  });
});

test("every example names a command of ours", () => {
  for (const { command } of glueExamples) expect(command).toMatch(/^pnpm bench glue( |$)/);
});
