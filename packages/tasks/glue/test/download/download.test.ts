import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultCacheDir } from "../../src/download/cache.js";
import { type DownloadProgress, downloadTask } from "../../src/download/download.js";
import { loadSplit } from "../../src/load/split.js";
import { ax, mnli, mrpc, qqp, rte, stsb } from "../../src/tasks/index.js";
import { loadTask, taskError, temporaryDirectory, tsv } from "../files.js";
import { type Answer, halfAnswer, serve, zipOf } from "./server.js";

const rteRows = tsv([
  ["index", "sentence1", "sentence2", "label"],
  ["0", "a", "b", "entailment"],
]);
const rteZip = zipOf({ "RTE/": "", "RTE/train.tsv": rteRows, "RTE/dev.tsv": rteRows, "__MACOSX/RTE/._dev.tsv": "x" });
const stsbRows = tsv([
  ["index", "sentence1", "sentence2", "score"],
  ["0", "a", "b", "0.000"],
]);
const silent: Answer = () => {};
const sha256 = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

test("a task is downloaded, unpacked, checked and recorded, and then read from the cache", async () => {
  const cacheDir = temporaryDirectory();
  const { baseUrl, requests } = await serve({ "glue/data/RTE.zip": rteZip });
  const progress: DownloadProgress[] = [];
  const onProgress = (each: DownloadProgress) => progress.push(each);
  expect(await downloadTask(rte, { cacheDir, baseUrl, onProgress })).toEqual({ directory: cacheDir, downloaded: true });
  expect(progress.at(-1)).toMatchObject({ task: rte, receivedBytes: rteZip.length, totalBytes: rteZip.length });
  expect(readdirSync(join(cacheDir, "RTE")).sort()).toEqual(["dev.tsv", "origin.json", "train.tsv"]);
  expect(JSON.parse(readFileSync(join(cacheDir, "RTE", "origin.json"), "utf8"))).toEqual({
    files: [{ url: `${baseUrl}glue/data/RTE.zip`, sha256: sha256(rteZip) }],
    extracted: { "dev.tsv": sha256(rteRows), "train.tsv": sha256(rteRows) },
  });
  expect((await loadTask(cacheDir, rte)).train.examples).toHaveLength(1);
  expect(await downloadTask(rte, { cacheDir, baseUrl })).toEqual({ directory: cacheDir, downloaded: false });
  expect(requests).toEqual(["GET /glue/data/RTE.zip"]);
  expect(readdirSync(join(cacheDir, ".incoming"))).toEqual([]);
});

test("only the task's own files leave the archive", async () => {
  const cacheDir = temporaryDirectory();
  const rows = tsv([
    ["sentence1", "sentence2", "gold_label"],
    ["p", "h", "neutral"],
  ]);
  const files = {
    "MNLI/train.tsv": rows,
    "MNLI/dev_matched.tsv": rows,
    "MNLI/original/multinli.jsonl": "{}",
    "../evil.tsv": "x",
  };
  const { baseUrl } = await serve({ "glue/data/MNLI.zip": zipOf(files) });
  await downloadTask(mnli, { cacheDir, baseUrl });
  expect(readdirSync(join(cacheDir, "MNLI")).sort()).toEqual(["dev_matched.tsv", "origin.json", "train.tsv"]);
});

test("MRPC is put together from SentEval's files and the list of development pairs", async () => {
  const cacheDir = temporaryDirectory();
  const header = ["Quality", "#1 ID", "#2 ID", "#1 String", "#2 String"];
  const bytes = (rows: string[][]) => new TextEncoder().encode(`\ufeff${tsv(rows)}`);
  const { baseUrl } = await serve({
    "senteval/senteval_data/msr_paraphrase_train.txt": bytes([
      header,
      ["1", "1", "2", "a", "b"],
      ["0", "3", "4", "c", "d"],
    ]),
    "senteval/senteval_data/msr_paraphrase_test.txt": bytes([header, ["1", "5", "6", "e", "f"]]),
    "glue/data/mrpc_dev_ids.tsv": new TextEncoder().encode("3\t4\n"),
  });
  await downloadTask(mrpc, { cacheDir, baseUrl });
  const { train, evaluations } = await loadTask(cacheDir, mrpc);
  expect(train.examples.map(({ sentences }) => sentences.sentence1)).toEqual(["a"]);
  expect(evaluations[0]?.examples.map(({ sentences }) => sentences.sentence1)).toEqual(["c"]);
});

test("the diagnostic set comes with and without labels", async () => {
  const cacheDir = temporaryDirectory();
  const text = (rows: string[][]) => new TextEncoder().encode(tsv(rows));
  const { baseUrl } = await serve({
    "glue/data/AX.tsv": text([
      ["index", "sentence1", "sentence2"],
      ["0", "p", "h"],
    ]),
    "glue/data/diagnostic-full.tsv": text([
      ["Logic", "Domain", "Premise", "Hypothesis", "Label"],
      ["", "News", "p", "h", "neutral"],
    ]),
  });
  await downloadTask(ax, { cacheDir, baseUrl });
  expect((await loadSplit(cacheDir, ax, "diagnostic")).examples[0]).toMatchObject({
    sentences: { premise: "p" },
    label: 1,
  });
  expect((await loadSplit(cacheDir, ax, "test")).examples[0]).toMatchObject({ sentences: { premise: "p" } });
});

