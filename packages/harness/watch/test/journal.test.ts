import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchEvent, PlannedRun } from "@petl/bench";
import { thisProcess } from "@petl/files";
import { expect, onTestFinished, test } from "vitest";
import { syntheticRecord } from "../../results/test/record-factory.js";
import { Follower } from "../src/follow.js";
import { Journal } from "../src/journal.js";
import { journalFile } from "../src/journal-line.js";
import { serveSuite } from "../src/serve.js";
import { snapshot } from "../src/snapshot.js";

const slots = ["alpha on sst2, seed 0", "alpha on sst2, seed 1", "beta on <b>rte</b>, seed 0"];
const runs = slots.map((slot) => ({ slot, method: slot.split(" ")[0]!, task: "sst2" }));
/** Of a planned run, a journal reads the place alone. */
const planned = (slot: string) => ({ slot, id: slot }) as PlannedRun;

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "petl-watch-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function startJournal(out: string, clock = { s: 1000 }) {
  const warnings: string[] = [];
  const journal = new Journal({
    ...{ out, suite: "ranks", runs, leftS: () => 90, warn: (line: string) => void warnings.push(line) },
    done: new Map([[slots[0]!, syntheticRecord()]]),
    nowS: () => clock.s,
  });
  journal.on({ type: "suite", total: 3, done: 1, workers: 1, out });
  return { journal, warnings, clock };
}

const step = (slot: string, number: number, loss: number | undefined): BenchEvent => ({
  type: "run-event",
  run: planned(slot),
  event: {
    ...{ type: "step", step: number, epoch: 1, loss, learningRate: 0.1, tokens: 8, paddedTokens: 8, shape: [1, 8, 1] },
    ...{ backboneForwards: 1, wallTimeS: 0.1 },
  },
});

test("a journal tells a follower what runs do, from their first line to their last", () => {
  const out = folder();
  const { journal, clock, warnings } = startJournal(out);
  const follower = new Follower(out);
  expect(snapshot(follower.read(), 1000)).toMatchObject({
    ...{ suite: "ranks", total: 3, counts: { done: 1, running: 0, failed: 0, waiting: 2 }, leftS: null, ending: null },
    done: [{ slot: slots[0], score: 61.5 }],
  });

  journal.on({ type: "run-begin", run: planned(slots[1]!), index: 2, total: 3 });
  journal.on(step(slots[1]!, 1, 2.5));
  clock.s += 2;
  journal.on(step(slots[1]!, 2, Number.NaN));
  clock.s += 2;
  journal.on(step(slots[1]!, 3, undefined)); // not logged
  const running = snapshot(follower.read(), 1012);
  expect(running.running).toMatchObject([{ slot: slots[1], step: 2, losses: [[1, 2.5], [2, null]] }]); // biome-ignore format: pairs
  expect(running.leftS).toBe(80); // 90 s, said 10 s ago

  const failed = syntheticRecord({
    status: "failed",
    error: { name: "Error", code: null, message: "out\nof memory", stack: null, exitCode: null, signal: null },
    scores: null,
  });
  journal.on({ type: "run-end", run: planned(slots[1]!), record: failed });
  journal.close();
  expect(snapshot(follower.read(), 1004)).toMatchObject({
    ...{ ending: "over", leftS: null, running: [], counts: { done: 1, running: 0, failed: 1, waiting: 1 } },
    failed: [{ slot: slots[1], error: expect.stringMatching(/^out.of memory$/), score: null }],
  });
  expect(warnings).toEqual([]);
});

test("a journal of a hundred thousand updates stays small", () => {
  const out = folder();
  const { journal, clock } = startJournal(out);
  journal.on({ type: "run-begin", run: planned(slots[1]!), index: 2, total: 3 });
  for (let number = 1; number <= 100_000; number++) {
    clock.s += 3;
    journal.on(step(slots[1]!, number, 1));
  }
  journal.close();
  expect(statSync(journalFile(out)).size).toBeLessThan(200_000);
});

test("a line that is half written is read when the rest is there", () => {
  const out = folder();
  startJournal(out);
  const follower = new Follower(out);
  const line = JSON.stringify({ type: "begin", slot: slots[2], atS: 1 });
  appendFileSync(journalFile(out), line.slice(0, 20));
  expect(snapshot(follower.read(), 0).running).toEqual([]);
  appendFileSync(journalFile(out), `${line.slice(20)}\n`);
  expect(snapshot(follower.read(), 0).running).toHaveLength(1);
});

test("where it cannot be written, that is told once and nothing is thrown", () => {
  const { journal, warnings } = startJournal(join(folder(), "missing"));
  journal.on(step(slots[1]!, 1, 1));
  journal.close();
  expect(warnings).toEqual([expect.stringContaining("bench watch cannot follow")]);
});

test.each([
  ["no journal", null, "one without progress.jsonl"],
  ["an empty one", "", "no first line"],
  ["a damaged one", "{]\n", "damaged"],
  ["one of another version", '{"type":"suite","version":9}\n', "version 9"],
])("a folder with %s is refused in one line", (_, text, got) => {
  const out = folder();
  if (text !== null) writeFileSync(journalFile(out), text);
  expect(() => new Follower(out)).toThrow(
    expect.objectContaining({ code: "E_WATCH", message: expect.stringContaining(got) }),
  );
});

/** Status, headers and body of a GET request. */
function get(url: string, headers: Record<string, string> = {}, method = "GET") {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const asked = request(url, { headers, method, agent: false }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    asked.on("error", reject).end();
  });
}

test("the page is served to this machine alone, from nowhere else, until the suite has ended", async () => {
  const out = folder();
  const { journal } = startJournal(out);
  let resolve: (url: string) => void = () => {};
  const listening = new Promise<string>((listen) => {
    resolve = listen;
  });
  const options = { out, port: 0, signal: new AbortController().signal, onListening: resolve, periodMs: 20 };
  const served = serveSuite({ ...options, afterMs: 100 });
  const url = await listening;
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const page = await get(url);
  expect([page.status, page.headers["content-security-policy"]]).toEqual([
    200,
    expect.stringContaining("default-src 'self'"),
  ]);
  expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  for (const name of ["page.css", "page.js"]) expect((await get(url + name)).status).toBe(200);
  expect((await get(`${url}../package.json`)).status).toBe(404);
  expect((await get(url, { host: "example.org" })).status).toBe(403); // a name that was bent to this address
  expect((await get(url, {}, "POST")).status).toBe(403);
  expect(JSON.parse((await get(`${url}state.json`)).body)).toMatchObject({ suite: "ranks", ending: null });

  journal.close();
  expect((await served).ending).toBe("over");
  await expect(get(url)).rejects.toThrow("ECONNREFUSED");
});

test("a suite whose process is gone without a last line counts as killed", () => {
  const out = folder();
  const about = { type: "suite", version: 1, suite: "ranks", atS: 0, runs, done: [] };
  const gone = { ...thisProcess(), began: "an earlier boot 1" };
  writeFileSync(journalFile(out), `${JSON.stringify({ ...about, process: gone })}\n`);
  expect(snapshot(new Follower(out).read(), 0).ending).toBe("stopped");
});
