import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { findCommand } from "../../src/gpu/nvidia-smi.js";
import { nowS } from "../../src/index.js";
import { type ProcessMemory, ProcessMemorySampler } from "../../src/processes/process-memory.js";
import { parseProcess, parseStampedProcess } from "../../src/processes/process-rows.js";
import { ProcessTally } from "../../src/processes/process-tally.js";
import { type Play, standIn } from "../stand-in/index.js";

const MiB = 2 ** 20;
const OWN = [
  { pid: process.pid, usedMiB: 1000 },
  { pid: 4_000_001, usedMiB: 7000 },
];

async function sample(play: Play, forMs: number, periodMs = 100): Promise<ProcessMemory> {
  const { path, env } = standIn({ processes: OWN, ...play });
  const sampler = new ProcessMemorySampler(findCommand(path, env, 15_000), "0", process.pid, "/proc", periodMs);
  await sleep(forMs);
  return sampler.stop();
}

describe("ProcessMemorySampler", () => {
  it("takes one sample from the rows of each probe of the long-lived query, in order of time", async () => {
    const fromS = nowS();
    const { samples, notes, cpuS } = await sample({}, 2000);
    expect(notes).toEqual([]);
    expect(samples.length).toBeGreaterThanOrEqual(2);
    expect(samples.every(({ bytes }) => bytes === 1000 * MiB)).toBe(true);
    const times = samples.map(({ atS }) => atS);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(fromS - 0.1);
    expect(times.at(-1)).toBeLessThanOrEqual(nowS());
    if (process.platform === "linux") expect(cpuS).toBeGreaterThan(0);
  });

  it("waits while no process computes", async () => {
    const { samples, notes } = await sample({ processesAfterMs: 400 }, 2000);
    expect(notes).toEqual([]);
    expect(samples.length).toBeGreaterThan(0);
  });

  it("does not take for a failure that a process started just before the driver was asked about a long silence", async () => {
    const { samples, notes } = await sample({ processesAfterMs: 2000 }, 3500, 200);
    expect(notes).toEqual([]);
    expect(samples.length).toBeGreaterThan(0);
  });

  it("takes a long silence for what it is where the driver lists nothing when asked either", async () => {
    expect(await sample({ processes: [] }, 800, 20)).toMatchObject({
      samples: [],
      notes: ["the driver listed no compute process while sampling"],
    });
  });

  it.each<[string, Play["processStream"], number, RegExp]>([
    [
      "is refused",
      "refuses",
      1,
      /^the long-lived query of processes ended with code 2; each sample .* was a separate call$/,
    ],
    ["dies midway", "dies", 3, /^the long-lived query of processes ended with code 11; each sample/],
    ["hangs", "hangs", 1, /^the long-lived query of processes printed nothing for \d\.\d s; each sample/],
  ])("goes on asking anew, and says so, where the long-lived query %s", async (_, processStream, least, note) => {
    const { samples, notes } = await sample(processStream ? { processStream } : {}, 2500, 20);
    expect(notes[0]).toMatch(note);
    expect(samples.length).toBeGreaterThanOrEqual(least);
    expect(samples.every(({ bytes }) => bytes === 1000 * MiB)).toBe(true);
    expect(notes.slice(1).every((each) => each.includes('not as expected, the first: Field "timestamp"'))).toBe(true);
  });

  it("says what it could not read, and goes on", async () => {
    const { samples, notes } = await sample({ processStream: "garbage" }, 1500);
    expect(samples.length).toBeGreaterThan(0);
    expect(notes).toEqual([
      "1 lines of the query of processes were not as expected, the first: Driver/library version mismatch",
    ]);
  });

  it("gives the driver's own words where it refuses to answer at all", async () => {
    const { samples, notes } = await sample({ dialect: "broken" }, 1500);
    expect(samples).toEqual([]);
    expect(notes[0]).toMatch(/^the long-lived query of processes ended with code 9/);
    expect(notes[1]).toBe("nvidia-smi exited with code 9");
  });

  it.each(["[N/A]", "[Insufficient Permissions]", "[Not Supported]"])(
    "takes %s as no figure, never as 0",
    async (cell) => {
      const { samples, notes } = await sample({ processes: [{ pid: process.pid }], absentCell: cell }, 1500);
      expect(samples).toEqual([]);
      expect(notes).toEqual(["the driver gives no memory figure per process"]);
    },
  );
});

describe("rows of processes", () => {
  it("are read with and without a time, and nothing else is taken for one", () => {
    expect(parseProcess("42, 10")).toEqual({ pid: 42, bytes: 10 * MiB });
    expect(parseProcess("42, [N/A]")).toEqual({ pid: 42, bytes: null });
    const stampS = new Date(2026, 0, 31, 12, 34, 56, 789).getTime() / 1000;
    expect(parseStampedProcess("2026/01/31 12:34:56.789, 42, 10")).toEqual({ stampS, pid: 42, bytes: 10 * MiB });
    for (const line of [
      "42, 10",
      "2026/01/31 12:34:56.789, 42",
      "yesterday, 42, 10",
      "2026/01/31 12:34:56.789, 42, 1,5",
    ]) {
      expect(parseStampedProcess(line)).toBeNull();
    }
    for (const line of ["No running processes found", "x, 10", "42, 10 MiB", ""]) expect(parseProcess(line)).toBeNull();
  });

  it("of one probe make one sample even where their times differ by a little, and those of the next another", () => {
    const tally = new ProcessTally(10, "/nonexistent");
    tally.add(5, [{ pid: 10, bytes: 100 }], 1.5);
    tally.add(5.001, [{ pid: 11, bytes: 50 }], 1.5);
    tally.add(8, [{ pid: 10, bytes: 300 }], 1.5);
    expect(tally.samples(null).value).toEqual([
      { atS: 5, bytes: 100 },
      { atS: 8, bytes: 300 },
    ]);
  });
});
