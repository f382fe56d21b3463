import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packOffline } from "./pack-offline.mjs";

const isHost = process.platform === "linux" && process.arch === "x64";
if (!isHost) console.warn(`skipped: an archive is packed on linux x64, this is ${process.platform} ${process.arch}`);
const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

describe.skipIf(!isHost)("a lean archive, unpacked in an empty directory", () => {
  let directory: string;
  let bytes: number;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "petl-offline-"));
    ({ bytes } = await packOffline({ lean: true, out: join(directory, "lean.tar.gz") }));
    mkdirSync(join(directory, "work"));
    execFileSync("tar", ["-C", directory, "-xzf", join(directory, "lean.tar.gz")]);
  }, 300_000);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** Runs it as a bare host would: no Node on PATH, no home, no variables of this process, another current directory. */
  function bench(...parameters: string[]) {
    const env = { PATH: "/usr/bin:/bin", HOME: join(directory, "nobody"), NO_COLOR: "1" };
    return spawnSync(join(directory, "petl-bench/petl-bench"), parameters, {
      cwd: join(directory, "work"),
      env,
      encoding: "utf8",
      timeout: 900_000,
    });
  }

  test("stays under 60 MB and holds no source, no test and no CPU device", () => {
    expect(bytes).toBeLessThan(60e6);
    const files = readdirSync(join(directory, "petl-bench"), { recursive: true }) as string[];
    expect(
      files.filter((file) => /(^|\/)(src|test)\/|\.d\.ts$|\.map$/.test(file) && file.startsWith("packages")),
    ).toEqual([]);
    expect(files).toContain("packages/device-webgpu/dist/index.js");
    expect(files).not.toContain("packages/device-cpu");
    expect(files).toContain("node_modules/webgpu/dist/linux-x64/dawn.node");
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

  test.skipIf(!existsSync(swiftShader) || process.env.PETL_SOFTWARE_GPU !== "1")(
    "a run on a software GPU completes and its record names the commit",
    () => {
      const size = ["--steps", "1", "--limit", "4", "--eval-limit", "2", "--batch-size", "2", "--max-length", "12"];
      const what = ["--data", "sample", "--tasks", "rte", "--methods", "bitfit", "--out", "out"];
      const { stderr, status } = bench("glue", "--device", "webgpu", "--gpu", "software", ...what, ...size);
      expect(status, stderr).toBe(0);
      const runs = join(directory, "work/out/runs");
      const [file = ""] = readdirSync(runs).filter((name) => name.endsWith(".json"));
      const record = JSON.parse(readFileSync(join(runs, file), "utf8"));
      expect(record).toMatchObject({ status: "completed", environment: { deviceName: "webgpu" } });
      expect(record.memory.peakBufferBytes).toBeGreaterThan(record.memory.peakTensorBytes.training.total / 2);
      expect(record.environment.commit).toMatch(/^[0-9a-f]{40}$/);
    },
    900_000,
  );
});
