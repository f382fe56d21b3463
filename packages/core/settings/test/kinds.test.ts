import { describe, expect, test } from "vitest";
import { runOptions, SettingError, trainingSettings } from "../src/index.js";
import {
  budget,
  bytes,
  choice,
  names,
  number,
  orNone,
  orWord,
  powerOfTwo,
  text,
  toggle,
  whole,
  wholeList,
} from "../src/kinds/index.js";

/** A kind, texts with their values, and texts that it refuses. */
const cases = [
  ["whole", whole({ min: 1 }), { "12": 12 }, ["0", "-1", "1.5", "1e3", "", "x"]],
  ["whole up to", whole({ max: 4096 }), { "4096": 4096 }, ["4097", "99999999999999999999"]],
  ["number", number({ above: 0 }), { "0.0003": 3e-4 }, ["0", "-1", "", "NaN", "Infinity"]],
  ["rate", number({ min: 0, below: 1 }), { "0": 0, "0.5": 0.5 }, ["1", "-0.1"]],
  ["choice", choice(["a", "b"]), { a: "a" }, ["c", "", "A"]],
  ["toggle", toggle(), { on: true, off: false }, ["true", ""]],
  ["text", text(), { "a b": "a b" }, [""]],
  ["orNone", orNone(whole()), { none: null, "0": 0 }, ["null", ""]],
  ["orWord", orWord(whole(), "software"), { software: "software", "1": 1 }, ["soft"]],
  [
    "several words",
    orWord(powerOfTwo({ max: 2 ** 24 }), "auto", "off"),
    { auto: "auto", off: "off", "65536": 65_536, "1": 1, "16777216": 2 ** 24 },
    ["0", "3", "33554432", "0.5", "none"],
  ],
  ["names", names(), { "a,b": ["a", "b"] }, ["", ","]],
  ["wholeList", wholeList(), { "0,1,2": [0, 1, 2] }, ["", "a", "1-", "-1", "2-1", "0-1-2", "0-99999999", "4294967296"]],
  ["bytes", bytes(), { "80GB": 80e9, "24GiB": 24 * 2 ** 30, "12B": 12 }, ["0", "-1GB", "GB", "1 XB"]],
  [
    "budget",
    budget(),
    { "4GB": 4e9, "2GB+20GB": { memoryBytes: 2e9, diskBytes: 20e9 }, "0+1KiB": { memoryBytes: 0, diskBytes: 1024 } },
    ["", "1GB+2GB+3GB", "a+b"],
  ],
] as const;

describe.each(cases)("%s", (_name, kind, valid, refused) => {
  test.each(Object.entries(valid))("reads %s, writes it the same way and its schema takes it", (given, value) => {
    expect(kind.parse(given)).toEqual(value);
    expect(kind.show(value as never)).toBe(given);
    expect(kind.schema.parse(value)).toEqual(value);
  });

  test.each(refused)("refuses %o, saying what was expected and what was given", (given) => {
    expect(() => kind.parse(given)).toThrow(new RegExp(`^Expected .+, got "${given.replace(/[+]/g, "\\+")}"\\.$`));
  });
});

test("ranges stand beside single numbers", () => {
  expect(wholeList().parse("0-2")).toEqual([0, 1, 2]);
  expect(wholeList().parse("0-2, 5")).toEqual([0, 1, 2, 5]);
});

test("numbers beyond their range are no value of a suite either", () => {
  expect(number({ min: 0, below: 1 }).schema.safeParse(1).success).toBe(false);
  expect(number({ above: 0 }).schema.safeParse(0).success).toBe(false);
  expect(whole({ min: 2 }).schema.safeParse(1).success).toBe(false);
});

test("R4: no list names so many numbers that a plan of them never ends", () => {
  const text = Array(3).fill("0-9999").join(",");
  expect(() => wholeList().parse(text)).toThrow(/at most 10000 whole numbers/);
  expect(wholeList().schema.safeParse(Array(10_001).fill(0)).success).toBe(false);
});

test("R4, R5: every whole-number setting has an upper bound, in a flag and in a suite", () => {
  for (const [key, { kind }] of Object.entries({ ...trainingSettings, ...runOptions })) {
    if (key === "cacheBudget" || kind.schema.safeParse(0.5).success) continue; // bytes, and rates
    expect(kind.schema.safeParse(1e15).success, key).toBe(false);
    expect(() => kind.parse("1000000000000000"), key).toThrow(SettingError);
  }
});
