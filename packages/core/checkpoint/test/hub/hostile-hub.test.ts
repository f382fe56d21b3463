import { existsSync, mkdirSync, readdirSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { COMMIT, type HubBehaviour, loopbackHub } from "../../../hub/test/loopback-hub.js";
import { type ResolveOptions, resolveCheckpoint } from "../../src/index.js";
import { temporaryDirectory } from "../temporary-directory.js";
import { thrownBy } from "../thrown.js";

const text = (content: string) => new TextEncoder().encode(content);
const files = {
  "config.json": text('{"d_model": 8}'),
  "tokenizer.json": text("{}"),
  "model.safetensors": new Uint8Array(300_000).fill(7),
};
const weights = `/org/tiny/resolve/${COMMIT}/model.safetensors`;
const tree = `/api/models/org/tiny/tree/${COMMIT}`;

async function setUp(behaviour: Partial<HubBehaviour> = {}) {
  const { hubUrl, requests } = await loopbackHub({ files, ...behaviour });
  const cacheDir = temporaryDirectory();
  const resolve = (options: ResolveOptions = {}) =>
    resolveCheckpoint("hf:org/tiny", { hubUrl, cacheDir, timeoutMs: 3000, ...options });
  return { resolve, requests, cacheDir, hubUrl };
}

beforeEach(() => {
  for (const name of ["HF_HUB_OFFLINE", "HF_TOKEN", "HF_ENDPOINT", "PETL_MAX_DOWNLOAD"]) vi.stubEnv(name, undefined);
});
afterEach(() => void vi.unstubAllEnvs());

/** Sends bytes until the client leaves. */
function sendForever(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { etag: '"x"', ...headers });
  const more = () => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536, "[1,")));
  };
  response.on("drain", more);
  more();
}

