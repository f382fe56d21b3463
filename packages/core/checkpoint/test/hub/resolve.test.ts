import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { COMMIT, type HubBehaviour, loopbackHub } from "../../../hub/test/loopback-hub.js";
import { openCheckpoint, type ResolveOptions, resolveCheckpoint, writeSafetensors } from "../../src/index.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";

const text = (content: string) => new TextEncoder().encode(content);
const small = { "config.json": text('{"d_model": 8}'), "tokenizer.json": text("{}"), "README.md": text("# tiny") };

function weights(values = 50_000): Uint8Array {
  const path = join(temporaryDirectory(), "model.safetensors");
  writeSafetensors(path, { a: { shape: [values], values: Float32Array.from({ length: values }, (_, i) => i) } });
  return readFileSync(path);
}

function files(extra: Record<string, Uint8Array> = {}): Record<string, Uint8Array> {
  return { ...small, "model.safetensors": weights(), "pytorch_model.bin": text("large"), ...extra };
}

/** Resolves org/tiny on a server of the given behaviour, into a cache of its own. */
async function setUp(behaviour: HubBehaviour) {
  const { hubUrl, requests } = await loopbackHub(behaviour);
  const cacheDir = temporaryDirectory();
  const folder = join(cacheDir, "models--org--tiny");
  const resolve = (options: ResolveOptions = {}) => resolveCheckpoint("hf:org/tiny", { hubUrl, cacheDir, ...options });
  return { resolve, requests, cacheDir, folder, snapshot: join(folder, "snapshots", COMMIT) };
}

