import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
  function bench(...parameters: string[]) {
    if (canChangeRoot) return runInRoot(root, ["/petl-bench/petl-bench", ...parameters]);
    const env = { PATH: "/usr/bin:/bin", HOME: join(root, "nobody"), NO_COLOR: "1" };
    const options = { cwd: join(root, "work"), env, encoding: "utf8", timeout: 900_000 } as const;
    return spawnSync(join(root, "petl-bench/petl-bench"), parameters, options);
  }
  function onlyRecord() {
    const runs = join(root, "work/out/runs");
    const [file = ""] = readdirSync(runs).filter((name) => name.endsWith(".json"));
    return JSON.parse(readFileSync(join(runs, file), "utf8"));
  }
  const files = (): string[] => readdirSync(join(root, "petl-bench"), { recursive: true }) as string[];
  return { bench, onlyRecord, files, bytes: () => bytes, root: () => root };
}

describe.skipIf(!isHost)("a lean archive, unpacked in an empty root", () => {
  const { bench, onlyRecord, files, bytes, root } = unpacked(true);

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
    "the comparison of methods on a GPU runs, and a method that fails leaves the next one",
    () => {
      const file = canChangeRoot ? "/petl-bench" : join(root(), "petl-bench");
      const smallest = [
        "--backbones=tiny",
        "--batches=1",
        "--tokens=8",
        "--targets=2",
        "--vocabulary=128",
        "--seconds=0",
      ];
      const { stderr, status } = bench(
        ...["node", `${file}/benchmarks/peers/gpu.mjs`, "--gpu=software", "--precisions=", "--json=gpu.json"],
        ...[...smallest, "--methods=absent,read"],
      );
      expect(status, stderr).toBe(0);
      const { results, left: notBegun } = JSON.parse(readFileSync(join(root(), "work/gpu.json"), "utf8"));
      expect(notBegun).toEqual([]);
      expect(results[0]).toMatchObject({ method: "absent", error: expect.stringMatching(/method-absent/) });
      expect(results[1]).toMatchObject({ method: "read", engine: "webgpu", steps: 3, energyPerThousandJ: null });
      expect(results[1].peakBytes).toBeGreaterThan(4 * results[1].trained);
      expect(Object.values(results[1].kernels).length).toBeGreaterThan(5);
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
