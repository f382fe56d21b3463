import { existsSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type RunRecord, readRecords } from "@petl/results";
import { expect, test } from "vitest";
import type { BenchEvent } from "../src/run/events.js";
import { runStateFile } from "../src/run/run-state-files.js";
import { runSuite } from "../src/run/run-suite.js";
import { type Plan, planSuite } from "../src/suite/plan.js";
import { parseSuite } from "../src/suite/schema.js";
import { directoryOf, ourMark } from "./files.js";

const rows = (count: number): string =>
  Array.from({ length: count }, (_, row) => `a ${row % 2 ? "calm" : "grey"} sea number ${row}\t${row % 2}\n`).join("");
const files = {
  "glue/SST-2/train.tsv": `sentence\tlabel\n${rows(24)}`,
  "glue/SST-2/dev.tsv": `sentence\tlabel\n${rows(8)}`,
};

function planOf(method: string, epochs: number): Promise<Plan> {
  const directory = directoryOf(files);
  const settings = { epochs, batchSize: 4, dropout: 0.1, learningRate: 3e-3 };
  const shared = { backbone: "t5-tiny-random", data: join(directory, "glue"), threads: 1 };
  return planSuite(
    parseSuite({ name: "resume", methods: [{ method }], tasks: ["sst2"], ...shared, settings }, "test"),
    {
      directory,
    },
  );
}

/** A busy machine takes its time to start a process. */
const patient = { timeout: 300_000 };

/** Runs a suite of one run, cancelled at the first step of epoch `until`. */
async function runUntil(plan: Plan, out: string, until: number | null, changes = {}) {
  const stop = new AbortController();
  const events: BenchEvent[] = [];
  await runSuite(plan, {
    out,
    signal: stop.signal,
    ...changes,
    onEvent(event) {
      events.push(event);
      if (event.type === "run-event" && event.event.type === "step" && event.event.epoch === until) stop.abort();
    },
  });
  const heard = events.flatMap((event) => (event.type === "run-event" ? [event.event] : []));
  return { record: (await readRecords(out)).records[0]!, heard };
}

/** All of a record that must not depend on interruptions. */
function figures({ counts, scores, curve, memory, time, epochs: costs, backboneSource }: RunRecord) {
  const untimed = scores?.evaluations.map(({ wallTimeS: _, ...rest }) => rest);
  return {
    ...{ counts, scores: { ...scores, evaluations: untimed }, curve, backboneSource },
    peak: memory?.peakTensorBytes,
    work: [time?.steps, time?.tokens, time?.paddedTokens],
    epochs: costs?.map(({ epoch, steps }) => [epoch, steps]),
  };
}

test("a run interrupted in each epoch ends with bitwise the same figures as one that was not", patient, async () => {
  const epochs = 3;
  const plan = await planOf("full", epochs);
  const whole = (await runUntil(plan, directoryOf({}), null)).record;
  expect(whole).toMatchObject({ status: "completed" });
  expect(whole.resumed).toEqual([]);

  const out = directoryOf({});
  const file = runStateFile(out, whole.id);
  for (let epoch = 2; epoch <= epochs; epoch++) {
    expect((await runUntil(plan, out, epoch)).record.status).toBe("cancelled");
    expect(existsSync(file)).toBe(true);
  }
  const { record, heard } = await runUntil(plan, out, null);
  const perEpoch = whole.time!.steps / epochs;
  for (const [index, { step }] of record.resumed.entries()) {
    expect(step).toBeGreaterThan((index + 1) * perEpoch); // not only as far as the last evaluation
    expect(step).toBeLessThan((index + 2) * perEpoch);
  }
  expect(figures(record)).toEqual(figures(whole));
  expect(record.time!.trainTimeS).toBeGreaterThan(0);
  const unknown = { othersBusyShare: { training: null, evaluation: null } };
  expect(record.load).toMatchObject({
    ...unknown,
    reason: expect.stringContaining("its load before that was not kept"),
  });
  if (process.platform === "linux") expect(whole.load).not.toMatchObject(unknown);
  expect(record.resumed).toHaveLength(2);
  expect([whole.load?.reason === null, record.time!.processorS]).toEqual([process.platform === "linux", null]);
  expect(record.windows).toHaveLength(2 * epochs + record.resumed.length); // each stop divides a window
  expect(heard.filter(({ type }) => type === "notice")).toEqual([]);
  expect(existsSync(join(out, "run-states"))).toBe(false);
});

test(
  "a checkpoint that is damaged, of other code, or not wanted is not gone on from, and says so",
  patient,
  async () => {
    const plan = await planOf("bitfit", 2);
    const out = directoryOf({});
    const begun = await runUntil(plan, out, 2);
    const file = runStateFile(out, begun.record.id);
    truncateSync(file, 1000);
    const onTwo = plan.runs.map((run) => ({ ...run, options: { ...run.options, threads: 2 } }));
    const other = { ...plan, runs: onTwo, known: () => onTwo };
    const anew = await runUntil(other, out, 2);
    expect(anew.heard).toContainEqual({ type: "notice", message: expect.stringContaining("cannot be read") });
    expect(anew.record.resumed).toEqual([]);

    const elsewhere = await runUntil(plan, out, 2);
    expect(elsewhere.heard).toContainEqual({ type: "notice", message: expect.stringContaining("on another device") });
    expect(existsSync(file)).toBe(true);

    const last = await runUntil(plan, out, null, { keepRunState: false });
    expect(last.record).toMatchObject({ status: "completed" });
    expect(last.record.resumed).toEqual([]);
    expect(existsSync(file)).toBe(false);
  },
);

test("where no run state can be written the run says so and goes on", patient, async () => {
  const plan = await planOf("bitfit", 2);
  const blocked = `run-states/${plan.runs[0]!.id}.safetensors/a file in a folder where the file should be`;
  const { record, heard } = await runUntil(plan, directoryOf({ ...ourMark, [blocked]: "" }), null);
  expect(record.status).toBe("completed");
  const notices = heard.flatMap((event) => (event.type === "notice" ? [event.message] : []));
  expect(notices).toEqual([
    expect.stringMatching(/^its run state cannot be read/),
    expect.stringMatching(/^no run state of step 6 is kept: /),
  ]);
});

test(
  "D3: what a killed process of ours left half-written is removed by the next, what others left is not",
  patient,
  async () => {
    const ours = [`runs/.petl-${"0".repeat(16)}.tmp`, "runs/.probe-12", `run-states/.petl-${"b".repeat(16)}.tmp`];
    const theirs = ["runs/.0b.tmp", "runs/.swap.tmp", "runs/.probe-mine", "runs/kept.csv", "run-states/x.partial"];
    const out = directoryOf({ ...ourMark, ...Object.fromEntries([...ours, ...theirs].map((name) => [name, "x"])) });
    await runUntil(await planOf("bitfit", 1), out, 1);
    expect(ours.filter((name) => existsSync(join(out, name)))).toEqual([]);
    expect(theirs.filter((name) => existsSync(join(out, name)))).toEqual(theirs);
  },
);
