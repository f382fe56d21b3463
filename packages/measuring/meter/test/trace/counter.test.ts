import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openEnergyCounter } from "../../src/gpu/nvml.js";
import { counterEnergy, integrate, nowS, openMeter } from "../../src/index.js";
import { standIn } from "../stand-in/index.js";

/** Builds the stand-in for the driver's library; null without a C compiler. */
function library(): string | null {
  const folder = mkdtempSync(join(tmpdir(), "petl-nvml-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "libnvidia-ml.so.1");
  try {
    const source = fileURLToPath(new URL("../stand-in/nvml.c", import.meta.url));
    execFileSync("cc", ["-shared", "-fPIC", "-o", file, source], { stdio: "ignore" });
  } catch {
    return null;
  }
  return file;
}

test("the driver's energy counter is read beside the power, and both agree on a constant load", async ({ skip }) => {
  const file = library();
  if (file === null) return skip("no C compiler for a stand-in of the driver's library");
  const { env } = standIn({ signal: { kind: "constant", baseW: 100 } });
  const meter = await openMeter({ env: { ...env, NVML_LIBRARY: file } });
  expect(meter.counter.reason).toBeNull();
  await meter.start();
  const fromS = nowS();
  await sleep(2000);
  const window = { fromS: fromS + 0.15, toS: nowS() };
  const trace = await meter.stop();
  const counted = counterEnergy(trace.counter, window).value!.grossJ;
  const integrated = integrate(trace, window).value!.grossJ;
  expect(Math.abs(counted - integrated)).toBeLessThanOrEqual(2 * 100 * 0.1 + 1); // an update at either end
});

test("a driver without the counter, and a GPU that it does not know, give the reason", ({ skip }) => {
  expect(openEnergyCounter("GPU-1", { NVML_LIBRARY: "/nonexistent.so" }).reason).toMatch(
    /nonexistent.so.*does not load/,
  );
  expect(openEnergyCounter(null, {}).reason).toContain("takes a uuid");
  const file = library();
  if (file === null) return skip("no C compiler for a stand-in of the driver's library");
  const lost = openEnergyCounter("MIG-1", { NVML_LIBRARY: file });
  expect(lost.reason).toBe("the driver refused its energy counter: no such GPU");
});

test("a counter gives joules over a window by interpolation, and none where it was not read or was set back", () => {
  const readings = [0, 1, 2, 3].map((atS) => ({ atS, totalJ: 1e6 + 50 * atS }));
  const counter = { value: readings, reason: null };
  expect(counterEnergy(counter, { fromS: 0.5, toS: 2.25 }).value?.grossJ).toBeCloseTo(87.5, 9);
  expect(counterEnergy(counter, { fromS: -1, toS: 2 }).reason).toContain("not read over the whole window");
  expect(counterEnergy(counter, { fromS: 2, toS: 2 }).reason).toBe("the window is empty");
  const reset = { value: [...readings, { atS: 4, totalJ: 0 }], reason: null };
  expect(counterEnergy(reset, { fromS: 1, toS: 4 }).reason).toBe("the counter went backwards");
  expect(counterEnergy({ value: null, reason: "none here" }, { fromS: 1, toS: 4 }).reason).toBe("none here");
});
