import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { downloadTask } from "../../src/download/download.js";
import { rte } from "../../src/tasks/index.js";
import { taskError, temporaryDirectory, tsv } from "../files.js";
import { type Answer, serve, zipOf } from "./server.js";

const header = ["index", "sentence1", "sentence2", "label"];
const rows = tsv([header, ["0", "the sky is blue", "it is day", "entailment"]]);
const archive = zipOf({ "RTE/train.tsv": rows, "RTE/dev.tsv": rows });
const path = "glue/data/RTE.zip";

/** An archive whose texts lie uncompressed in it, so that a letter can be changed. */
function plainArchive(): Uint8Array {
  return zipSync({ "RTE/train.tsv": strToU8(rows), "RTE/dev.tsv": strToU8(rows) }, { level: 0 });
}

test("N13: an archive with a changed letter is refused by its checksum", async () => {
  const cacheDir = temporaryDirectory();
  const changed = plainArchive();
  changed[Buffer.from(changed).lastIndexOf("blue")] = "g".charCodeAt(0);
  const { baseUrl } = await serve({ [path]: changed });
  const error = await taskError(() => downloadTask(rte, { cacheDir, baseUrl }));
  expect(error).toMatchObject({ code: "E_TASK_ARCHIVE" });
  expect(error.message).toMatch(/"RTE\/(dev|train).tsv" does not match its checksum/);
  expect(existsSync(join(cacheDir, "RTE"))).toBe(false);
  const right = await serve({ [path]: plainArchive() });
  expect((await downloadTask(rte, { cacheDir, baseUrl: right.baseUrl })).downloaded).toBe(true);
});

test("N13: an archive that is not the one first downloaded is refused, and the file to delete is named", async () => {
  const cacheDir = temporaryDirectory();
  const first = await serve({ [path]: archive });
  await downloadTask(rte, { cacheDir, baseUrl: first.baseUrl });
  rmSync(join(cacheDir, "RTE"), { recursive: true });
  const other = zipOf({ "RTE/train.tsv": rows, "RTE/dev.tsv": rows.replace("blue", "grey") });
  const second = await serve({ [path]: other });
  const error = await taskError(() => downloadTask(rte, { cacheDir, baseUrl: second.baseUrl }));
  const pins = join(cacheDir, ".pins", "RTE.json");
  expect(error).toMatchObject({
    code: "E_TASK_ARCHIVE",
    expected: `sha256 ${JSON.parse(readFileSync(pins, "utf8"))[0]}`,
  });
  expect(error.remedy).toContain(pins);
  expect((await downloadTask(rte, { cacheDir, baseUrl: first.baseUrl })).downloaded).toBe(true);
  rmSync(join(cacheDir, "RTE"), { recursive: true });
  writeFileSync(pins, "[");
  expect(await taskError(() => downloadTask(rte, { cacheDir, baseUrl: first.baseUrl }))).toMatchObject({ file: pins });
  rmSync(pins);
  expect((await downloadTask(rte, { cacheDir, baseUrl: second.baseUrl })).downloaded).toBe(true);
});

test("S4: a download without end, or of a size without bounds, is refused", async () => {
  const cacheDir = temporaryDirectory();
  const vast: Answer = (_request, response) => void response.writeHead(200, { "content-length": 2e9 }).write("a");
  const { baseUrl } = await serve({ [path]: archive }, [vast]);
  const error = await taskError(() => downloadTask(rte, { cacheDir, baseUrl }));
  expect(error).toMatchObject({ code: "E_TASK_DOWNLOAD" });
  expect(error.message).toContain("the server offers 2000000000 bytes, more than 1073741824");
});

test("S4: an archive that claims to unpack to more than 1 GiB is refused before it does", async () => {
  const claims = Buffer.from(archive);
  const entry = claims.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
  claims.writeUInt32LE(0xf0000000, entry + 24);
  const { baseUrl } = await serve({ [path]: claims });
  const error = await taskError(() => downloadTask(rte, { cacheDir: temporaryDirectory(), baseUrl }));
  expect(error.message).toMatch(/archive is damaged \(its files take \d+ bytes, more than 1073741824\)/);
});

test("R2: of two downloads into one cache the second waits, says so and takes what the first fetched", async () => {
  const cacheDir = temporaryDirectory();
  const slow: Answer = (_request, response, bytes) => void setTimeout(() => response.end(bytes), 300);
  const { baseUrl, requests } = await serve({ [path]: archive }, [slow]);
  const said: string[] = [];
  const options = { cacheDir, baseUrl, onWait: (message: string) => said.push(message) };
  const done = await Promise.all([0, 1].map(() => downloadTask(rte, options)));
  expect(done.map(({ downloaded }) => downloaded).sort()).toEqual([false, true]);
  expect(said).toEqual([`waiting for process ${process.pid} on ${hostname()}, which downloads RTE`]);
  expect(requests).toHaveLength(1);
  expect(readdirSync(join(cacheDir, ".incoming"))).toEqual([]);
});

test("files placed by hand are not replaced where one is missing", async () => {
  const cacheDir = temporaryDirectory();
  mkdirSync(join(cacheDir, "RTE"));
  writeFileSync(join(cacheDir, "RTE", "train.tsv"), "my own");
  const { baseUrl, requests } = await serve({ [path]: archive });
  const error = await taskError(() => downloadTask(rte, { cacheDir, baseUrl }));
  expect(error).toMatchObject({ code: "E_TASK_CACHE", expected: "the splits dev as well", got: '"train.tsv"' });
  expect(readFileSync(join(cacheDir, "RTE", "train.tsv"), "utf8")).toBe("my own");
  expect(requests).toEqual([]);
});
