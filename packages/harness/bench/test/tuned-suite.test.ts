import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunRecord, recordPath, reportedScore } from "@petl/results";
import { expect, test } from "vitest";
import type { BenchEvent } from "../src/run/events.js";
import { runSuite } from "../src/run/run-suite.js";
import { planSuite } from "../src/suite/plan.js";
import { parseSuite, type SuiteInput } from "../src/suite/schema.js";
import { directoryOf } from "./files.js";

const rows = (count: number, start = 0): string =>
  Array.from(
    { length: count },
    (_, row) => `a ${row % 2 ? "calm" : "grey"} sea number ${start + row}\t${row % 2}\n`,
  ).join("");
const train = "glue/SST-2/train.tsv";
const dev = "glue/SST-2/dev.tsv";
const header = "sentence\tlabel\n";
const files = { [train]: header + rows(60), [dev]: header + rows(12, 100) };

/** A busy machine takes its time to start a process. */
const patient = { timeout: 600_000 };

const tuned: SuiteInput = {
  name: "tuned",
  methods: [{ method: "bitfit" }, { method: "full" }],
  tasks: ["sst2"],
  seeds: [0, 1],
  backbone: "t5-tiny-random",
  protocol: "tuned",
  trials: 4,
  limit: 32,
  validation: 10,
  threads: 1,
  settings: { epochs: 4, batchSize: 8, learningRate: 1e-3 },
};

const planOf = (directory: string, change: Partial<SuiteInput> = {}, options = {}) =>
  planSuite(parseSuite({ ...tuned, data: join(directory, "glue"), ...change }, "test"), { directory, ...options });

const never = new AbortController().signal;

test("a search reads no example of dev, resumes, and is reused by the runs that dev scores once", patient, async () => {
  const directory = directoryOf(files);
  const out = directoryOf({});
  const good = readFileSync(join(directory, dev));
  writeFileSync(join(directory, dev), "unreadable \xff\n");

  const search = await planOf(directory, {}, { searchOnly: true });
  expect(search.outline.map(({ stage }) => stage)).toEqual(Array(2 * (4 + 2)).fill("trial"));
  const stop = new AbortController();
  let begun = 0;
  const onEvent = (event: BenchEvent): void => {
    if (event.type === "run-begin" && ++begun === 6) stop.abort();
  };
  const cut = await runSuite(search, { out, signal: stop.signal, onEvent });
  expect(cut.cancelled).toBe(true);
  const searched = await runSuite(search, { out, signal: never, onEvent });
  expect(begun).toBe(13); // 12 trials, of which one was begun twice
  const trials = searched.records;
  expect(trials).toHaveLength(12);
  for (const { run, scores, answers, data } of trials) {
    expect(run).toMatchObject({ stage: "trial", seed: 2, trial: { of: 4, rungs: 2 } });
    expect(scores).toMatchObject({ test: null, best: { interval: expect.anything() } });
    expect(scores!.evaluations.map(({ split }) => split)).toContain("validation");
    expect(answers).toEqual([]);
    expect(data).toMatchObject({ trainExamples: 32, evalExamples: 10, testExamples: null });
    expect(data!.files.map(({ name }) => name)).toEqual(["SST-2/train.tsv"]);
  }
  const firstRung = trials.filter(({ run }) => run.trial!.rung === 1 && run.method === "full");
  expect(new Set(firstRung.map(({ run }) => run.settings.learningRate)).size).toBe(4);
  expect(firstRung.map(({ time }) => time!.steps)).toEqual(Array(4).fill(4)); // a quarter of 4 epochs of 4 updates

  writeFileSync(join(directory, dev), good);
  const plan = await planOf(directory);
  const order: string[] = [];
  const heard: string[] = [];
  const { records } = await runSuite(plan, {
    out,
    signal: never,
    onEvent: (event) => {
      if (event.type === "run-begin") order.push(`${event.run.stage} ${event.run.method.name}`);
      if (event.type === "run-event" && event.run.stage === "final") heard.push(event.event.type);
    },
  });
  expect(order).toHaveLength(5); // no trial again
  expect(order.at(-1)).toBe("baseline untouched");
  expect(records).toHaveLength(plan.outline.length);
  const finals = records.filter(({ run }) => run.stage === "final");
  for (const record of finals) expectFinal(record, trials);
  expect(heard.indexOf("test")).toBeGreaterThan(heard.indexOf("evaluation"));
  expect(heard.slice(0, heard.indexOf("test")).filter((type) => type === "data")).toHaveLength(2); // dev's after training
  const baseline = records.find(({ run }) => run.stage === "baseline")!;
  expect(baseline).toMatchObject({ status: "completed", counts: { trainableParams: 0 }, time: { steps: 0 } });
  expect(baseline.scores!.test!.examples).toBe(12);
  expect(plan.id).toBe(search.id); // so that the same folder is found again
});

