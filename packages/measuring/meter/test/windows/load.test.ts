import { type ChildProcess, spawn } from "node:child_process";
import { cpus } from "node:os";
import { describe, expect, it, onTestFinished } from "vitest";
import { hostSampler, type LoadReading, loadOver, nowS } from "../../src/index.js";

const measured = (value: readonly LoadReading[]) => ({ value, reason: null });

/** Two processors; the process keeps 1.2 busy and others 0.5, from second 10 to 20, and then 0.2 and 1.5 until 30. */
const readings = measured([
  { atS: 10, ownS: 3, busyS: 100, capacityS: 400 },
  { atS: 20, ownS: 15, busyS: 117, capacityS: 420 },
  { atS: 30, ownS: 17, busyS: 134, capacityS: 440 },
]);

describe("loadOver", () => {
  it("sums differences of the counters, interpolated at the ends of windows", () => {
    const one = loadOver(readings, [{ fromS: 12, toS: 17 }]).value!;
    expect(one.ownS).toBeCloseTo(6, 9);
    expect(one.othersShare).toBeCloseTo(0.25, 9);
    const two = [
      { fromS: 15, toS: 20 },
      { fromS: 25, toS: 30 },
    ];
    expect(loadOver(readings, two).value!.ownS).toBeCloseTo(7, 9);
    expect(loadOver(readings, two).value!.othersShare).toBeCloseTo(0.5, 9); // (2.5 + 7.5) of 20
  });

  it("lets what was read stand for a last moment that was not", () => {
    const { value } = loadOver(readings, [{ fromS: 29, toS: 30.2 }]);
    expect(value!.ownS).toBeCloseTo(0.24, 9);
    expect(value!.othersShare).toBeCloseTo(0.75, 9);
  });

  it("counts a process that the kernel gives more than the machine's whole as all of it", () => {
    const off = measured([
      { atS: 0, ownS: 0, busyS: 0, capacityS: 0 },
      { atS: 1, ownS: 1.02, busyS: 1, capacityS: 2 },
    ]);
    expect(loadOver(off, [{ fromS: 0, toS: 1 }]).value).toEqual({ ownS: 1.02, othersShare: 0 });
  });

  it.each([
    ["no reading at all", { value: null, reason: "Linux only" }, [{ fromS: 12, toS: 13 }], "Linux only"],
    ["no window", readings, [], "there is no window"],
    ["windows before the readings", readings, [{ fromS: 0, toS: 5 }], "read for 0.0 s of the windows' 5.0 s"],
    ["windows long after them", readings, [{ fromS: 20, toS: 40 }], "read for 10.0 s of the windows' 20.0 s"],
    [
      "a system that does not count",
      measured([10, 20].map((atS) => ({ atS, ownS: atS, busyS: 0, capacityS: 0 }))),
      [{ fromS: 12, toS: 13 }],
      "stands still",
    ],
  ] as const)("is absent with the reason for %s", (_, given, windows, reason) => {
    expect(loadOver(given, windows)).toEqual({ value: null, reason: expect.stringContaining(reason) });
  });
});

/** Works for a processor second by its own count once told to, says how much it was, and stays. */
const burner = `
  process.stdin.once("data", () => {
    const begun = process.cpuUsage();
    const usedS = () => { const { user, system } = process.cpuUsage(begun); return (user + system) / 1e6; };
    while (usedS() < 1);
    console.log(usedS());
  });
  console.log("ready");`;
const sleeper = `console.log("ready"); setTimeout(() => {}, 600_000)`;

async function start(script: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await said(child);
  return child as ChildProcess & { pid: number };
}

const said = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout!.once("data", (text: Buffer) => resolve(text.toString())));

/** The load as seen from process `pid` while another works for a second; and what that one says it used. */
async function loadWhile(working: ChildProcess, pid: number) {
  const sampler = hostSampler(pid, { periodMs: 20 });
  const fromS = nowS();
  working.stdin!.write("begin");
  const usedS = Number(await said(working));
  const window = { fromS, toS: nowS() };
  const { load, loadAverage } = await sampler.stop();
  return { usedS, capacityS: cpus().length * (window.toS - fromS), load: loadOver(load, [window]).value!, loadAverage };
}

describe.runIf(process.platform === "linux")("hostSampler", () => {
  it("gives a working child's processor seconds as the child itself counts them", async () => {
    const child = await start(burner);
    const { usedS, load, loadAverage } = await loadWhile(child, child.pid);
    expect(load.ownS).toBeGreaterThan(0.8 * usedS);
    expect(load.ownS).toBeLessThan(1.1 * usedS);
    expect(loadAverage!.end).toBeGreaterThan(0);
  });

  it("gives the work of another process as others' load, and none of it as the watched one's", async () => {
    const [idle, other] = [await start(sleeper), await start(burner)];
    const { usedS, capacityS, load } = await loadWhile(other, idle.pid);
    expect(load.ownS).toBeLessThan(0.1 * usedS);
    expect(load.othersShare).toBeGreaterThan((0.7 * usedS) / capacityS);
  });
});
