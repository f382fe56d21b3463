import { parseJson } from "@petl/files";
import { expect, test } from "vitest";

const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}`;

test("JSON is parsed, brackets and quotes in its strings included", () => {
  const value = { a: [1, { "[[{": '"]\\"{' }], b: "[".repeat(500), c: '\\"'.repeat(500) };
  expect(parseJson(JSON.stringify(value))).toEqual(value);
  expect(() => parseJson("{")).toThrow(SyntaxError);
});

test("R6: JSON nested deeper than 200 levels is refused", () => {
  expect(parseJson(nested(200))).toBeTruthy();
  expect(() => parseJson(nested(202))).toThrow("nested at most 200 deep, got more");
  expect(() => parseJson(nested(200_000))).toThrow("nested at most 200 deep");
});
