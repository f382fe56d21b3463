import { expect, test } from "vitest";
import { oneLine } from "../src/index.js";

test("foreign text cannot break a line, colour a terminal or turn its direction", () => {
  expect(oneLine(" a\n\tb \u001b[31mred\u0000 \u202eabc\u009b ")).toBe("a b \\u001b[31mred\\u0000 \\u202eabc\\u009b");
});

test("a long message keeps its beginning and its remedy", () => {
  const line = oneLine(`file: got ${"x".repeat(5000)}; copy it again`);
  expect(line).toHaveLength(1000);
  expect(line).toMatch(/^file: got x+ \.\.\. x+; copy it again$/);
});
