import { cpSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RunRecord, readRecords } from "@petl/results";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { openRunState } from "../src/child/run-state-file.js";
import { sourceDigest } from "../src/resolve/source-digest.js";
import { runStateFile } from "../src/run/run-state-files.js";
import { runSuite } from "../src/run/run-suite.js";
import { type Plan, planSuite } from "../src/suite/plan.js";
import { parseSuite, type SuiteInput } from "../src/suite/schema.js";
import { directoryOf, glueFiles, methodSource } from "./files.js";

const mini = fileURLToPath(new URL("../../../families/backbone-mini/checkpoint", import.meta.url));
const first: SuiteInput = {
  name: "identity",
  methods: [{ method: "bitfit" }],
  tasks: ["sst2"],
  seeds: [0],
  backbone: "t5-tiny-random",
  ...{ device: "cpu", threads: 1 },
  settings: { epochs: 1, batchSize: 2 },
};

beforeEach(() => {
  vi.stubEnv("PETL_CACHE", directoryOf({}));
  for (const name of ["HF_HUB_OFFLINE", "HF_TOKEN"]) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

/** A directory with data, and the plans of a suite in it. */
function workplace(files: Readonly<Record<string, string>> = {}) {
  const directory = directoryOf({ ...glueFiles, ...files });
  const plan = (change: Partial<SuiteInput> = {}, options = {}): Promise<Plan> =>
    planSuite(parseSuite({ ...first, data: join(directory, "glue"), ...change }, "test"), { directory, ...options });
  const idOf = async (change?: Partial<SuiteInput>, options = {}) => (await plan(change, options)).runs[0]!.id;
  return { directory, plan, idOf };
}

/** A workplace with a checkpoint in `ck`. */
function withCheckpoint() {
  const place = workplace();
  const checkpoint = join(place.directory, "ck");
  cpSync(mini, checkpoint, { recursive: true });
  return { ...place, checkpoint, weights: join(checkpoint, "model.safetensors") };
}

/** Flips a bit in the middle of a file and gives it back its times. */
function flipQuietly(file: string): void {
  const { atime, mtime } = statSync(file);
  const bytes = readFileSync(file);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(file, bytes);
  utimesSync(file, atime, mtime);
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 150)); // until a change is old enough to be remembered

async function outcome(plan: Plan, out = directoryOf({})): Promise<RunRecord> {
  await runSuite(plan, { out, signal: new AbortController().signal, onEvent: () => {} });
  return (await readRecords(out)).records.find(({ id }) => id === plan.runs[0]!.id)!;
}

describe("N1: a method's source is part of its runs' ids", () => {
  test("the module, what it imports by any relative path, and nothing else", async () => {
    const { directory, idOf } = workplace({
      "m.mjs": `import "./help.mjs";\nconst data = new URL("./table.json", import.meta.url);\n${methodSource("m")}`,
      "help.mjs": `export * from "./deep/er.mjs";`,
      "deep/er.mjs": "export const one = 1;",
      "table.json": "[1]",
      "other.mjs": "export const two = 2;",
    });
    const id = () => idOf({ methods: [{ method: "./m.mjs" }] });
    const ids = [await id()];
    for (const file of ["m.mjs", "help.mjs", "deep/er.mjs", "table.json"]) {
      writeFileSync(join(directory, file), ` ${readFileSync(join(directory, file), "utf8")}`);
      ids.push(await id());
    }
    expect(new Set(ids).size).toBe(5);
    writeFileSync(join(directory, "other.mjs"), "");
    utimesSync(join(directory, "m.mjs"), 1, 1);
    expect(await id()).toBe(ids.at(-1));
  });

  test("a package's built files, also by its own name and its imports, wherever it is installed", () => {
    const files = {
      "package.json": JSON.stringify({
        ...{ name: "@someone/m", version: "1.0.0", type: "module" },
        exports: { ".": "./dist/index.js", "./more": "./dist/more.js" },
        imports: { "#inner": "./dist/inner.js" },
      }),
      "dist/index.js": `import "#inner";\nimport "@someone/m/more";\n${methodSource("m")}`,
      "dist/inner.js": "export const a = 1;",
      "dist/more.js": "export const b = 1;",
    };
    const digest = (changed = {}) =>
      sourceDigest(`file://${join(directoryOf({ ...files, ...changed }), "dist/index.js")}`);
    expect(digest()).toBe(digest());
    expect(digest({ "dist/inner.js": "export const a = 2;" })).not.toBe(digest());
    expect(digest({ "dist/more.js": "export const b = 2;" })).not.toBe(digest());
    expect(digest({ "dist/unused.js": "" })).toBe(digest());
  });

  test("edited between plan and start, it fails the run with one line", async () => {
    const { directory, plan } = workplace({ "m.mjs": methodSource("m") });
    const planned = await plan({ methods: [{ method: "./m.mjs" }] });
    writeFileSync(join(directory, "m.mjs"), `${methodSource("m")} // edited`);
    const { status, error } = await outcome(planned);
    expect(status).toBe("failed");
    expect(error).toMatchObject({ code: "E_CHANGED" });
    expect(error?.message).toMatch(
      /^method \S*m\.mjs: expected its source as planned \(.*\), got .*: it changed after/,
    );
    expect(error?.message).not.toContain("\n");
  });
});

describe("N2: a checkpoint's contents are part of its runs' ids", () => {
  test("weights changed with size and time of writing kept are another run", async () => {
    const { idOf, checkpoint, weights } = withCheckpoint();
    await settled();
    const before = await idOf({ backbone: checkpoint });
    expect(await idOf({ backbone: checkpoint })).toBe(before);
    flipQuietly(weights);
    expect(await idOf({ backbone: checkpoint })).not.toBe(before);
  });

  test("changed between plan and start, they fail the run with one line; --verify reads them whatever is remembered", async () => {
    const { plan, idOf, checkpoint, weights } = withCheckpoint();
    await settled();
    const planned = await plan({ backbone: checkpoint });
    flipQuietly(weights);
    const { status, error } = await outcome(planned);
    expect(status).toBe("failed");
    expect(error).toMatchObject({ code: "E_CHANGED" });
    expect(error?.message).toMatch(/^backbone \S*ck: expected model\.safetensors as planned \(/);

    await settled();
    const id = await idOf({ backbone: checkpoint });
    const cache = join(process.env.PETL_CACHE!, "digests");
    for (const name of readdirSync(cache))
      writeFileSync(join(cache, name), readFileSync(join(cache, name), "utf8").replace(/[0-9a-f]{64}/, "f".repeat(64)));
    expect(await idOf({ backbone: checkpoint })).not.toBe(id); // shows that digests are remembered
    expect(await idOf({ backbone: checkpoint }, { verify: true })).toBe(id);
  });

  test("parameters other than those an earlier run of the suite loaded fail the run", async () => {
    const { plan, checkpoint } = withCheckpoint();
    const planned = await plan({ backbone: checkpoint });
    const [run] = planned.runs;
    const identity = { ...run!.identity, backbone: { ...run!.identity.backbone, paramsSha256: "0".repeat(64) } };
    const { compareBackbone } = await import("../src/child/compare-identity.js");
    const loaded = {
      source: { name: "", kind: "directory", sha256: null, revision: null },
      files: identity.backbone.files!,
    };
    expect(() => compareBackbone(identity, loaded as never, "1".repeat(64))).toThrow(
      /its parameters as planned .*--verify/,
    );
    expect(() => compareBackbone(run!.identity, loaded as never, "1".repeat(64))).not.toThrow();
  });
});

test("N3: nothing is written into a checkpoint's directory, and other files in it repeat no run", async () => {
  const { plan, checkpoint } = withCheckpoint();
  const before = readdirSync(checkpoint);
  const out = directoryOf({});
  const record = await outcome(await plan({ backbone: checkpoint }), out);
  expect(record.status).toBe("completed");
  expect(readdirSync(checkpoint)).toEqual(before);
  expect(record.identity).toMatchObject({
    method: { packageName: "@petl/method-bitfit", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    backbone: { revision: null, paramsSha256: record.backboneSource!.paramsSha256 },
    data: [{ name: "train" }, { name: "dev" }],
    device: { name: "cpu", threads: 1, kernels: expect.any(String) },
  });
  expect(record.identity!.backbone.files!.map(({ name }) => name).sort()).toEqual(before);
  writeFileSync(join(checkpoint, "README.md"), "# mine");
  utimesSync(join(checkpoint, "config.json"), 1, 1);
  expect((await plan({ backbone: checkpoint })).runs[0]!.id).toBe(record.id);
});

test("N8: a branch of the hub that moves is another run; off line the cached commit counts, and a notice says so", async () => {
  const { idOf, plan } = workplace();
  const [one, two] = ["1".repeat(40), "2".repeat(40)];
  let commit = one;
  const server = createServer((_, response) => {
    const info = { _id: "1", id: "org/tiny", sha: commit, private: false, gated: false, downloads: 0, likes: 0 };
    response.setHeader("content-type", "application/json").end(JSON.stringify({ ...info, lastModified: 0 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  vi.stubEnv("HF_ENDPOINT", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const cache = directoryOf({
    "models--org--tiny/refs/main": one,
    [`models--org--tiny/snapshots/${one}/config.json`]: readFileSync(join(mini, "config.json"), "utf8"),
  });
  vi.stubEnv("HF_HUB_CACHE", cache);
  const backbone = "hf:org/tiny";
  const ofOne = await idOf({ backbone });
  commit = two;
  const ofTwo = await idOf({ backbone });
  expect(ofTwo).not.toBe(ofOne);
  expect((await plan({ backbone })).runs[0]!.identity.backbone).toMatchObject({ revision: two, files: null });
  expect((await plan({ backbone })).notices).toEqual([]);

  vi.stubEnv("HF_HUB_OFFLINE", "1");
  const offline = await plan({ backbone });
  expect(offline.runs[0]!.id).toBe(ofOne);
  expect(offline.notices).toEqual([expect.stringContaining(`the cached one, ${one}, is used`)]);
});

test("N9: data changed between plan and start fail the run with one line", async () => {
  const { directory, plan } = workplace();
  const planned = await plan();
  writeFileSync(join(directory, "glue/SST-2/dev.tsv"), "sentence\tlabel\na cold room\t0\n");
  const { status, error } = await outcome(planned);
  expect(status).toBe("failed");
  expect(error).toMatchObject({ code: "E_CHANGED" });
  expect(error?.message).toMatch(/^data: expected \S*dev\.tsv as planned \(/);
});

test("N11: a run state with any bit flipped is not resumed from, and the run says so and starts anew", async () => {
  const { plan } = workplace();
  const planned = await plan({ settings: { epochs: 50, batchSize: 2 } });
  const out = directoryOf({});
  const stop = new AbortController();
  await runSuite(planned, {
    ...{ out, signal: stop.signal },
    onEvent: (event) =>
      event.type === "run-event" && event.event.type === "step" && event.event.epoch === 2 && stop.abort(),
  });
  const file = runStateFile(out, planned.runs[0]!.id);
  const whole = readFileSync(file);
  const damaged = join(directoryOf({}), "state.safetensors");
  const identity = /"identity":"((?:[^"\\]|\\.)*)"/.exec(whole.toString("latin1"))![1]!;
  const open = (bytes: Buffer) => {
    writeFileSync(damaged, bytes);
    return openRunState(damaged, JSON.parse(`"${identity}"`));
  };
  const intact = open(whole);
  expect(intact).toMatchObject({ point: { step: expect.any(Number) } });
  (intact as Exclude<typeof intact, string | null>).close();
  for (let part = 0; part < 60; part++) {
    const bytes = Buffer.from(whole);
    bytes[Math.floor(((part + 0.5) / 60) * bytes.length)]! ^= 1 << (part % 8);
    expect(typeof open(bytes), `part ${part}`).toBe("string");
  }
  flipQuietly(file);
  const notices: string[] = [];
  await runSuite(planned, {
    ...{ out, signal: new AbortController().signal },
    onEvent: (event) =>
      event.type === "run-event" && event.event.type === "notice" && notices.push(event.event.message),
  });
  expect(notices).toEqual([expect.stringMatching(/^its run state is damaged: .*; the run starts anew$/)]);
  const { records } = await readRecords(out);
  expect(records[0]).toMatchObject({ status: "completed", resumed: [] });
});
