import { describe, expect, it } from "vitest";
import { parseRow } from "../src/gpu/fields.js";
import { parseTimestamp } from "../src/gpu/timestamp.js";
import { LineSplitter } from "../src/sampling/line-splitter.js";
import { SampleClock } from "../src/sampling/sample-clock.js";

const FIELDS = ["timestamp", "power.draw", "memory.used", "utilization.gpu", "clocks.sm", "pstate"];

describe("parseRow", () => {
  it("converts MiB, MHz and percent to bytes, Hz and shares", () => {
    const row = parseRow("2026/01/31 12:34:56.789, 123.45, 2048, 50, 1410, P0", FIELDS);
    expect(row?.values).toMatchObject({ powerDrawW: 123.45, memoryUsedBytes: 2 ** 31, gpuUtilization: 0.5 });
    expect(row?.values).toMatchObject({ smClockHz: 1.41e9, pstate: "P0", powerInstantW: null });
    expect(row?.stampS).toBe(new Date(2026, 0, 31, 12, 34, 56, 789).getTime() / 1000);
  });

  it.each(["[N/A]", "[Not Supported]", "[Unknown Error]", "N/A", "[GPU requires reset]", "[Insufficient Permissions]"])(
    "takes %s as an absent value, not as 0",
    (cell) => {
      const row = parseRow(`2026/01/31 12:34:56.789, ${cell}, 1, 2, 3, ${cell}`, FIELDS);
      expect(row?.values).toMatchObject({ powerDrawW: null, pstate: null, gpuUtilization: 0.02 });
    },
  );

  it.each([
    ["a sentence", "Unable to determine the device handle for GPU 0000:3B:00.0"],
    ["an open quote", '2026/01/31 12:34:56.789, "12, 1, 2, 3, P0'],
    ["a quoted decimal comma", '2026/01/31 12:34:56.789, "12,34", 1, 2, 3, P0'],
    ["a bare decimal comma", "2026/01/31 12:34:56.789, 12,34, 1, 2, 3, P0"],
    ["a missing cell", "2026/01/31 12:34:56.789, 12.34, 1, 2, 3"],
    ["a foreign timestamp", "31.01.2026 12:34:56, 12.34, 1, 2, 3, P0"],
    ["a negative power", "2026/01/31 12:34:56.789, -12.34, 1, 2, 3, P0"],
    ["a unit", "2026/01/31 12:34:56.789, 12.34 W, 1, 2, 3, P0"],
  ])("refuses a line with %s", (_, line) => {
    expect(parseRow(line, FIELDS)).toBeNull();
  });
});

describe("LineSplitter", () => {
  it("keeps a partial line until its end comes", () => {
    const splitter = new LineSplitter();
    expect(splitter.push("one\r\ntw")).toEqual(["one"]);
    expect(splitter.push("o")).toEqual([]);
    expect(splitter.push("\n\nthree\nfo")).toEqual(["two", "three"]);
    expect(splitter.rest).toBe("fo");
  });
});

describe("SampleClock", () => {
  const wallAheadS = 1000; // the wall clock against the monotonic one

  it("maps the driver's time onto the monotonic clock, however late the line arrives", () => {
    const clock = new SampleClock();
    const placed = [100, 100.05, 100.1].map((atS) => clock.place(atS + wallAheadS, 103, 103 + wallAheadS).atS);
    expect(placed.map((atS) => Number(atS.toFixed(9)))).toEqual([100, 100.05, 100.1]);
    expect(clock.distrusted).toBe(0);
  });

  it("is not moved by a step of the wall clock that driver and parent both see", () => {
    const clock = new SampleClock();
    expect(clock.place(100 + wallAheadS, 100.01, 100.01 + wallAheadS).atS).toBeCloseTo(100, 9);
    expect(clock.place(90.05 + wallAheadS, 100.06, 90.06 + wallAheadS)).toMatchObject({ timedBy: "sensor" });
    expect(clock.place(90.1 + wallAheadS, 100.11, 90.11 + wallAheadS).atS).toBeCloseTo(100.1, 9);
  });

  it.each([
    ["goes backwards", -2],
    ["jumps ahead", 2],
    ["is in another time zone", -7200],
  ])("uses the arrival where the driver's time %s", (_, jumpS) => {
    const clock = new SampleClock();
    clock.place(100 + wallAheadS, 100.01, 100.01 + wallAheadS);
    expect(clock.place(100.05 + wallAheadS + jumpS, 100.06, 100.06 + wallAheadS)).toEqual({
      atS: 100.06,
      timedBy: "arrival",
    });
    expect(clock.distrusted).toBe(1);
  });
});

describe("parseTimestamp", () => {
  it("reads whole and fractional seconds and refuses anything else", () => {
    expect(parseTimestamp("2026/01/31 12:34:56")).toBe(new Date(2026, 0, 31, 12, 34, 56).getTime() / 1000);
    expect(parseTimestamp("2026-01-31T12:34:56Z")).toBeNull();
    expect(parseTimestamp("[N/A]")).toBeNull();
  });
});
