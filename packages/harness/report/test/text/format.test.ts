import { expect, test } from "vitest";
import {
  formatBytes,
  formatEnergy,
  formatNumber,
  formatPercent,
  formatPoints,
  formatScore,
  formatSeconds,
} from "../../src/text/format.js";
import { displayWidth, escapeMarkdown } from "../../src/text/text.js";

test.each([
  [formatBytes(999), "999 B"],
  [formatBytes(1_500_000), "1.5 MB"],
  [formatBytes(0), "0 B"],
  [formatSeconds(0.0123), "12.3 ms"],
  [formatSeconds(45.25), "45.3 s"],
  [formatSeconds(59.99), "1 min 00 s"],
  [formatSeconds(3599.7), "1 h 00 min"],
  [formatSeconds(7500), "2 h 05 min"],
  [formatEnergy(950), "950 J"],
  [formatEnergy(950, 20_000), "0.95 kJ"],
  [formatEnergy(720_000), "200 Wh"],
  [formatEnergy(7.2e6), "2 kWh"],
  [formatPercent(0.379), "38 %"],
  [formatPercent(0.00132), "0.13 %"],
  [formatPercent(-0.5), "−50 %"],
  [formatPoints(-1.23), "−1.2"],
  [formatPoints(0.04), "0.0"],
  [formatScore(-0.04), "0.0"],
  [formatNumber(1234.5), "1,235"],
  [formatNumber(0.00012345), "0.000123"],
  [formatNumber(-2), "−2"],
])("%s is written as %s", (actual, expected) => {
  expect(actual).toBe(expected);
});

test("a terminal column is counted by grapheme, wide ones twice", () => {
  expect(displayWidth("abc")).toBe(3);
  expect(displayWidth("\u8a66\u9a13")).toBe(4);
  expect(displayWidth("\u{1f468}\u200d\u{1f469}\u200d\u{1f467}")).toBe(2);
  expect(displayWidth("e\u0301")).toBe(1);
});

test("Markdown's special characters are escaped", () => {
  expect(escapeMarkdown("a_b|c<d>&`~")).toBe("a\\_b\\|c&lt;d&gt;&amp;\\`\\~");
});
