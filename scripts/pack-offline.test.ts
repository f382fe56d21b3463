import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installStandIn } from "../packages/measuring/meter/test/stand-in/index.js";
import { addSoftwareGpu, canChangeRoot, fillEmptyRoot, runInRoot, swiftShader } from "./pack-offline/empty-root.js";
import { packOffline, vulkanLoaders } from "./pack-offline.mjs";

const isHost = process.platform === "linux" && process.arch === "x64";
if (!isHost) console.warn(`skipped: an archive is packed on linux x64, this is ${process.platform} ${process.arch}`);
else if (!canChangeRoot) console.warn("no chroot for this user: archives run beside this system's files, not alone");

const what = ["--data", "sample", "--tasks", "rte", "--methods", "bitfit", "--out", "out"];
const size = ["--steps", "1", "--limit", "4", "--eval-limit", "2", "--batch-size", "2", "--max-length", "12"];

/** An archive, unpacked into a root with nothing else, where that can be had. */
function unpacked(lean: boolean) {
  let root = "";
  let bytes = 0;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "petl-offline-"));
    const archive = join(root, "archive.tar.gz");
    ({ bytes } = await packOffline({ lean, out: archive }));
    execFileSync("tar", ["-C", root, "-xzf", archive]);
    rmSync(archive);
    mkdirSync(join(root, "work"));
    if (canChangeRoot) fillEmptyRoot(root);
  }, 300_000);
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Runs it as a bare host would: no Node, no home, no variables of this process. */
  const bench = (...parameters: string[]) => benchWith({}, ...parameters);
  function benchWith(more: NodeJS.ProcessEnv, ...parameters: string[]) {
    if (canChangeRoot) return runInRoot(root, ["/petl-bench/petl-bench", ...parameters], more);
    const env = { PATH: "/usr/bin:/bin", HOME: join(root, "nobody"), NO_COLOR: "1", ...more };
    const options = { cwd: join(root, "work"), env, encoding: "utf8", timeout: 900_000 } as const;
    return spawnSync(join(root, "petl-bench/petl-bench"), parameters, options);
  }
  function onlyRecord() {
    const runs = join(root, "work/out/runs");
    const [file = ""] = readdirSync(runs).filter((name) => name.endsWith(".json"));
    return JSON.parse(readFileSync(join(runs, file), "utf8"));
  }
  const files = (): string[] => readdirSync(join(root, "petl-bench"), { recursive: true }) as string[];
  return { bench, benchWith, onlyRecord, files, bytes: () => bytes, root: () => root };
}