function cacheBytes(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return names.reduce((sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

test("S3: a next page on another origin is asked for without the token", async () => {
  const other = await loopbackHub({ files });
  const { resolve, requests } = await setUp({
    intercepts: (_request, response, path) => {
      if (path !== tree) return false;
      response.writeHead(200, {
        "content-type": "application/json",
        link: `<${other.hubUrl}${tree}>; rel="next"`,
      });
      response.end("[]");
      return true;
    },
  });
  await resolve({ accessToken: "hf_secret" });
  expect(requests.every(({ authorization }) => authorization === "Bearer hf_secret")).toBe(true);
  expect(other.requests.map(({ path, authorization }) => [path, authorization])).toEqual([[tree, undefined]]);
});

test("S3: a redirect that claims a content network carries no token", async () => {
  const other = await loopbackHub({
    files,
    intercepts: (_request, response) => {
      response.setHeader("x-cache", "Hit from cloudfront");
      return false;
    },
  });
  const { resolve } = await setUp({
    intercepts: (_request, response, path) => {
      if (path !== weights) return false;
      response.writeHead(302, { location: `${other.hubUrl}${path}` }).end();
      return true;
    },
  });
  await resolve({ accessToken: "hf_secret" });
  expect(other.requests.length).toBeGreaterThan(0);
  expect(other.requests.map(({ authorization }) => authorization)).not.toContain("Bearer hf_secret");
});

test("S3: a token is not sent over http to another machine, in one line", async () => {
  const { resolve } = await setUp();
  vi.stubEnv("HF_TOKEN", "hf_secret");
  const error = await thrownBy(() => resolve({ hubUrl: "http://hub.invalid" }));
  expect(error).toMatchObject({ code: "E_TOKEN_EXPOSED", file: "http://hub.invalid" });
  expect(error.message).not.toMatch(/hf_secret|\n/);
});

test.each(["hub", "ftp://hub.invalid", "https://user:hf_secret@hub.invalid"])(
  "the address %s is refused without its password",
  async (hubUrl) => {
    const { resolve } = await setUp();
    const error = await thrownBy(() => resolve({ hubUrl }));
    expect(error).toMatchObject({ code: "E_NAME_INVALID", file: "HF_ENDPOINT" });
    expect(error.message).not.toContain("hf_secret");
  },
);

test("S4: a file that does not end takes no more disk than the hub lists", async () => {
  const { resolve, cacheDir } = await setUp({
    intercepts: (request, response, path) => {
      if (path !== weights || request.headers.range === "bytes=0-0") return false;
      sendForever(response);
      return true;
    },
  });
  const error = await thrownBy(() => resolve({ signal: AbortSignal.timeout(5000) }));
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED", got: "more than 300000 bytes offered" });
  expect(cacheBytes(cacheDir)).toBeLessThan(400_000);
});

test("S4: a list of files without end is given up", async () => {
  const { resolve, requests, hubUrl } = await setUp({
    intercepts: (_request, response, path) => {
      if (path !== tree) return false;
      response.writeHead(200, { "content-type": "application/json", link: `<${hubUrl}${tree}>; rel="next"` });
      response.end("[]");
      return true;
    },
  });
  const error = await thrownBy(() => resolve({ signal: AbortSignal.timeout(10_000) }));
  expect(error).toMatchObject({ code: "E_DOWNLOAD_TOO_LARGE", got: "more than 100 pages" });
  expect(requests.length).toBeLessThan(110);
});

test("S4: an answer without end is given up", async () => {
  const { resolve } = await setUp({
    intercepts: (_request, response, path) => {
      if (path !== tree) return false;
      sendForever(response, { "content-type": "application/json" });
      return true;
    },
  });
  const error = await thrownBy(() => resolve({ signal: AbortSignal.timeout(10_000) }));
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED" });
  expect(error.got).toContain("more than 16777216 bytes");
});

test("S4: a model is refused before its download where it exceeds the limit or the disk", async () => {
  const { resolve, requests } = await setUp({ listedBytes: { "model.safetensors": 1e15 } });
  const tooLarge = await thrownBy(() => resolve());
  expect(tooLarge).toMatchObject({ code: "E_DOWNLOAD_TOO_LARGE", expected: "at most 64.0 GB for one model" });
  vi.stubEnv("PETL_MAX_DOWNLOAD", "1e7");
  const noRoom = await thrownBy(() => resolve());
  expect(noRoom).toMatchObject({ code: "E_WRITE_FAILED", expected: "1000000.0 GB of free disk for org/tiny" });
  vi.stubEnv("PETL_MAX_DOWNLOAD", "much");
  expect(await thrownBy(() => resolve())).toMatchObject({ code: "E_NAME_INVALID", file: "PETL_MAX_DOWNLOAD" });
  expect(requests.filter(({ path }) => path === weights)).toEqual([]);
});

test.each([
  ["to everything", ""],
  ["to the list of files", tree],
  ["to a file", weights],
])("R3: a hub that gives no answer %s is given up in one line", async (_what, silentPath) => {
  const { resolve, requests } = await setUp({
    intercepts: (_request, _response, path) => silentPath === "" || path === silentPath,
  });
  const error = await thrownBy(() => resolve({ timeoutMs: 60, signal: AbortSignal.timeout(10_000) }));
  expect(error).toMatchObject({ code: "E_DOWNLOAD_FAILED" });
  expect(error.message).toContain("no answer within 0.06 s");
  expect(error.message).not.toContain("\n");
  expect(requests.filter(({ path }) => silentPath === "" || path === silentPath)).toHaveLength(4);
});

test("R3: a hub that sends one byte and closes, each time, is given up", async () => {
  const { resolve } = await setUp({ breakAfterBytes: { "model.safetensors": Array.from({ length: 50 }, () => 1) } });
  expect(await thrownBy(() => resolve())).toMatchObject({ code: "E_DOWNLOAD_FAILED" });
}, 20_000);

test("R2: of two downloads into one cache the second waits, says so and takes what the first fetched", async () => {
  const { resolve, requests } = await setUp();
  const said: string[] = [];
  const found = await Promise.all([0, 1].map(() => resolve({ onWait: (message) => said.push(message) })));
  expect(found.map(({ source }) => source.kind).sort()).toEqual(["cache", "hub"]);
  expect(found[0]!.files).toEqual(found[1]!.files);
  expect(said).toEqual([`waiting for process ${process.pid} on ${hostname()}, which downloads hf:org/tiny`]);
  expect(requests.filter(({ path }) => path === weights)).toHaveLength(1);
});

test.runIf(existsSync("/proc/self/ns/pid"))("R2: what a killed download has locked is taken over", async () => {
  const { resolve, cacheDir } = await setUp();
  const locks = join(cacheDir, ".locks");
  mkdirSync(locks);
  const holder = { pid: 2 ** 22 + 1, host: hostname(), space: readlinkSync("/proc/self/ns/pid"), began: null };
  writeFileSync(join(locks, "models--org--tiny.petl"), JSON.stringify(holder));
  expect((await resolve()).source.kind).toBe("hub");
  expect(readdirSync(locks)).toEqual([]);
});
