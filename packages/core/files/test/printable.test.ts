import { expect, test } from "vitest";
import { printable, printableLines } from "../src/index.js";

test("S5: escape sequences become visible, on one line", () => {
  expect(printable("Tesla\u001b[2J\u001b]0;owned\u0007 T4\r\n\u009b31mred\u007f")).toBe(
    "Tesla\\u001b[2J\\u001b]0;owned\\u0007 T4 \\u009b31mred\\u007f",
  );
  expect(printable("a\u202eb\u{e0041}\ud800c")).toBe("a\\u202eb\\udb40\\udc41\\ud800c");
});

test("ordinary text stays as it is", () => {
  for (const text of ["NVIDIA H200 (139 GiB)", "é ü 漢字 👩‍🚀", "C:\\data\\x"]) expect(printable(text)).toBe(text);
});

test("a long text is cut", () => {
  expect(printable("x".repeat(5000))).toHaveLength(4000);
  expect(printable("\u001b".repeat(10_000), 20)).toMatch(/^(\\u001b){3}\\…$/);
});

test("JSON with such characters is the same JSON afterwards", () => {
  const value = { name: "a\u009b\u202e\u{e0041}b", other: "\u001b" };
  const text = printableLines(JSON.stringify(value, null, 2));
  expect(text).not.toMatch(/[\u009b\u202e]/);
  expect(JSON.parse(text)).toEqual(value);
});