function expectFinal(record: RunRecord, trials: readonly RunRecord[]): void {
  const { run, scores, answers, data } = record;
  const ofMethod = trials.filter((trial) => trial.run.method === run.method && trial.run.trial!.rung === 2);
  const best = Math.max(...ofMethod.map((trial) => trial.scores!.best.score));
  expect(run.chosen).toMatchObject({ of: 4, validationScore: best });
  expect(run.settings.learningRate).toBe(run.chosen!.learningRate);
  expect(scores!.test).toMatchObject({ split: "dev", examples: 12, step: scores!.best.step });
  expect(reportedScore(record)).toBe(scores!.test);
  expect(scores!.constant!.score).toBe(50);
  expect(answers).toMatchObject([{ split: "dev", references: Array.from({ length: 12 }, (_, row) => row % 2) }]);
  expect(data).toMatchObject({ trainExamples: 32, evalExamples: 10, testExamples: 12 });
}

test("trials of a search share what they record of a frozen backbone, final runs keep their own", patient, async () => {
  const directory = directoryOf(files);
  const searched = { methods: [{ method: "read" }], seeds: [0], trials: 2, cpuKernels: "wasm" as const }; // whose rows do not depend on each other
  const recordsOf = async (change: Partial<SuiteInput>, options = {}) => {
    const plan = await planOf(directory, { ...searched, ...change }, options);
    const { records } = await runSuite(plan, { out: directoryOf({}), signal: never, onEvent: () => {} });
    return records;
  };
  const [first, second, final] = await recordsOf({});
  const spent = ({ run, activationCache, epochs }: RunRecord) => ({
    stage: run.stage,
    inherited: activationCache!.figures!.inherited,
    trained: epochs!.map(({ backboneForwards }) => backboneForwards.training),
  });
  expect([first, second, final].map((record) => spent(record!))).toEqual([
    { stage: "trial", inherited: 0, trained: [32, 0] },
    { stage: "trial", inherited: 42, trained: [0, 0] },
    { stage: "final", inherited: 0, trained: [32, 0, 0, 0] },
  ]);
  const alone = await recordsOf({ cacheActivations: "off" }, { searchOnly: true });
  expect([first, second].map((record) => record!.curve)).toEqual(alone.map(({ curve }) => curve));
});

test("rates of an earlier search are taken without a search, and a changed dev file is noticed", patient, async () => {
  const directory = directoryOf(files);
  const chosen = { trial: 5, of: 8, learningRate: 2e-3, validationScore: 75, edge: null };
  const rates = [{ method: "full", task: "sst2", chosen }];
  const change = { methods: [{ method: "full" }], seeds: [0], trials: 4, rates, ratesFrom: "earlier.json" };
  const plan = await planOf(directory, change);
  expect(plan.runs.map(({ stage, settings }) => [stage, settings.learningRate])).toEqual([
    ["final", 2e-3],
    ["baseline", 1e-3],
  ]);
  expect(plan.notices.join()).toContain(
    "1 of 1 learning rates that an earlier search found are taken from earlier.json",
  );
  const out = directoryOf({});
  const changes = (event: BenchEvent): void => {
    if (event.type === "run-begin") writeFileSync(join(directory, dev), header + rows(12, 300));
  };
  const { records } = await runSuite(plan, { out, signal: never, onEvent: changes });
  expect(records[0]).toMatchObject({ status: "failed", error: { code: "E_CHANGED" }, run: { chosen } });
  expect(JSON.parse(readFileSync(recordPath(out, records[0]!.id), "utf8")).scores.test).toBeNull();
});
