import { join } from "node:path";
import { type RunRecord, readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { claimRun } from "../src/run/claims.js";
import type { BenchEvent } from "../src/run/events.js";
import { type RunSuiteOptions, runSuite } from "../src/run/run-suite.js";
import { suiteStatus } from "../src/status/suite-status.js";
import { type Plan, planSuite } from "../src/suite/plan.js";
import { parseSuite, type SuiteInput } from "../src/suite/schema.js";
import { planShared, type SharedPlan, sharedPlan } from "../src/suite/shared-plan.js";
import { directoryOf } from "./files.js";

const rows = (count: number): string =>
  Array.from({ length: count }, (_, row) => `a ${row % 2 ? "calm" : "grey"} sea number ${row}\t${row % 2}\n`).join("");
const files = {
  "glue/SST-2/train.tsv": `sentence\tlabel\n${rows(48)}`,
  "glue/SST-2/dev.tsv": `sentence\tlabel\n${rows(8)}`,
};

function planOf(changes: Partial<SuiteInput>): Promise<Plan> {
  const directory = directoryOf(files);
  const shared = { backbone: "t5-tiny-random", device: "cpu", data: join(directory, "glue"), tasks: ["sst2"] };
  const input = { name: "parallel", ...shared, settings: { epochs: 2, batchSize: 8 }, ...changes } as SuiteInput;
  return planSuite(parseSuite(input, "test"), { directory });
}

async function run(plan: Plan, changes: Partial<RunSuiteOptions> = {}) {
  const out = changes.out ?? directoryOf({});
  const events: BenchEvent[] = [];
  const signal = new AbortController().signal;
  const onEvent = (event: BenchEvent) => events.push(event);
  const result = await runSuite(plan, { signal, onEvent, ...changes, out });
  return { out, events, result, records: (await readRecords(out)).records };
}

/** What must not depend on how many runs go on at a time, nor on how many threads compute. Trials that find states recorded need less memory. */
const figures = ({ id, status, run, scores, curve, memory, counts, answers, activationCache }: RunRecord) => ({
  ...{ id, status, trial: run.trial, chosen: run.chosen, curve, counts, answers },
  peak: run.stage === "trial" && activationCache?.figures ? null : memory?.peakTensorBytes,
  scores: scores?.evaluations.map(({ wallTimeS: _, ...rest }) => rest),
});

/** Most runs that went on at the same time. */
function most(events: readonly BenchEvent[]): number {
  let [inHand, highest] = [0, 0];
  for (const { type } of events) {
    inHand += type === "run-begin" ? 1 : type === "run-end" ? -1 : 0;
    highest = Math.max(highest, inHand);
  }
  return highest;
}

test("two at a time give the records of one after the other, searches and finals in their order", {
  timeout: 300_000,
}, async () => {
  const searched = {
    methods: [{ method: "read" }, { method: "bitfit" }],
    seeds: [0, 1],
    ...({ protocol: "tuned", trials: 2, validation: 8 } as const),
  };
  const plan = await planOf(searched);
  const one = await run(plan);
  const two = await run(await planOf(searched), { parallel: 2 });
  expect([most(one.events), most(two.events)]).toEqual([1, 2]);
  expect(two.records.map(figures)).toEqual(one.records.map(figures));
  expect(one.records.every(({ status }) => status === "completed")).toBe(true);
  expect(two.result.records.map(({ id }) => id)).toEqual(one.result.records.map(({ id }) => id));
  const begun = two.events.flatMap((event) => (event.type === "run-begin" ? [event.index] : []));
  expect(begun).toEqual(begun.map((_, index) => index + 1));
  const shared = sharedPlan(plan, { directory: two.out, searchOnly: false });
  expect((await suiteStatus(two.out, shared)).map(({ state }) => state)).toEqual(plan.outline.map(() => "done"));
  const again = await planShared(JSON.parse(JSON.stringify(shared)) as SharedPlan, {}); // as another process gets it
  const records = new Map(two.records.map((record) => [record.id, record]));
  expect(again.known(records).map(({ id }) => id)).toEqual(plan.known(records).map(({ id }) => id));
  for (const { energy } of two.records) expect(energy).toMatchObject({ grossJ: null });
});

test("a run that fails does not stop the others, and one that another process does is left to it", {
  timeout: 300_000,
}, async () => {
  const plan = await planOf({
    methods: [{ method: "bitfit" }, { method: "bitfit", config: { learningRateScale: 1e30 } }, { method: "full" }],
    settings: { epochs: 2, batchSize: 8, learningRate: 1e30 },
  });
  const out = directoryOf({});
  const theirs = plan.runs.find(({ method }) => method.name === "full")!;
  await run(plan, { out, signal: AbortSignal.abort() }); // makes the folder ours
  const held = await claimRun(out, theirs, {});
  const { events, result, records } = await run(plan, { out, parallel: 2 });
  expect(events).toContainEqual({
    type: "elsewhere",
    run: expect.anything(),
    by: expect.stringContaining(`process ${process.pid}`),
  });
  expect(result.elsewhere).toBe(1);
  expect(records).toHaveLength(2);
  expect(records.map(({ status }) => status)).toContain("failed");
  if (held.isOurs) held.release();
  const rest = await run(plan, { out });
  expect([rest.result.elsewhere, rest.records.length]).toEqual([0, 3]);
});

test("several runs at a time need a GPU each, and a CPU has none", async () => {
  const plan = await planOf({ methods: [{ method: "bitfit" }] });
  await expect(run(plan, { gpus: [0, 1] })).rejects.toThrow(/expected a device that computes on GPUs, got cpu/);
  const onGpu = { ...plan, device: { ...plan.device, provider: { ...plan.device.provider, runsOn: "gpu" as const } } };
  await expect(run(onGpu, { parallel: 2 })).rejects.toThrow(/expected a GPU for each run/);
});
