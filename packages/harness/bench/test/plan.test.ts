import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSuite } from "../src/suite/load-suite.js";
import { planSuite } from "../src/suite/plan.js";
import { parseSuite, type SuiteInput, settingsOf } from "../src/suite/schema.js";
import { directoryOf, glueFiles, methodSource } from "./files.js";

const small: SuiteInput = {
  name: "small",
  methods: [{ method: "./a.mjs" }, { method: "./b.mjs" }],
  tasks: ["sst2", "rte"],
  seeds: [0, 1],
  backbone: "t5-tiny-random",
};

function workplace(): { directory: string; plan: (change?: Partial<SuiteInput>) => ReturnType<typeof planSuite> } {
  const directory = directoryOf({ ...glueFiles, "a.mjs": methodSource("a"), "b.mjs": methodSource("b") });
  const data = join(directory, "glue");
  return {
    directory,
    plan: (change = {}) => planSuite(parseSuite({ ...small, data, ...change }, "test"), { directory }),
  };
}

describe("a plan", () => {
  test("holds every method on every task with every seed, task by task, arms in an order that is the same every time", async () => {
    const { plan } = workplace();
    const [first, again] = [await plan(), await plan()];
    const cells = first.runs.map(({ method, task, seed }) => `${task.name} ${seed} ${method.name}`);
    expect([...cells].sort()).toEqual([
      "rte 0 a",
      "rte 0 b",
      "rte 1 a",
      "rte 1 b",
      "sst2 0 a",
      "sst2 0 b",
      "sst2 1 a",
      "sst2 1 b",
    ]);
    expect(first.runs.map(({ task }) => task.name)).toEqual([...Array(4).fill("sst2"), ...Array(4).fill("rte")]);
    expect(again.runs.map(({ id }) => id)).toEqual(first.runs.map(({ id }) => id));
    expect(again.id).toBe(first.id);
    expect(first.runs[0]?.id).toMatch(/^[ab]-sst2-[01]-[0-9a-f]{10}$/);
  });

  test("gives another id to whatever changes a result, and to nothing else", async () => {
    const { plan, directory } = workplace();
    const idOf = async (change: Partial<SuiteInput>) =>
      (await plan({ methods: [{ method: "./a.mjs" }], tasks: ["sst2"], seeds: [0], ...change })).runs[0]?.id;
    const base = await idOf({});
    const changes: Partial<SuiteInput>[] = [
      { methods: [{ method: "./a.mjs", config: { width: 2 } }] },
      { settings: { learningRate: 1e-2 } },
      { taskSettings: { sst2: { epochs: 7 } } },
      { backbone: "t5-small-random" },
      { limit: 1 },
      { evalLimit: 1 },
      { textFormat: "lst" },
      { threads: 2 },
      { cpuKernels: "wasm" },
      { cacheBudget: 1e9 },
      { shareCache: true },
      { settings: { recompute: true } },
      { settings: { patience: 2 } },
      { settings: { steps: 1 } },
      { seeds: [3] },
    ];
    const ids = await Promise.all(changes.map(idOf));
    expect(new Set([base, ...ids]).size).toBe(changes.length + 1);
    const same: Partial<SuiteInput>[] = [
      { name: "renamed", description: "d", reference: "a" },
      { methods: [{ method: "./a.mjs", config: { width: 1 } }] }, // the default, written out
      { taskSettings: { rte: { epochs: 7 } } },
      { settings: { patience: null, recompute: false }, cpuKernels: "auto" }, // the defaults, written out
      { tasks: ["SST-2"] },
    ];
    expect(await Promise.all(same.map(idOf))).toEqual(same.map(() => base));
    const [some, others] = [2, 5].map((epochs) => idOf({ settings: { steps: 1, epochs } }));
    expect(await some).toBe(await others); // steps leave epochs without effect
    appendFileSync(join(directory, "glue/SST-2/train.tsv"), "one more\t1\n");
    expect(await idOf({})).not.toBe(base);
  });

  test("runs a method with and without its activation cache, and with each number of training rows", async () => {
    const { plan } = workplace();
    const cell = { tasks: ["sst2"], seeds: [0] };
    const methods = [{ method: "./a.mjs" }, { method: "./a.mjs", cacheActivations: "off" as const }];
    const { runs } = await plan({ ...cell, methods, limit: [8, 4, 8] });
    expect(runs.map(({ options: { limit, cacheActivations } }) => `${limit} ${cacheActivations}`).sort()).toEqual([
      "4 auto",
      "4 off",
      "8 auto",
      "8 off",
    ]);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(4);
    const single = await plan({ ...cell, methods: [{ method: "./a.mjs" }], limit: 8 });
    expect(runs.map(({ id }) => id)).toContain(single.runs[0]!.id);
  });

  test("trains a method with settings of its own, in trials too, and takes the rate that was found with them", async () => {
    const { plan } = workplace();
    const methods = [{ method: "./a.mjs" }, { method: "./a.mjs", settings: { epochs: 12 } }];
    const suite = { methods, tasks: ["sst2"], seeds: [0], settings: { steps: 4 }, limit: 4 };
    const { runs } = await plan(suite);
    const lengths = runs.map(({ settings: { epochs, steps } }) => ({ epochs, steps }));
    expect(new Set(lengths)).toEqual(
      new Set([
        { epochs: 3, steps: 4 },
        { epochs: 12, steps: null },
      ]),
    ); // free of the suite's steps
    const sameSuite = await plan({ ...suite, methods: methods.slice(0, 1) });
    expect(runs.map(({ id }) => id)).toContain(sameSuite.runs[0]!.id);

    const tuned = { ...suite, protocol: "tuned" as const, trials: 2, validation: 1, limit: 3 };
    const search = await plan(tuned);
    const trials = search.outline.filter(({ stage }) => stage === "trial");
    expect(trials.map(({ settings }) => settings.steps)).toEqual([2, 2, 6, 6]); // half of 4 and of 12 epochs of one batch
    const known = search.known(new Map()).map(({ trial }) => trial!.whole);
    const length = { epochs: null, steps: 4, evalEvery: null, patience: null };
    expect(known).toEqual([length, length, ...Array(2).fill({ ...length, epochs: 12, steps: null })]);

    const chosen = { trial: 1, of: 2, learningRate: 0.5, validationScore: 1, edge: null };
    const rates = [{ method: "a", settings: { epochs: 12 }, task: "sst2", chosen }];
    const found = await plan({ ...tuned, rates });
    expect(found.runs.filter(({ stage }) => stage === "final").map(({ settings }) => settings)).toMatchObject([
      { epochs: 12, learningRate: 0.5 },
    ]);
    expect(found.outline.filter(({ stage }) => stage === "trial").map(({ settings }) => settings.steps)).toEqual([
      2, 2,
    ]);
  });

  test("tells arms of one method apart by what differs between them, and by rows where there are several numbers", async () => {
    const { plan } = workplace();
    const wide = { width: 3, learningRateScale: 2 };
    const methods = [
      { method: "./a.mjs", config: { learningRateScale: 2 } },
      { method: "./a.mjs", config: wide },
      { method: "./a.mjs", config: wide, settings: { epochs: 9 } },
      { method: "./b.mjs", config: { width: 3 } },
    ];
    const labels = async (limit: number[]) => {
      const { runs } = await plan({
        methods,
        limit,
        tasks: ["sst2"],
        seeds: [0],
        protocol: "tuned",
        trials: 0,
        validation: 1,
      });
      return runs.map(({ label }) => label).sort();
    };
    expect(await labels([4])).toEqual(["a", "a:width=3", "a:width=3,train.epochs=9", "b", "untouched"]);
    expect(await labels([2, 4])).toEqual([
      "a with 2 rows",
      "a with 4 rows",
      "a:width=3 with 2 rows",
      "a:width=3 with 4 rows",
      "a:width=3,train.epochs=9 with 2 rows",
      "a:width=3,train.epochs=9 with 4 rows",
      "b with 2 rows",
      "b with 4 rows",
      "untouched",
    ]);
  });

  test("holds the same arm once", async () => {
    const { plan } = workplace();
    const methods = [{ method: "./a.mjs" }, { method: "./a.mjs", config: { width: 1 } }];
    expect((await plan({ methods, tasks: ["sst2", "sst2"], seeds: [0, 0] })).runs).toHaveLength(1);
  });

  test("stops at a bad row, an untrainable task and settings of a misspelt task", async () => {
    const { plan, directory } = workplace();
    await expect(plan({ tasks: ["ax"] })).rejects.toThrow("AX has no training data");
    await expect(plan({ taskSettings: { "SST-2": {} } })).rejects.toThrow(`short name "sst2", got "SST-2"`);
    writeFileSync(join(directory, "glue/RTE/dev.tsv"), "index\tsentence1\tsentence2\tlabel\n0\tone\ttwo\tmaybe\n");
    await expect(plan()).rejects.toMatchObject({ code: "E_TASK_LABEL", line: 2 });
  });
});

