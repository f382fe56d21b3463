import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchEvent, PlannedRun } from "@petl/bench";
import { expect, test } from "vitest";
import { syntheticRecord } from "../../../results/test/record-factory.js";
import { WandbTracker } from "../../src/wandb/wandb.js";
import { events, run, suite } from "../events.js";
import { newFolder } from "./new-folder.js";
import { fieldsOf, readLog } from "./read-log.js";

/** Tells a tracker of events, half a second apart, and returns what it wrote and said. */
async function track(out: string, told: readonly BenchEvent[], env: NodeJS.ProcessEnv = {}) {
  const notes: string[] = [];
  let nowS = 1_700_000_000;
  const tracker = new WandbTracker(
    { ...suite, out },
    env,
    (line) => notes.push(line),
    () => nowS,
  );
  for (const event of told) {
    tracker.on(event);
    nowS += 0.5;
  }
  await tracker.close();
  return { notes, folders: readdirSync(join(out, "wandb")).sort() };
}

/** What the only run of a folder says, each record as the name of its kind and its values. */
function recordsIn(out: string, folder: string) {
  const file = `run-${folder.replace(/^offline-run-\d{8}_\d{6}-/, "")}.wandb`;
  return readLog(join(out, "wandb", folder, file)).map((bytes, at) => {
    const record = fieldsOf(bytes);
    expect(record.get(1)).toEqual([at + 1]);
    const [[field, [message]]] = [...record].filter(([number]) => number !== 1) as [[number, [Uint8Array]]];
    return read(field, fieldsOf(message));
  });
}

const text = (value: unknown): string => Buffer.from(value as Uint8Array).toString();

function items(values: readonly unknown[] = []): Record<string, unknown> {
  const pairs = values.map((value) => {
    const item = fieldsOf(value as Uint8Array);
    const name = item.has(1) ? text(item.get(1)![0]) : item.get(2)!.map(text).join(" ");
    const json = text(item.get(16)![0]);
    return [name, json === "NaN" ? Number.NaN : JSON.parse(json)];
  });
  return Object.fromEntries(pairs);
}

function read(field: number, message: ReturnType<typeof fieldsOf>): [string, Record<string, unknown>] {
  const at = (number: number): unknown => message.get(number)?.[0];
  switch (field) {
    case 2:
      return ["history", { ...items(message.get(1)), step: fieldsOf(at(2) as Uint8Array).get(1)?.[0] ?? 0 }];
    case 3:
      return ["summary", items(message.get(1))];
    case 17: {
      const names = { id: 1, entity: 2, project: 3, group: 6, jobType: 7, name: 8 };
      const texts = Object.entries(names).map(([name, number]) => [
        name,
        message.has(number) ? text(at(number)) : null,
      ]);
      const startS = fieldsOf(at(17) as Uint8Array).get(1)?.[0];
      return ["run", { ...Object.fromEntries(texts), startS, config: items(fieldsOf(at(4) as Uint8Array).get(1)) }];
    }
    case 18:
      return ["exit", { code: at(1) ?? 0, runtimeS: at(2) ?? 0 }];
    default:
      return [String(field), {}];
  }
}

test("a run's file tells settings, a row for each step, the summary and the ending", async () => {
  const out = newFolder();
  const evaluation = { type: "evaluation", step: 2, score: 60, metrics: { accuracy: 0.6 } } as never;
  const [begin, first, second, third, end] = events([0.9, 0.8, Number.NaN]) as [BenchEvent, ...BenchEvent[]];
  const told = [begin, first!, second!, { type: "run-event", run, event: evaluation } as BenchEvent, third!, end!];
  const { notes, folders } = await track(out, told);
  expect(folders).toEqual([expect.stringMatching(/^offline-run-20231114_221320-alpha-sst2-0-0a1b2c-[0-9a-f]{8}$/)]);
  expect(notes).toEqual([expect.stringMatching(/^--log wandb: .*: wandb sync \S+\/wandb$/)]);
  expect(readdirSync(join(out, "wandb", folders[0]!)).sort()[0]).toBe("files");

  const records = recordsIn(out, folders[0]!);
  expect(records.map(([kind]) => kind)).toEqual([
    ...["21", "run", "summary", "history", "summary", "history"],
    ...["summary", "summary", "history", "summary", "exit"],
  ]);
  expect(records[1]![1]).toEqual({
    ...{ id: folders[0]!.replace(/^offline-run-\d+_\d+-/, ""), name: run.id, startS: 1_700_000_000 },
    ...{ entity: null, project: "ranks", group: "ranks", jobType: "final" },
    config: expect.objectContaining({
      suite: "ranks",
      method: "alpha",
      "method.rank": 4,
      learningRate: 0.001,
      seed: 0,
    }),
  });
  const rate = { "train/learning_rate": 0.001 };
  expect(records.filter(([kind]) => kind === "history").map(([, values]) => values)).toEqual([
    { step: 1, _step: 1, "train/loss": 0.9, ...rate, _timestamp: 1_700_000_000.5, _runtime: 0.5 },
    {
      ...{ step: 2, _step: 2, "train/loss": 0.8, ...rate, _timestamp: 1_700_000_001.5, _runtime: 1.5 },
      ...{ "evaluation/score": 60, "evaluation/accuracy": 0.6 },
    },
    { step: 3, _step: 3, "train/loss": Number.NaN, ...rate, _timestamp: 1_700_000_002, _runtime: 2 },
  ]);
  const summary = Object.assign({}, ...records.filter(([kind]) => kind === "summary").map(([, values]) => values));
  expect(summary).toMatchObject({
    ...{ _step: 3, "evaluation/score": 60, "_wandb runtime": 2 },
    "result/trainable_parameters": syntheticRecord().counts!.trainableParams,
  });
  expect(records.at(-1)).toEqual(["exit", { code: 0, runtimeS: 2 }]);
});

