import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { Pace } from "../../src/host/pace.js";
import { processTree } from "../../src/host/process-tree.js";
import { RaplCounter } from "../../src/host/rapl.js";
import { hostEnergy, hostSampler } from "../../src/index.js";

function run(script: string): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child as ChildProcess & { pid: number };
}

function said(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve) => child.stdout?.once("data", resolve));
}

function powercap(zones: Record<string, { name: string; energy_uj?: number; max_energy_range_uj?: number }>): string {
  const root = mkdtempSync(join(tmpdir(), "petl-rapl-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [zone, files] of Object.entries(zones)) {
    mkdirSync(join(root, zone));
    for (const [file, value] of Object.entries(files)) writeFileSync(join(root, zone, file), `${value}\n`);
  }
  return root;
}

const onLinux = process.platform === "linux";

describe.runIf(onLinux)("hostSampler", () => {
  it("gives the peak memory of a child that has since freed it and ended", async () => {
    const child = run(`let held = Buffer.alloc(200e6, 1); held = null; setTimeout(() => {}, 600)`);
    const sampler = hostSampler(child.pid, { periodMs: 50 });
    await new Promise((resolve) => child.once("exit", resolve));
    const { memory } = await sampler.stop();
    expect(memory.value?.peakBytes).toBeGreaterThan(200e6);
    expect(memory.value?.peakBytes).toBeLessThan(400e6);
    expect(memory.value).toMatchObject({ treePeakBytes: null });
  });

  it("sums over the descendants where asked to", async () => {
    const grandchild = `const held = Buffer.alloc(150e6, 1); console.log("ready"); setTimeout(() => held, 5000)`;
    const child = run(
      `const held = Buffer.alloc(100e6, 1);
       const { spawn } = require("node:child_process");
       const inner = spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], { stdio: ["ignore", "inherit", "inherit"] });
       process.on("SIGTERM", () => { inner.kill(); process.exit(held.length > 0 ? 0 : 1); });`,
    );
    await said(child);
    const sampler = hostSampler(child.pid, { periodMs: 50, tree: true });
    await sleep(200);
    const { memory } = await sampler.stop();
    expect(processTree(child.pid).size).toBe(2);
    child.kill("SIGTERM");
    expect(memory.value?.peakBytes).toBeLessThan(250e6);
    expect(memory.value?.treePeakBytes).toBeGreaterThan(250e6);
  });

  it("finds descendants also where the kernel does not list children", () => {
    const procRoot = mkdtempSync(join(tmpdir(), "petl-proc-"));
    onTestFinished(() => rmSync(procRoot, { recursive: true, force: true }));
    const parents = { 10: 1, 11: 10, 12: 11, 13: 1, 14: 13 };
    for (const [pid, parent] of Object.entries(parents)) {
      mkdirSync(join(procRoot, pid));
      writeFileSync(join(procRoot, pid, "stat"), `${pid} (a) b (c)) S ${parent} 0 0`);
    }
    expect([...processTree(10, procRoot)]).toEqual([10, 11, 12]);
  });

  it("sees a short-lived child that ended long before the process did, and holds no file open in the end", async () => {
    const inner = `const held = Buffer.alloc(150e6, 1); setTimeout(() => held, 300)`;
    const child = run(
      `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(inner)}]).on("exit", () => console.log("over"));
       setTimeout(() => {}, 5000);`,
    );
    const filesBefore = readdirSync("/proc/self/fd").length;
    const sampler = hostSampler(child.pid, { periodMs: 50, tree: true });
    await said(child);
    await sleep(150);
    expect(processTree(child.pid).size).toBe(1);
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(filesBefore + 3); // the inner one's is let go
    const { memory } = await sampler.stop();
    expect(readdirSync("/proc/self/fd").length).toBeLessThanOrEqual(filesBefore);
    expect(memory.value?.peakBytes).toBeLessThan(150e6);
    expect(memory.value?.treePeakBytes).toBeGreaterThan(200e6);
  });

  it("gives null and the reason for a process that was seen at its start only, when it held next to nothing", async () => {
    const procRoot = mkdtempSync(join(tmpdir(), "petl-proc-"));
    onTestFinished(() => rmSync(procRoot, { recursive: true, force: true }));
    mkdirSync(join(procRoot, "10"));
    writeFileSync(join(procRoot, "10", "status"), "Name:\tsh\nVmHWM:\t16 kB\nVmRSS:\t16 kB\n");
    const sampler = hostSampler(10, { procRoot, periodMs: 60_000, tree: true });
    writeFileSync(join(procRoot, "10", "status"), "");
    const { memory } = await sampler.stop();
    expect(memory).toEqual({ value: null, reason: "the process ended before its memory could be measured" });
  });

  it("gives null and the reason for a process that is not there, and for a host without counters", async () => {
    const trace = await hostSampler(4_000_001, { powercapRoot: "/nonexistent" }).stop();
    expect(trace.memory.reason).toContain("/proc/4000001/status gave no VmHWM");
    expect(trace.load.reason).toContain("/proc gave no processor time of pid 4000001");
    expect(trace.energy.reason).toBe("/nonexistent does not exist: no RAPL counters here");
    expect(hostEnergy(trace, { fromS: 0, toS: 1 }).reason).toBe(trace.energy.reason);
  });
});

describe("Pace", () => {
  it("keeps to the period while polls are cheap, and rests 300 times as long as a dear one takes", () => {
    const pace = new Pace(100);
    expect([30, 0.1, 0.2, 0.1, 0.2, 0.2, 25].map((tookMs) => pace.restMs(tookMs))).toEqual(Array(7).fill(100));
    const rests = [2, 2, 2, 2, 3].map((tookMs) => pace.restMs(tookMs));
    expect(rests.slice(0, 3)).toEqual([100, 100, 100]);
    expect(rests[4]).toBeCloseTo(600, 9);
  });
});

describe("RAPL counters", () => {
  const range = 262_143_328_850;

  it("sum packages and DRAM, and leave out their parts, psys and doubles", async () => {
    const root = powercap({
      "intel-rapl:0": { name: "package-0", energy_uj: 5_000_000, max_energy_range_uj: range },
      "intel-rapl:0:0": { name: "core", energy_uj: 7_000_000, max_energy_range_uj: range },
      "intel-rapl:0:1": { name: "dram", energy_uj: 1_000_000, max_energy_range_uj: range },
      "intel-rapl:1": { name: "psys", energy_uj: 9_000_000, max_energy_range_uj: range },
      "intel-rapl-mmio:0": { name: "package-0", energy_uj: 5_000_000, max_energy_range_uj: range },
    });
    const counter = RaplCounter.open(root).value;
    expect(counter?.zones.map(({ name }) => name)).toEqual(["package-0", "dram"]);
    writeFileSync(join(root, "intel-rapl:0/energy_uj"), "8000000\n");
    writeFileSync(join(root, "intel-rapl:0:1/energy_uj"), "1500000\n");
    expect(counter?.read(2).value).toEqual({ atS: 2, totalJ: 3.5 });
  });

  it("go on through a wrap-around", async () => {
    const root = powercap({ "intel-rapl:0": { name: "package-0", energy_uj: 999_000_000, max_energy_range_uj: 1e9 } });
    const counter = RaplCounter.open(root).value;
    writeFileSync(join(root, "intel-rapl:0/energy_uj"), "2000000\n");
    expect(counter?.read(1).value?.totalJ).toBeCloseTo(3, 9);
  });

  it("give joules over a window", async () => {
    const root = powercap({ "intel-rapl:0": { name: "package-0", energy_uj: 0, max_energy_range_uj: range } });
    const sampler = hostSampler(process.pid, { periodMs: 20, powercapRoot: root });
    await sleep(100);
    writeFileSync(join(root, "intel-rapl:0/energy_uj"), "4000000\n");
    await sleep(100);
    const trace = await sampler.stop();
    const readings = trace.energy.value ?? [];
    // the window is that of the readings: a busy machine may have read late, and between two readings energy is interpolated
    const [fromS, toS] = [readings[0]?.atS ?? 0, readings.at(-1)?.atS ?? 0];
    expect(hostEnergy(trace, { fromS, toS }).value?.grossJ).toBeCloseTo(4, 6);
    expect(hostEnergy(trace, { fromS: fromS - 60, toS }).reason).toContain("not read over the whole window");
  });

  it("are absent with the reason where there is no package, no file, or no number", async () => {
    expect(RaplCounter.open(powercap({})).reason).toContain("shows no package zone");
    const unreadable = powercap({ "intel-rapl:0": { name: "package-0" } });
    expect(RaplCounter.open(unreadable).reason).toContain("energy_uj cannot be read (ENOENT)");
  });
});
