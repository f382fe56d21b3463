import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tf } from "@petl/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { leftOut } from "./left-out.js";

interface Spec {
  readonly name: string;
  readonly status: string;
  readonly message: string;
}

/** What `run-specs.mjs` writes. */
interface Report {
  /** Every kernel of the backend, by tfjs name. */
  readonly registered: readonly string[];
  /** Those of this package. */
  readonly own: readonly string[];
  readonly results: readonly Spec[];
}

async function runSpecs(kernels: string): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "petl-conformance-"));
  const file = join(folder, "results.json");
  const program = fileURLToPath(new URL("./run-specs.mjs", import.meta.url));
  try {
    await promisify(execFile)(process.execPath, [program, kernels, file], { timeout: 240_000 });
    return JSON.parse(readFileSync(file, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("tfjs-core's conformance specs", () => {
  let report: Report;
  let failed: readonly Spec[];
  beforeAll(async () => {
    report = await runSpecs("wasm");
    failed = report.results.filter(({ status }) => status === "failed");
  }, 250_000);

  const meets = ({ pattern }: { readonly pattern: RegExp }, { name, message }: Spec): boolean =>
    pattern.test(name) || pattern.test(message);

  test("all run, and none fails but those left out with a reason", () => {
    expect(report.results.length).toBeGreaterThan(4000);
    expect(failed.filter((spec) => !leftOut.some((entry) => meets(entry, spec)))).toEqual([]);
    const passed = report.results.filter(({ status }) => status === "passed").length;
    console.info(`tfjs-core's specs: ${passed} passed, ${failed.length} left out with a reason`);
  });

  test("are left out for nothing that passes, and for no kernel that is there", () => {
    for (const { reason, kernel, pattern } of leftOut.filter(({ byChance }) => byChance !== true)) {
      expect(failed.filter((spec) => meets({ pattern }, spec)).length, reason).toBeGreaterThan(0);
      if (kernel !== undefined) expect(report.registered).not.toContain(kernel);
    }
  });

  test.each([
    [tf.Add, "add"],
    [tf.BatchMatMul, "matmul"],
    [tf.GatherV2, "gather"],
    [tf.Identity, "clone"],
    [tf.Mean, "mean"],
    [tf.Sum, "sum"],
    [tf.UnsortedSegmentSum, "unsortedSegmentSum"],
  ])("cover %s, which this device replaces", (kernel, family) => {
    expect(report.own).toContain(kernel);
    const specs = report.results.filter(({ name }) => name.startsWith(`${family}:`));
    expect(specs.filter(({ status }) => status === "passed").length).toBeGreaterThan(10);
    const broken = specs.filter(({ status, message }) => status === "failed" && !message.includes("'Complex'"));
    expect(broken).toEqual([]);
  });
});
