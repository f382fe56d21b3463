import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildReport, type ReportFormat, writeReports } from "@petl/report";
import { afterEach, beforeEach, expect, test } from "vitest";
import { syntheticMethods, syntheticRecord } from "../record-factory.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "petl-report-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const formats: readonly ReportFormat[] = ["html", "md", "latex", "csv"];

test("D1: a report replaces its own files, in every format", async () => {
  const model = buildReport([syntheticRecord(syntheticMethods[0]!)], { reference: null });
  const written = await writeReports(folder, model, formats);
  const texts = written.map((file) => readFileSync(file, "utf8"));
  expect(await writeReports(folder, model, formats)).toEqual(written);
  expect(written.map((file) => readFileSync(file, "utf8"))).toEqual(texts);
});

test.each(["report.html", "report.md", "report.tex", "report.csv"])(
  "D1: a %s that is not ours is not replaced, and nothing else is written",
  async (name) => {
    writeFileSync(join(folder, name), "# My own notes\n");
    await expect(
      writeReports(folder, buildReport([syntheticRecord(syntheticMethods[0]!)], { reference: null }), formats),
    ).rejects.toThrow(
      `${join(folder, name)}: expected no file or one that petl-bench made, got another; move it or choose another --out`,
    );
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), "utf8")).toBe("# My own notes\n");
  },
);