beforeEach(() => {
  vi.stubEnv("PETL_CACHE", temporaryDirectory());
  for (const name of ["HF_HUB_OFFLINE", "HF_TOKEN", "HF_ENDPOINT"]) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

test("a model is downloaded into the Hugging Face cache layout, only the files needed", async () => {
  const content = files();
  const { resolve, snapshot, folder } = await setUp({ files: content });
  const found = await resolve();
  expect(found).toMatchObject({ directory: snapshot, source: { kind: "hub", name: "org/tiny", revision: COMMIT } });
  const names = ["config.json", "tokenizer.json", "model.safetensors"];
  expect(found.files.map(({ path }) => relative(snapshot, path))).toEqual(names);
  for (const { path, sha256, bytes } of found.files) {
    const original = content[relative(snapshot, path)]!;
    expect(bytes).toBe(original.length);
    expect(sha256).toBe(createHash("sha256").update(original).digest("hex"));
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  }
  expect(readFileSync(join(folder, "refs/main"), "utf8")).toBe(COMMIT);
  expect(readdirSync(join(folder, "blobs"))).toHaveLength(3);
  expect(openCheckpoint(found.directory).read("a").at(-1)).toBe(49_999);
});

test("what is complete in the cache is used without a request", async () => {
  const { resolve, requests } = await setUp({ files: files() });
  const first = await resolve();
  const count = requests.length;
  for (const options of [{}, { offline: true }, { revision: COMMIT }]) {
    const again = await resolve(options);
    expect(again).toMatchObject({ files: first.files, source: { kind: "cache", name: "org/tiny", revision: COMMIT } });
  }
  expect(requests).toHaveLength(count);
});

test("a sharded model is downloaded with its index and every shard the index names", async () => {
  const shard = weights(10);
  const index = text(JSON.stringify({ weight_map: { a: "model-00001-of-00001.safetensors" } }));
  const { resolve, snapshot } = await setUp({
    files: {
      ...small,
      "model.safetensors.index.json": index,
      "model-00001-of-00001.safetensors": shard,
      "b.safetensors": shard,
    },
  });
  const names = (await resolve()).files.map(({ path }) => relative(snapshot, path));
  expect(names.slice(2)).toEqual(["model.safetensors.index.json", "model-00001-of-00001.safetensors"]);
  expect(openCheckpoint(snapshot).names()).toEqual(["a"]);
});

test("progress rises to the size of each file", async () => {
  const { resolve } = await setUp({ files: files() });
  const seen = new Map<string, number[]>();
  await resolve({
    onProgress: ({ file, bytes, totalBytes }) => {
      expect(bytes).toBeLessThanOrEqual(totalBytes);
      seen.set(file, [...(seen.get(file) ?? []), bytes]);
    },
  });
  expect([...seen.keys()]).toEqual(["config.json", "tokenizer.json", "model.safetensors"]);
  const large = seen.get("model.safetensors")!;
  expect([large[0], large.at(-1)]).toEqual([0, weights().length]);
  expect(large.toSorted((a, b) => a - b)).toEqual(large);
});

test("a broken download is taken up where it broke", async () => {
  const { resolve, requests } = await setUp({
    files: files(),
    breakAfterBytes: { "model.safetensors": [70_000, 30_000] },
  });
  const found = await resolve();
  expect(openCheckpoint(found.directory).read("a").at(-1)).toBe(49_999);
  const ranges = requests.filter(({ path, range }) => path.endsWith("model.safetensors") && range !== "bytes=0-0");
  const begins = ranges.map(({ range }) => Number(/\d+/.exec(range ?? "0")![0]));
  expect(begins).toEqual([0, 70_000, 100_000]);
});

test("a download that stays broken fails, and the next run goes on from there", async () => {
  const behaviour = { files: files(), breakAfterBytes: { "model.safetensors": [60_000, 0, 0, 0, 0] } };
  const { resolve, requests, folder } = await setUp(behaviour);
  const error = await thrownBy(() => resolve());
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED" });
  expect(error.got).toMatch(/^60000 after 4 attempts/);
  expect(readdirSync(join(folder, "blobs")).filter((name) => name.endsWith(".incomplete"))).toHaveLength(1);
  requests.length = 0;
  expect((await resolve()).source.kind).toBe("hub");
  expect(requests.some(({ range }) => range?.startsWith("bytes=60000-"))).toBe(true);
  expect(requests.filter(({ path }) => path.endsWith("config.json"))).toEqual([]);
});

test("a server that ignores ranges is read from the start again", async () => {
  const { resolve } = await setUp({
    files: files(),
    breakAfterBytes: { "model.safetensors": [70_000] },
    ignoresRanges: true,
  });
  expect(
    openCheckpoint((await resolve()).directory)
      .read("a")
      .at(-1),
  ).toBe(49_999);
});

test("an aborted download keeps what it has and goes on from there", async () => {
  const { resolve, requests } = await setUp({ files: files({ "model.safetensors": weights(2_000_000) }) });
  const controller = new AbortController();
  const onProgress = ({ file, bytes }: { file: string; bytes: number }) => {
    if (file === "model.safetensors" && bytes > 500_000) controller.abort();
  };
  const error = await thrownBy(() => resolve({ onProgress, signal: controller.signal }));
  expect(error).toMatchObject({ code: "E_CANCELLED" });
  requests.length = 0;
  await resolve();
  const begins = requests.map(({ range }) => Number(/bytes=(\d+)/.exec(range ?? "")?.[1] ?? 0));
  expect(Math.max(...begins)).toBeGreaterThan(0);
});

test("a file of another size than listed is refused", async () => {
  const { resolve, snapshot } = await setUp({ files: files(), listedBytes: { "model.safetensors": 12 } });
  const error = await thrownBy(() => resolve());
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED", expected: "12 bytes, as the repository lists it" });
  expect(existsSync(join(snapshot, "model.safetensors"))).toBe(false);
});

test.each(["model.safetensors", "config.json"])("a damaged %s is refused and removed", async (name) => {
  const { resolve, folder, snapshot } = await setUp({ files: files(), corrupts: name });
  const error = await thrownBy(() => resolve());
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED" });
  expect(error.expected).toMatch(/^sha(1|256) [0-9a-f]+$/);
  expect(readdirSync(join(folder, "blobs")).filter((blob) => blob.endsWith(".incomplete"))).toEqual([]);
  expect(existsSync(join(snapshot, name))).toBe(false);
});

test.each([
  [404, "E_NOT_FOUND", "check the name"],
  [401, "E_ACCESS_DENIED", "HF_TOKEN"],
  [403, "E_ACCESS_DENIED", "accept its terms"],
  [500, "E_DOWNLOAD_FAILED", "place config.json"],
])("HTTP %i says what to do", async (status, code, words) => {
  const { resolve } = await setUp({ files: {}, status });
  const error = await thrownBy(() => resolve());
  expect(error).toMatchObject({ code });
  expect(error.remedy).toContain(words);
});

test("an access token is sent to the hub", async () => {
  const { resolve, requests } = await setUp({ files: files() });
  await resolve({ accessToken: "hf_example" });
  expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer hf_example"]));
});

test("a repository without safetensors weights or without a tokenizer is refused before anything is downloaded", async () => {
  const unsafe = await setUp({ files: { ...small, "pytorch_model.bin": text("x") } });
  const error = await thrownBy(() => unsafe.resolve());
  expect(error).toMatchObject({ code: "E_NOT_FOUND", expected: "model.safetensors or model.safetensors.index.json" });
  expect(error.got).toContain("pytorch_model.bin");
  expect(existsSync(unsafe.folder)).toBe(false);
  const mute = await setUp({ files: { "config.json": text("{}"), "model.safetensors": weights(1) } });
  expect(await thrownBy(() => mute.resolve())).toMatchObject({ expected: "tokenizer.json or spiece.model" });
});

test("offline, a model that is not in the cache names the files and where to place them", async () => {
  const { resolve, folder, requests } = await setUp({ files: files() });
  const error = await thrownBy(() => resolve({ offline: true }));
  expect(error).toMatchObject({ code: "E_OFFLINE", file: "hf:org/tiny" });
  expect(error.got).toBe("no revision main there, and the network is off");
  expect(error.remedy).toContain("config.json, model.safetensors");
  expect(error.remedy).toContain(join(folder, "snapshots"));
  vi.stubEnv("HF_HUB_OFFLINE", "1");
  expect(await thrownBy(() => resolve())).toMatchObject({ code: "E_OFFLINE" });
  expect(requests).toEqual([]);
});

test("offline, a model that is incomplete in the cache names what it lacks", async () => {
  const { resolve, snapshot } = await setUp({ files: files() });
  await resolve();
  rmSync(join(snapshot, "model.safetensors"));
  const error = await thrownBy(() => resolve({ offline: true }));
  expect(error.got).toBe(
    "it without model.safetensors or model.safetensors.index.json, or one file that ends in .gguf, and the network is off",
  );
  expect((await resolve()).source.kind).toBe("hub");
});

test("a hub that cannot be reached says so and what to place where", async () => {
  const error = await thrownBy(() =>
    resolveCheckpoint("hf:org/tiny", { hubUrl: "http://127.0.0.1:1", cacheDir: temporaryDirectory() }),
  );
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED" });
  expect(error.got).toMatch(/fetch failed \(.+\)/);
  expect(error.remedy).toContain("place config.json");
});

test("a cache that cannot be written says so", async () => {
  const { resolve, cacheDir } = await setUp({ files: files() });
  const file = join(cacheDir, "file");
  writeFileSync(file, "");
  const error = await thrownBy(() => resolve({ cacheDir: file }));
  expect(error).toMatchObject({ code: "E_WRITE_FAILED" });
  expect(error.remedy).toContain("HF_HUB_CACHE");
});

test("a directory is used as it is, its digests remembered outside it until a file changes, whatever its time", async () => {
  const [directory, cache] = [temporaryDirectory(), temporaryDirectory()];
  vi.stubEnv("PETL_CACHE", cache);
  for (const [name, content] of Object.entries(files())) writeFileSync(join(directory, name), content);
  const names = readdirSync(directory);
  expect((await resolveCheckpoint(directory)).files).toHaveLength(3);
  expect(existsSync(join(cache, "digests"))).toBe(false); // files that changed just now may change again unnoticed
  await new Promise((resolve) => setTimeout(resolve, 150));
  const found = await resolveCheckpoint(directory);
  expect(found.source).toEqual({ kind: "directory", name: directory, revision: null });
  expect(readdirSync(directory)).toEqual(names);
  const entries = readdirSync(join(cache, "digests")).map((name) => join(cache, "digests", name));
  expect(entries).toHaveLength(3);

  const digestOf = async (options = {}) => (await resolveCheckpoint(directory, options)).files[2]!.sha256;
  const replaceEntries = (change: (text: string) => string) => {
    for (const entry of entries) writeFileSync(entry, change(readFileSync(entry, "utf8")));
  };
  replaceEntries((text) => text.replace(/[0-9a-f]{64}/, "f".repeat(64))); // shows that it is not computed again
  expect(await digestOf()).toBe("f".repeat(64));
  expect(await digestOf({ verify: true })).toBe(found.files[2]!.sha256);
  replaceEntries((text) => text.replace(/[0-9a-f]{64}/, "f".repeat(64)));
  const path = join(directory, "model.safetensors");
  const { atime, mtime } = statSync(path);
  const changed = readFileSync(path);
  changed[changed.length - 1]! ^= 1;
  writeFileSync(path, changed);
  utimesSync(path, atime, mtime);
  expect(await digestOf()).toBe(createHash("sha256").update(changed).digest("hex"));
  replaceEntries(() => "damaged");
  expect(await digestOf()).toBe(createHash("sha256").update(changed).digest("hex"));
});

test("a directory without all a checkpoint needs names what is missing", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "config.json"), "{}");
  const error = await thrownBy(() => resolveCheckpoint(directory));
  expect(error).toMatchObject({ code: "E_FILE_MISSING", file: directory });
  expect(error.got).toContain("tokenizer.json or spiece.model, model.safetensors or model.safetensors.index.json");
  const file = await thrownBy(() => resolveCheckpoint(join(directory, "config.json")));
  expect(file).toMatchObject({ code: "E_FILE_MISSING" });
});

