import { describe, expect, test } from "vitest";
import { parseMethodFlag, parseUntrainedMethodFlag } from "../src/commands/glue/method-flag.js";
import { names, numberBetween, wholeNumber } from "../src/parse-arguments.js";
import { userDirectory } from "../src/user-directory.js";

describe("--method", () => {
  test.each([
    ["lora", "lora", {}],
    ["lora:rank=8,alpha=16", "lora", { rank: "8", alpha: "16" }],
    ["@someone/petl-foo:width=2", "@someone/petl-foo", { width: "2" }],
    ["./mine.mjs:a=b=c", "./mine.mjs", { a: "b=c" }],
    ["file:///tmp/mine.mjs", "file:///tmp/mine.mjs", {}],
    ["file:///tmp/mine.mjs:depth=2", "file:///tmp/mine.mjs", { depth: "2" }],
    ["C:\\mine.mjs:depth=2", "C:\\mine.mjs", { depth: "2" }],
  ])("reads %s", (text, method, config) => {
    expect(parseMethodFlag(text)).toEqual({ method, config, settings: {} });
  });

  test.each(["", ":rank=8", "lora:rank", "lora:", "lora:rank=1,", "rank=8"])("refuses %o", (text) => {
    expect(() => parseMethodFlag(text)).toThrow("expected NAME or NAME:key=value");
  });

  test("refuses a key given twice", () => {
    expect(() => parseMethodFlag("lora:rank=1,rank=2")).toThrow("repeat --method for a sweep");
    expect(() => parseMethodFlag("lora:train.batch-size=1,train.batchSize=2")).toThrow(
      "train.batchSize is given twice",
    );
  });

  test("reads training settings of a method alone, which no forecast takes", () => {
    const settings = { epochs: 24, batchSize: 8, patience: null };
    const text = "read:cell=gru,train.epochs=24,train.batch-size=8,train.patience=none";
    expect(parseMethodFlag(text)).toEqual({ method: "read", config: { cell: "gru" }, settings });
    expect(() => parseUntrainedMethodFlag(text)).toThrow("expected settings of the method, got train.epochs");
    expect(parseUntrainedMethodFlag("read:cell=gru")).toEqual({
      method: "read",
      config: { cell: "gru" },
      settings: {},
    });
    expect(() => parseMethodFlag("read:train.epoch=1")).toThrow(
      /^--method read:train\.epoch=1: expected train\. and one of epochs, steps, .*Did you mean "epochs"\?$/,
    );
    expect(() => parseMethodFlag("read:train.epochs=some")).toThrow(/train\.epochs: Expected .*got "some"/);
  });
});

test("numbers are whole where they must be and within their range", () => {
  expect(wholeNumber(1)("12")).toBe(12);
  for (const text of ["0", "-1", "1.5", "1e3", "", "x"])
    expect(() => wholeNumber(1)(text)).toThrow(/whole number from 1/);
  expect(numberBetween(0, 1, true)("0")).toBe(0);
  for (const text of ["1", "-0.1", "", "NaN"])
    expect(() => numberBetween(0, 1, true)(text)).toThrow("from 0 to below 1");
  expect(numberBetween(0, Number.POSITIVE_INFINITY)("3e-4")).toBe(3e-4);
  expect(() => numberBetween(0, Number.POSITIVE_INFINITY)("0")).toThrow("above 0");
});

test("lists are separated by commas and hold something", () => {
  expect(names("a, b,")).toEqual(["a", "b"]);
  expect(() => names(",")).toThrow("names separated by commas");
});

test("relative paths start where the user called pnpm bench, else in the working directory", () => {
  expect(userDirectory({ npm_lifecycle_event: "bench", INIT_CWD: "/home/me" })).toBe("/home/me");
  expect(userDirectory({ npm_lifecycle_event: "test", INIT_CWD: "/home/me" })).toBe(process.cwd());
  expect(userDirectory({})).toBe(process.cwd());
});
