import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readTraceCsv, writeTraceCsv } from "../../src/index.js";
import { EMPTY_SAMPLE, synthetic, traceOf } from "../synthetic.js";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "petl-trace-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

describe("trace CSV", () => {
  it("reads back exactly what was written, and leaves no other file", async () => {
    const at = folder();
    const trace = {
      ...synthetic({ powerW: (atS) => 100 / 3 + atS, fromS: 1.7e9, toS: 1.7e9 + 2, memoryBytes: () => 12345 }),
      processMemory: [{ atS: 1.7e9 + 1.01, bytes: 777 }],
      counter: { value: [0, 1, 2].map((second) => ({ atS: 1.7e9 + second, totalJ: 5e6 + second / 3 })), reason: null },
      problems: [{ code: "garbage-lines", message: 'the first: "oops", and,\nmore', count: 2 }],
      gpu: {
        index: 1,
        uuid: "GPU-1",
        name: "Some, GPU",
        driverVersion: null,
        memoryTotalBytes: 1,
        powerLimitW: 2.5,
        mig: null,
      },
    } as const;
    const path = join(at, "trace.csv");
    await writeTraceCsv(path, trace);
    expect(await readTraceCsv(path)).toEqual(trace);
    expect(readdirSync(at)).toEqual(["trace.csv"]);
  });

  it("reads back a trace without samples", async () => {
    const path = join(folder(), "trace.csv");
    await writeTraceCsv(path, traceOf([]));
    expect(await readTraceCsv(path)).toEqual(traceOf([]));
  });

  it("names the file and line of what it cannot read", async () => {
    const path = join(folder(), "trace.csv");
    await writeTraceCsv(path, traceOf([{ ...EMPTY_SAMPLE, atS: 1, powerDrawW: 5 }]));
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.replace(/,5,/, ",five,"));
    await expect(readTraceCsv(path)).rejects.toMatchObject({ code: "E_TRACE_FORMAT", data: { path, line: 3 } });
    writeFileSync(path, whole.slice(0, -8));
    await expect(readTraceCsv(path)).rejects.toThrow(/line 3: expected 12 cells/);
    writeFileSync(path, whole.replace("petl-trace 2", "petl-trace 1"));
    await expect(readTraceCsv(path)).rejects.toThrow(/line 1: expected a first line "# petl-trace 2/);
    writeFileSync(path, "a,b\n1,2\n");
    await expect(readTraceCsv(path)).rejects.toThrow(/line 1/);
  });
});
