import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { LoadPoller } from "../../src/host/load-poller.js";
import { parseMachineTimes, parseProcessTimeS } from "../../src/host/processor-times.js";
import { machineTimes } from "../../src/index.js";

// A machine of two processors that is a guest itself: columns user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice
const stat = `cpu  62078 100 11016 79543 624 10 178 170 5000 7
cpu0 27460 50 3498 45530 216 5 31 79 2500 3
cpu1 34618 50 7517 34013 407 5 147 91 2500 4
intr 5188014 0 9 0 0
ctxt 9876543
btime 1764420000
`;

it("the machine's time is busy but for idle and iowait; stolen time is busy, and that of guests is not counted twice", () => {
  const times = parseMachineTimes(stat);
  expect(times?.busyS).toBeCloseTo((62078 + 100 + 11016 + 10 + 178 + 170) / 100, 9);
  expect(times?.capacityS).toBeCloseTo(times!.busyS + (79543 + 624) / 100, 9);
});

it.each(["", "cpu0 1 2 3 4 5 6 7 8", "cpu  1 2 3", "cpu  a b c d e f g h"])("%j gives no machine time", (text) => {
  expect(parseMachineTimes(text)).toBeNull();
});

it("a process's time is that of its threads and of children it waited for, whatever its command is called", () => {
  const after = "S 1 9390 9390 7016 0 4194304 103 0 0 0 250 50 30 20 20 0 4 0 77089 3133440 415";
  expect(parseProcessTimeS(`9394 (node) ${after}`)).toBe(3.5);
  expect(parseProcessTimeS(`9394 (a) S 1 (b 77) ${after}`)).toBe(3.5);
  expect([parseProcessTimeS(""), parseProcessTimeS("9394 (node) S 1 9390")]).toEqual([null, null]);
});

it("a machine's processors have a second each a second, on every platform", async () => {
  const [fromMs, before] = [performance.now(), machineTimes().value!];
  await new Promise((resolve) => setTimeout(resolve, 500));
  const [toMs, after] = [performance.now(), machineTimes().value!];
  const expectedS = (cpus().length * (toMs - fromMs)) / 1000;
  expect(after.busyS).toBeGreaterThanOrEqual(before.busyS);
  expect(after.capacityS - before.capacityS).toBeGreaterThan(0.2 * expectedS);
  expect(after.capacityS - before.capacityS).toBeLessThan(2 * expectedS);
});

it.runIf(process.platform === "linux")("a system without the file gives no machine time, with the reason", () => {
  expect(machineTimes("/nonexistent")).toEqual({
    value: null,
    reason: "/nonexistent/stat gives no processor times",
  });
});

it("a poll reads both files as they are then, and none is added once the process is gone", () => {
  const procRoot = mkdtempSync(join(tmpdir(), "petl-proc-"));
  onTestFinished(() => rmSync(procRoot, { recursive: true, force: true }));
  const write = (ownTicks: number, busyTicks: number, idleTicks: number) => {
    writeFileSync(join(procRoot, "10", "stat"), `10 (x) R 1 1 1 0 -1 0 0 0 0 0 ${ownTicks} 0 0 0 20 0`);
    writeFileSync(join(procRoot, "stat"), `cpu  ${busyTicks} 0 0 ${idleTicks} 0 0 0 0 0 0\n`);
  };
  mkdirSync(join(procRoot, "10"));
  write(100, 400, 600);
  const poller = new LoadPoller(10, procRoot, 60_000);
  onTestFinished(() => poller.close());
  poller.pollIfDue();
  write(200, 600, 1400);
  poller.pollIfDue(); // a minute early
  poller.poll();
  writeFileSync(join(procRoot, "10", "stat"), "");
  poller.poll();
  expect(poller.result.value).toEqual([
    { atS: expect.any(Number), ownS: 1, busyS: 4, capacityS: 10 },
    { atS: expect.any(Number), ownS: 2, busyS: 6, capacityS: 20 },
  ]);
});

it("a process that is not there has no times, and the reason says so", () => {
  const { result } = new LoadPoller(4_000_001, "/nonexistent", 100);
  expect(result.reason).toContain(process.platform === "linux" ? "pid 4000001" : "Linux only");
});