test("names that are neither a directory nor a repository are refused, as is a revision that leaves the cache", async () => {
  for (const name of ["./absent", "/absent/model", "word", "hf:", "hf:a/b/c", "hf:../up", "org/..", ""]) {
    expect(await thrownBy(() => resolveCheckpoint(name, { offline: true }))).toMatchObject({ code: "E_NAME_INVALID" });
  }
  for (const revision of ["../../x", "", "a b", "/etc"]) {
    const error = await thrownBy(() => resolveCheckpoint("hf:org/tiny", { offline: true, revision }));
    expect(error).toMatchObject({ code: "E_NAME_INVALID" });
  }
});

test("the cache is looked for where Hugging Face's own tools keep it", async () => {
  const cache = temporaryDirectory();
  const snapshot = join(cache, "hub/models--org--tiny/snapshots", COMMIT);
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(join(cache, "hub/models--org--tiny/refs"));
  writeFileSync(join(cache, "hub/models--org--tiny/refs/main"), COMMIT);
  for (const [name, content] of Object.entries(files())) writeFileSync(join(snapshot, name), content);
  for (const name of ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"]) vi.stubEnv(name, undefined);
  vi.stubEnv("HF_HOME", cache);
  expect((await resolveCheckpoint("org/tiny", { offline: true })).directory).toBe(snapshot);
  vi.stubEnv("HF_HUB_CACHE", join(cache, "hub"));
  vi.stubEnv("HF_HOME", join(cache, "elsewhere"));
  expect((await resolveCheckpoint("org/tiny", { offline: true })).directory).toBe(snapshot);
});
