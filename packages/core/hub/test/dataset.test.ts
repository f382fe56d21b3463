import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type DatasetOptions, HubError, resolveDataset } from "../src/index.js";
import { COMMIT, type DatasetBehaviour, type HubBehaviour, loopbackHub } from "./loopback-hub.js";

const converted = "a".repeat(40);
const rows = (seed: number, bytes = 200_000) => Uint8Array.from({ length: bytes }, (_, at) => (at * seed) % 251);
const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const files = {
  "README.md": rows(2, 20),
  "plain/train/0000.parquet": rows(3),
  "plain/train/0001.parquet": rows(5),
  "plain/test/0000.parquet": rows(7, 100),
  "other one/train/0000.parquet": rows(11, 100),
};
const conversion = { plain: { train: ["0", "1"], test: ["0"] }, "other one": { train: ["0"] } };
const whole: DatasetBehaviour = { conversion, revisions: { "refs/convert/parquet": { commit: converted, files } } };
const own = (ownFiles: Record<string, Uint8Array>): DatasetBehaviour => ({
  revisions: { main: { commit: COMMIT, files: ownFiles } },
});

async function setUp(dataset: DatasetBehaviour = whole, behaviour: Partial<HubBehaviour> = {}) {
  const { hubUrl, requests } = await loopbackHub({ dataset, ...behaviour });
  const cacheDir = temporaryDirectory();
  const folder = join(cacheDir, "datasets--org--rows");
  const resolve = (reference = "hf:org/rows/plain", options: DatasetOptions = {}) =>
    resolveDataset(reference, { hubUrl, cacheDir, timeoutMs: 3000, ...options });
  return { resolve, requests, folder, snapshot: join(folder, "snapshots", converted), hubUrl };
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "petl-hub-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function errorOf(work: Promise<unknown>): Promise<HubError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HubError)) throw new Error("expected a HubError", { cause: error });
  expect(error.message).toBe(`${error.file}: expected ${error.expected}, got ${error.got}; ${error.remedy}`);
  expect(error.message).not.toContain("\n");
  return error;
}