describe("a suite", () => {
  test("says which field is wrong", () => {
    const read = (change: object) => () => parseSuite({ ...small, ...change }, "suite x.json");
    expect(read({ tasks: [] })).toThrow("suite x.json: tasks: ");
    expect(read({ settings: { epochs: 0 } })).toThrow("suite x.json: settings.epochs: ");
    expect(read({ settings: { learningrate: 1 } })).toThrow(/settings: .*learningrate/);
    expect(read({ settings: { learningrate: 1 } })).toThrow(
      /expected one of epochs, steps, .*Did you mean "learningRate"\?$/,
    );
    expect(read({ learningRate: 1 })).toThrow(
      /suite: expected one of name, .*got "learningRate"\. It belongs in "settings"\.$/,
    );
    expect(read({ taskSettings: { rte: { threads: 1 } } })).toThrow(
      /rte: .*got "threads"\. It belongs beside name and methods\.$/,
    );
    expect(read({ task: ["rte"] })).toThrow(/got "task"\. Did you mean "tasks"\?$/);
    expect(read({ methods: [{ method: "a", cache: 1 }] })).toThrow(/methods\.0: expected one of method, config, /);
    expect(read({ methods: [{ method: "a", settings: { epoch: 1 } }] })).toThrow(/methods\.0\.settings: .*"epochs"\?$/);
    expect(read({ settings: { steps: 0 } })).not.toThrow();
    expect(read({ name: "a/b" })).toThrow("suite x.json: name: ");
  });

  test("sets a method's own over single tasks, these over all, all over the trainer's defaults", () => {
    const suite = parseSuite(
      { ...small, settings: { epochs: 5, batchSize: 7 }, taskSettings: { rte: { epochs: 9 } } },
      "test",
    );
    expect(settingsOf(suite, "rte", 4)).toMatchObject({ epochs: 9, batchSize: 7, maxLength: 128, seed: 4 });
    expect(settingsOf(suite, "sst2", 4)).toMatchObject({ epochs: 5 });
    expect(settingsOf(suite, "rte", 4, { epochs: 30 })).toMatchObject({ epochs: 30, batchSize: 7 });
  });

  test("is read from JSON or a module's default export, and what is neither is refused", async () => {
    const directory = directoryOf({
      "a.json": JSON.stringify(small),
      "b.mjs": `export default ${JSON.stringify(small)};`,
      "c.json": "{",
      "d.mjs": "export const a = 1;",
      "e.yaml": "name: e",
    });
    for (const file of ["a.json", "b.mjs"])
      expect(await loadSuite(join(directory, file))).toMatchObject({ name: "small" });
    await expect(loadSuite(join(directory, "e.yaml"))).rejects.toThrow(
      /expected a file of the kind \.json, .*got \.yaml$/,
    );
    for (const file of ["c.json", "d.mjs", "none.json"])
      await expect(loadSuite(join(directory, file))).rejects.toMatchObject({ code: "E_SUITE_INVALID" });
  });
});