describe.skipIf(!isHost)("a lean archive, unpacked in an empty root", () => {
  const { bench, benchWith, onlyRecord, files, bytes, root } = unpacked(true);

  test("stays under 60 MB and holds no source, no test and no CPU device", () => {
    expect(bytes()).toBeLessThan(60e6);
    const all = files();
    const sources = all.filter((file) => /(^|\/)(src|test)\/|\.d\.ts$|\.map$/.test(file));
    expect(sources.filter((file) => file.startsWith("packages"))).toEqual([]);
    expect(all).toContain("packages/devices/webgpu/dist/index.js");
    expect(all).not.toContain("packages/devices/cpu");
    expect(all).toContain("node_modules/webgpu/dist/linux-x64/dawn.node");
  });

  test("doctor runs with the packed Node and says why there is no device", () => {
    const { stdout, stderr, status } = bench("doctor");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(`Node       ${process.version}`);
    expect(stdout).toMatch(/webgpu +(not )?usable/);
  });

  test("the plan of a T5-base is computed", () => {
    const { stdout, status } = bench("plan", "--backbone", "t5-base", "--methods", "read,full", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).methods).toHaveLength(2);
  });

  const hasSoftwareGpu = existsSync(swiftShader) && vulkanLoaders.some((file) => existsSync(file));
  if (!hasSoftwareGpu) console.warn(`no run on WebGPU: expected ${swiftShader} and one of ${vulkanLoaders.join(", ")}`);
  test.skipIf(!hasSoftwareGpu)(
    "a run on a GPU that the CPU emulates completes and its record names the commit",
    () => {
      if (canChangeRoot) addSoftwareGpu(root());
      const device = ["--device", "webgpu", "--gpu", "software", "--backbone", "t5-tiny-random"];
      const { stderr, status } = bench("glue", ...device, ...what, ...size);
      expect(status, stderr).toBe(0);
      const record = onlyRecord();
      expect(record).toMatchObject({ status: "completed", environment: { deviceName: "webgpu" } });
      expect(record.memory.peakBufferBytes).toBeGreaterThan(record.memory.peakTensorBytes.training.total / 2);
      expect(record.environment.commit).toMatch(/^[0-9a-f]{40}$/);
    },
    900_000,
  );

  test.skipIf(!hasSoftwareGpu)(
    "a GPU day is rehearsed: each part leaves its file, a side that is not there is said, and the pages are made",
    () => {
      const home = canChangeRoot ? "/" : `${root()}/`;
      mkdirSync(join(root(), "work/bin"));
      const play = { signal: { kind: "square", periodS: 1 }, dialect: "hopper", sensorPeriodMs: 100 } as const;
      installStandIn(join(root(), "work/bin"), `${home}petl-bench/node`, play);
      const { stderr, status } = benchWith(
        { NVIDIA_SMI: `${home}work/bin/nvidia-smi` },
        ...["node", `${home}petl-bench/benchmarks/gpu-day/run.mjs`, "--rehearse", "--out", "day", "--arms", "1"],
        ...["--python", "no-python"],
      );
      expect(status, stderr).toBe(0);
      const read = (name: string) => JSON.parse(readFileSync(join(root(), "work/day", `${name}.json`), "utf8"));
      expect(read("index").parts.map((part: { status: string }) => part.status)).toEqual(Array(6).fill("completed"));
      expect(read("doctor").adapters[0].name).toMatch(/SwiftShader/);
      expect(read("power").sensors.instant.value).toMatchObject({ mostW: 300, waves: [{ lowW: 100, highW: 300 }] });
      const [ours, ...refused] = read("products").rows;
      const ofEngine = (name: string) => refused.find(({ engine }: { engine: string }) => engine === name);
      expect(ours).toMatchObject({ engine: "ours f32", reason: null, flopsPerS: Array(3).fill(expect.any(Number)) });
      expect(ours.largestError).toBeLessThan(1e-5);
      expect(ofEngine("ours f16").reason).toMatch(/f16/);
      expect(ofEngine("torch f32").reason).toMatch(/no-python is not on PATH/);
      const [arm] = read("training").arms;
      expect(arm).toMatchObject({ engine: "ours f32", method: "read", status: "measured", trained: 16416 });
      expect(arm.meanPowerW).toBeGreaterThan(100);
      expect(arm.tensorBytes).toBeGreaterThan(4 * arm.trained);
      expect(Object.values(arm.kernels).length).toBeGreaterThan(5);
      const nanoseconds = Object.values<number>(arm.kernels).map((ms) => Math.round(1e6 * ms));
      expect(nanoseconds.some((each) => each % 2 ** 16 !== 0)).toBe(true); // Dawn's own rounding is off
      const epochs = Array(3).fill({ grossJ: expect.any(Number) });
      expect(read("cache").runs).toMatchObject([{ method: "read", mode: "auto", status: "measured", epochs }]);
      expect(readFileSync(join(root(), "work/day/report.html"), "utf8")).toMatch(/Rehearsal of a GPU day/);
    },
    900_000,
  );
});

describe.skipIf(!isHost)("a whole archive, unpacked in an empty root", () => {
  const { bench, onlyRecord, files } = unpacked(false);

  test("doctor finds the CPU device", () => {
    const { stdout, stderr, status } = bench("doctor");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/cpu +usable/);
    expect(files()).not.toContain("packages/devices/node");
  });

  test("a run of the packed backbone completes on the CPU device", () => {
    const { stderr, status } = bench("glue", "--device", "cpu", ...what, ...size);
    expect(status, stderr).toBe(0);
    expect(onlyRecord()).toMatchObject({ status: "completed", environment: { deviceName: "cpu" } });
  });
});