test("swapped archives are recognised by their folder, or by their columns", async () => {
  const cacheDir = temporaryDirectory();
  const swapped = zipOf({ "STS-B/train.tsv": stsbRows, "STS-B/dev.tsv": stsbRows });
  const byFolder = await serve({ "glue/data/QQP-clean.zip": swapped });
  const error = await taskError(() => downloadTask(qqp, { cacheDir, baseUrl: byFolder.baseUrl }));
  expect(error).toMatchObject({ code: "E_TASK_ARCHIVE", got: '"STS-B"' });
  const renamed = zipOf({ "QQP/train.tsv": stsbRows, "QQP/dev.tsv": stsbRows });
  const byColumns = await serve({ "glue/data/QQP-clean.zip": renamed });
  const other = await taskError(() => downloadTask(qqp, { cacheDir, baseUrl: byColumns.baseUrl }));
  expect(other).toMatchObject({ code: "E_TASK_COLUMNS" });
  expect(other.remedy).toContain("STS-B");
  expect(existsSync(join(cacheDir, "QQP"))).toBe(false);
  const right = await serve({ "glue/data/STS-B.zip": swapped });
  expect((await downloadTask(stsb, { cacheDir, baseUrl: right.baseUrl })).downloaded).toBe(true);
});

test("a broken download is resumed where it stopped", async () => {
  const cacheDir = temporaryDirectory();
  const { answer, breakOff } = halfAnswer();
  const { baseUrl, requests } = await serve({ "glue/data/RTE.zip": rteZip }, [answer]);
  const interrupted = taskError(() => downloadTask(rte, { cacheDir, baseUrl, onProgress: breakOff }));
  expect((await interrupted).code).toBe("E_TASK_DOWNLOAD");
  expect((await downloadTask(rte, { cacheDir, baseUrl })).downloaded).toBe(true);
  expect(requests[1]).toBe(`GET /glue/data/RTE.zip bytes=${Math.floor(rteZip.length / 2)}-`);
});

test("a download is begun anew where the server's file has changed", async () => {
  const cacheDir = temporaryDirectory();
  const old: Answer = (_request, response, bytes) => {
    response.writeHead(200, { etag: '"v0"', "content-length": bytes.length });
    response.write(new Uint8Array(10), () => setTimeout(() => response.destroy(), 50));
  };
  const { baseUrl } = await serve({ "glue/data/RTE.zip": rteZip }, [old]);
  await taskError(() => downloadTask(rte, { cacheDir, baseUrl }));
  expect((await downloadTask(rte, { cacheDir, baseUrl })).downloaded).toBe(true);
});

test("a damaged archive is refused and fetched anew by the next call", async () => {
  const cacheDir = temporaryDirectory();
  const damaged: Answer = (_request, response, bytes) => response.end(bytes.subarray(0, bytes.length - 30));
  const { baseUrl } = await serve({ "glue/data/RTE.zip": rteZip }, [damaged]);
  expect((await taskError(() => downloadTask(rte, { cacheDir, baseUrl }))).code).toBe("E_TASK_ARCHIVE");
  expect((await downloadTask(rte, { cacheDir, baseUrl })).downloaded).toBe(true);
});

test("an archive without the development set is refused", async () => {
  const { baseUrl } = await serve({ "glue/data/RTE.zip": zipOf({ "RTE/train.tsv": rteRows }) });
  const error = await taskError(() => downloadTask(rte, { cacheDir: temporaryDirectory(), baseUrl }));
  expect(error).toMatchObject({ code: "E_TASK_ARCHIVE", expected: "dev", got: "train.tsv" });
});

test("off line the error says what to place where", async () => {
  const cacheDir = temporaryDirectory();
  const error = await taskError(() => downloadTask(rte, { cacheDir, baseUrl: "http://127.0.0.1:9/" }));
  expect(error.code).toBe("E_TASK_DOWNLOAD");
  expect(error.remedy).toBe(
    `run again to resume, or place train.tsv and dev.tsv in ${join(cacheDir, "RTE")}, or pass --data DIR`,
  );
  const refused = await serve({});
  const notFound = await taskError(() => downloadTask(rte, { cacheDir, baseUrl: refused.baseUrl }));
  expect(notFound.message).toContain("the server answered 404 Not Found");
});

test("a silent server is given up after the time-out", async () => {
  const { baseUrl } = await serve({ "glue/data/RTE.zip": rteZip }, [silent]);
  const error = await taskError(() => downloadTask(rte, { cacheDir: temporaryDirectory(), baseUrl, timeoutMs: 100 }));
  expect(error.message).toContain("no answer within 0.1 s");
});

test("the caller's abort passes through", async () => {
  const { baseUrl } = await serve({ "glue/data/RTE.zip": rteZip }, [silent]);
  const signal = AbortSignal.timeout(50);
  const download = downloadTask(rte, { cacheDir: temporaryDirectory(), baseUrl, signal });
  const error = await download.catch((reason: unknown) => reason);
  expect(error).toBe(signal.reason);
});

test("a cache that cannot be written is named", async () => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "");
  const { baseUrl } = await serve({ "glue/data/RTE.zip": rteZip });
  const error = await taskError(() => downloadTask(rte, { cacheDir: join(file, "cache"), baseUrl }));
  expect(error).toMatchObject({ code: "E_TASK_CACHE", file: join(file, "cache") });
});

test("files placed by hand are taken as they are", async () => {
  const cacheDir = temporaryDirectory();
  mkdirSync(join(cacheDir, "RTE"));
  for (const name of ["train.tsv", "dev.tsv"]) writeFileSync(join(cacheDir, "RTE", name), rteRows);
  expect(await downloadTask(rte, { cacheDir, baseUrl: "http://127.0.0.1:9/" })).toMatchObject({ downloaded: false });
});

test("the default cache is PETL_CACHE/glue, or in the home directory", () => {
  expect(defaultCacheDir({ PETL_CACHE: "/data/petl" })).toBe(join("/data/petl", "glue"));
  expect(defaultCacheDir({})).toMatch(/petl-bench.glue$/);
});