beforeEach(() => {
  vi.stubEnv("PETL_CACHE", temporaryDirectory());
  for (const name of ["HF_HUB_OFFLINE", "HF_TOKEN", "HF_ENDPOINT", "PETL_MAX_DOWNLOAD"]) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

test("a configuration of the hub's conversion is downloaded into the cache's layout, and nothing else", async () => {
  const { resolve, snapshot, folder } = await setUp();
  const found = await resolve();
  expect(found).toMatchObject({ source: "hub", repository: "org/rows", revision: converted, config: "plain" });
  const names = Object.entries(found.splits).map(([split, paths]) => [split, paths.map((p) => relative(snapshot, p))]);
  expect(Object.fromEntries(names)).toEqual({
    test: ["plain/test/0000.parquet"],
    train: ["plain/train/0000.parquet", "plain/train/0001.parquet"],
  });
  for (const [split, paths] of Object.entries(found.splits)) {
    const contents = paths.map((path) => readFileSync(path));
    expect(contents.map(sha256)).toEqual(found.digests[split]);
    expect(found.digests[split]).toEqual(paths.map((p) => sha256(files[relative(snapshot, p) as keyof typeof files])));
    expect(paths.every((path) => lstatSync(path).isSymbolicLink())).toBe(true);
  }
  expect(readFileSync(join(folder, "refs/refs/convert/parquet"), "utf8")).toBe(converted);
  expect(readdirSync(snapshot)).toEqual(["plain"]);
});

test("what is complete in the cache is used without a request, offline too, by configuration", async () => {
  const { resolve, requests, folder } = await setUp();
  const first = await resolve();
  const count = requests.length;
  for (const reference of [
    "hf:org/rows/plain",
    `hf:org/rows/plain@${converted}`,
    "hf:org/rows/plain@refs/convert/parquet",
  ]) {
    for (const offline of [true, false]) {
      expect(await resolve(reference, { offline })).toEqual({ ...first, source: "cache" });
    }
  }
  expect(requests).toHaveLength(count);
  expect(await errorOf(resolve("hf:org/rows/other one", { offline: true }))).toMatchObject({
    code: "E_OFFLINE",
    file: "hf:org/rows/other one",
    expected: `it in the cache, ${folder}`,
    got: "1 of its files missing, and the network is off",
  });
  expect((await resolve("hf:org/rows/other one")).source).toBe("hub");
});

test("offline without the data set", async () => {
  const { resolve, requests, folder } = await setUp();
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  expect(await errorOf(resolve())).toMatchObject({
    code: "E_OFFLINE",
    got: "no revision refs/convert/parquet there, and the network is off",
    remedy: `go online, or copy ${folder} from a machine that has it`,
  });
  expect(requests).toEqual([]);
});

test.each([
  ["no JSON", "damaged"],
  ["of a path outside", listOf("../../../x.parquet")],
  ["of the conversion's beginning", listOf("plain/partial-train/0000.parquet")],
])("a list in the cache that is %s is not used", async (_what, list) => {
  const { resolve, folder, snapshot } = await setUp();
  await resolve();
  for (const path of ["../../../x.parquet", "plain/partial-train/0000.parquet"]) {
    mkdirSync(dirname(join(snapshot, path)), { recursive: true });
    writeFileSync(join(snapshot, path), "x");
  }
  writeFileSync(join(folder, "petl", `${converted}.json`), list);
  const error = await errorOf(resolve("hf:org/rows", { offline: true }));
  expect(error.code).toBe(list.includes("partial") ? "E_NOT_FOUND" : "E_OFFLINE");
});

function listOf(path: string): string {
  return JSON.stringify([{ path, totalBytes: 1, digest: gitSha1("x"), isLarge: false }]);
}

function gitSha1(content: string): string {
  return createHash("sha1").update(`blob ${content.length}\0${content}`).digest("hex");
}

test("a damaged list and a file cut short are fetched again", async () => {
  const { resolve, folder } = await setUp();
  const first = await resolve();
  writeFileSync(join(folder, "petl", `${converted}.json`), "damaged");
  expect(await resolve()).toEqual(first);
  truncateSync(realpathSync(first.splits.train![0]!), 1000);
  expect(await errorOf(resolve(undefined, { offline: true }))).toMatchObject({ code: "E_OFFLINE" });
  expect(await resolve()).toEqual(first);
});

test("a broken download is taken up where it broke, in the same run and in the next", async () => {
  const name = "plain/train/0000.parquet";
  const breakAfterBytes = { [name]: [70_000, 30_000, 0, 0, 0, 0] };
  const { resolve, requests, folder, hubUrl } = await setUp(whole, { breakAfterBytes });
  const begins = () =>
    requests.filter(({ path }) => path.endsWith(name)).map(({ range }) => Number(/\d+/.exec(range ?? "")![0]));
  expect(await errorOf(resolve())).toMatchObject({
    code: "E_DOWNLOAD_FAILED",
    file: `${hubUrl}/datasets/org/rows/${name}`,
    expected: "200000 bytes",
  });
  expect(begins().slice(0, 3)).toEqual([0, 70_000, 100_000]);
  expect(existsSync(join(folder, "refs"))).toBe(false);
  requests.length = 0;
  const found = await resolve();
  expect(begins()).toEqual([100_000]);
  expect(readFileSync(found.splits.train![0]!).equals(rows(3))).toBe(true);
});

test("a file that arrives damaged is refused and removed", async () => {
  const { resolve, folder } = await setUp(whole, { corrupts: "plain/train/0001.parquet" });
  const error = await errorOf(resolve());
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED", expected: `sha256 ${sha256(rows(5))}` });
  expect(readdirSync(join(folder, "blobs")).filter((blob) => blob.endsWith(".incomplete"))).toEqual([]);
});

test("a file that changed in the cache is refused, and fetched again once it is deleted", async () => {
  const { resolve } = await setUp();
  const path = (await resolve()).splits.train![0]!;
  const blob = realpathSync(path);
  writeFileSync(blob, rows(13));
  const error = await errorOf(resolve(undefined, { offline: true }));
  expect(error).toMatchObject({ file: path, expected: `sha256 ${sha256(rows(3))}`, got: sha256(rows(13)) });
  expect(error.remedy).toContain(blob);
  rmSync(blob);
  expect((await resolve()).source).toBe("hub");
  expect(sha256(readFileSync(path))).toBe(sha256(rows(3)));
});

test.each([
  [401, "E_ACCESS_DENIED", "set HF_TOKEN"],
  [403, "E_ACCESS_DENIED", "accept its terms"],
  [404, "E_NOT_FOUND", "check the name"],
  [500, "E_DOWNLOAD_FAILED", "run it again"],
])("HTTP %i says what to do", async (status, code, words) => {
  const { resolve, hubUrl } = await setUp(whole, { status });
  const error = await errorOf(resolve());
  expect(error).toMatchObject({ code, file: `${hubUrl}/datasets/org/rows`, got: expect.stringContaining(`${status}`) });
  expect(error.remedy).toContain(words);
});

test("a data set that the hub does not have", async () => {
  const { resolve, hubUrl } = await setUp();
  expect(await errorOf(resolve("hf:org/absent"))).toMatchObject({
    code: "E_NOT_FOUND",
    file: `${hubUrl}/datasets/org/absent`,
    expected: "revision main",
    remedy: "check the name and the revision, such as hf:nyu-mll/glue/rte",
  });
});

test("without a configuration it is the only one, or default, else those there are are named", async () => {
  const several = await setUp();
  expect(await errorOf(several.resolve("hf:org/rows"))).toMatchObject({
    code: "E_NAME_INVALID",
    expected: "one of its configurations (other one, plain)",
    got: "no configuration, and none of them is default",
  });
  expect(await errorOf(several.resolve("hf:org/rows/plane"))).toMatchObject({ code: "E_NAME_INVALID", got: '"plane"' });
  const only = await setUp(own({ "en/train.parquet": rows(3, 10) }));
  expect((await only.resolve("hf:org/rows")).config).toBe("en");
  const both = await setUp(own({ "en/train.parquet": rows(3, 10), "data/train.parquet": rows(5, 10) }));
  expect((await both.resolve("hf:org/rows")).config).toBe("default");
});

test("without a conversion the repository's own parquet files are taken, by the splits of their names", async () => {
  const { resolve } = await setUp(
    own({
      "data/train-00000-of-00002.parquet": rows(3, 10),
      "data/train-00001-of-00002.parquet": rows(5, 10),
      "data/test-00000-of-00001-0123456789abcdef.parquet": rows(7, 10),
      "validation.parquet": rows(11, 10),
      "data/notes.csv": rows(11, 10),
      "de/extra/train-00000-of-00001.parquet": rows(13, 10),
    }),
  );
  const found = await resolve("hf:org/rows");
  expect(found).toMatchObject({ revision: COMMIT, config: "default" });
  const digest = (seed: number) => sha256(rows(seed, 10));
  expect(found.digests).toEqual({ train: [digest(3), digest(5)], test: [digest(7)], validation: [digest(11)] });
  expect((await resolve("hf:org/rows/de/extra@main")).digests).toEqual({ train: [digest(13)] });
  expect((await resolve("hf:org/rows", { offline: true })).source).toBe("cache");
});

test.each([
  ["a part is missing", own({ "train-00000-of-00003.parquet": rows(3, 9) }), "E_NOT_FOUND", "1 of 3 files of train"],
  ["there is no parquet file", own({ "train.csv": rows(3, 9) }), "E_NOT_FOUND", "none, neither converted by the hub"],
  ["the conversion is partial", conversionOf("partial-train", ["0"]), "E_NOT_FOUND", "only the beginning of train"],
  ["the two lists differ", conversionOf("train", ["0", "1"]), "E_DOWNLOAD_FAILED", "train 1"],
  [
    "a path leads outside",
    own({ "a/../../train.parquet": rows(3, 9) }),
    "E_DOWNLOAD_FAILED",
    '"a/../../train.parquet"',
  ],
  ["the list is none", { ...whole, conversion: { plain: ["0"] } }, "E_DOWNLOAD_FAILED", "expected record"],
])("it is refused where %s", async (_what, dataset, code, got) => {
  const { resolve, folder } = await setUp(dataset);
  const error = await errorOf(resolve("hf:org/rows"));
  expect(error).toMatchObject({ code });
  expect(error.got).toContain(got);
  expect(existsSync(join(folder, "blobs"))).toBe(false);
});

function conversionOf(split: string, urls: string[]): DatasetBehaviour {
  const one = { [`default/${split}/0000.parquet`]: rows(3, 9) };
  return {
    conversion: { default: { [split]: urls } },
    revisions: { "refs/convert/parquet": { commit: converted, files: one } },
  };
}

test("a revision is taken as it is asked for, and a commit is not asked about", async () => {
  const { resolve, requests } = await setUp({
    ...whole,
    revisions: { ...whole.revisions, "v1.0": { commit: COMMIT, files: { "train.parquet": rows(3, 9) } } },
  });
  expect(await resolve("hf:org/rows@v1.0")).toMatchObject({ revision: COMMIT, config: "default" });
  expect(requests.some(({ path }) => path.endsWith("/parquet"))).toBe(false);
  requests.length = 0;
  expect(await resolve(`hf:org/rows/plain@${converted}`)).toMatchObject({ revision: converted, config: "plain" });
  expect(requests.filter(({ path }) => path.includes("/revision/"))).toEqual([]);
  expect(await errorOf(resolve(`hf:org/rows/plain@${"b".repeat(40)}`))).toMatchObject({ code: "E_NOT_FOUND" });
});

test.each(["org/rows", "hf:rows", "hf:org/rows/", "hf:../rows", "hf:org/rows@", "hf:org/rows@../x", "hf:org/rows@a b"])(
  "%s is no reference",
  async (reference) => {
    expect(await errorOf(resolveDataset(reference, { offline: true }))).toMatchObject({
      code: "E_NAME_INVALID",
      file: reference,
    });
  },
);

test("a data set beyond the limit is refused, and the token goes to the hub", async () => {
  const { resolve, requests } = await setUp();
  vi.stubEnv("PETL_MAX_DOWNLOAD", "0.0001");
  expect(await errorOf(resolve())).toMatchObject({
    code: "E_DOWNLOAD_TOO_LARGE",
    expected: "at most 0.000 GB for one data set",
  });
  vi.stubEnv("PETL_MAX_DOWNLOAD", undefined);
  requests.length = 0;
  await resolve(undefined, { accessToken: "hf_example" });
  expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer hf_example"]));
});
