import { expect, test } from "vitest";
import { renderLinePanels } from "../src/index.js";

test("panels of lines are one picture with one legend", () => {
  const lines = [{ label: "small one", points: [[10, 2e9] as const, [1000, 3e9] as const] }];
  const svg = renderLinePanels(
    [
      { title: "bytes", lines, xName: "trained" },
      { title: "joules", lines, yScale: "linear" },
    ],
    2,
  );
  for (const text of ["bytes", "joules", "trained"]) expect(svg).toContain(text);
  expect(svg.match(/small one/g)).toHaveLength(1);
  expect(svg).toContain("<title>bytes; joules</title>");
  expect(svg).not.toContain("var(--");
});