test("numbers of an earlier step, as those of a test of the best weights, are the run's and no row's", async () => {
  const out = newFolder();
  const [begin, ...others] = events([0.9, 0.8, 0.7]);
  const tested = { type: "test", step: 1, score: 61, metrics: {} } as never;
  const told = [begin!, ...others.slice(0, 3), { type: "run-event", run, event: tested } as BenchEvent, others[3]!];
  const records = recordsIn(out, (await track(out, told)).folders[0]!);
  const rows = records.filter(([kind]) => kind === "history").map(([, values]) => values);
  expect(rows.map(({ step }) => step)).toEqual([1, 2, 3]);
  expect(rows.some((row) => "test/score" in row)).toBe(false);
  expect(records).toContainEqual(["summary", { "test/score": 61 }]);
});

test.each([
  ["failed", { code: 1 }, { error: "it broke" }],
  ["cancelled", { code: 255 }, {}],
] as const)("a run that %s ends so", async (status, code, summary) => {
  const out = newFolder();
  const record = syntheticRecord();
  const error = status === "failed" ? { message: "it\nbroke" } : null;
  const { folders } = await track(out, events([1], { ...record, status, error } as typeof record));
  const records = recordsIn(out, folders[0]!);
  expect(records.at(-1)![1]).toMatchObject(code);
  const values = Object.assign({}, ...records.filter(([kind]) => kind === "summary").map(([, each]) => each));
  expect(values.error).toBe("error" in summary ? "it broke" : undefined);
});

test("a run without an ending has all its rows and no ending", async () => {
  const out = newFolder();
  const { folders } = await track(out, events([0.9, 0.8]).slice(0, 3));
  expect(recordsIn(out, folders[0]!).map(([kind]) => kind)).toEqual([
    "21",
    "run",
    "summary",
    "history",
    "summary",
    "history",
  ]);
});

test("a run that begins again replaces what was not sent, and nothing else", async () => {
  const out = newFolder();
  const begun = events([0.9, 0.8]).slice(0, 3);
  const other = { ...run, id: "alpha-sst2-0-0a1b2c-more" } as PlannedRun;
  const [cut] = (await track(out, begun)).folders;
  await track(out, [{ type: "run-begin", run: other, index: 1, total: 1 }]);
  const { folders } = await track(out, begun);
  expect(folders).toHaveLength(2);
  expect(folders).not.toContain(cut);
  for (const folder of folders) {
    const id = folder.replace(/^offline-run-\d+_\d+-/, "");
    writeFileSync(join(out, "wandb", folder, `run-${id}.wandb.synced`), "");
  }
  mkdirSync(join(out, "wandb", "offline-run-20231114_221320-alpha-sst2-0-0a1b2c-01234567"));
  expect((await track(out, begun)).folders).toHaveLength(4);
});

test("project and entity are those of the environment, and its key is not looked at", async () => {
  const out = newFolder();
  const env = new Proxy<NodeJS.ProcessEnv>(
    { WANDB_PROJECT: "mine", WANDB_ENTITY: "us" },
    {
      get: (target, name) => {
        if (name === "WANDB_API_KEY") throw new Error("the key was read");
        return target[name as string];
      },
    },
  );
  const { folders } = await track(out, events([1]), env);
  expect(recordsIn(out, folders[0]!)[1]![1]).toMatchObject({ project: "mine", entity: "us" });
});

test("a path with a space is a word for the shell, and a suite that began no run is told nothing", async () => {
  const out = join(newFolder(), "it's here");
  mkdirSync(join(out, "wandb"), { recursive: true });
  expect((await track(out, [])).notes).toEqual([]);
  expect((await track(out, events([1]))).notes[0]).toMatch(/: wandb sync '\/.*\/it'\\''s here\/wandb'$/);
});
