import { expect, test } from "vitest";
import { renderPlan } from "../src/index.js";

const page = {
  title: "t5-<base>",
  remarks: ["Bytes are exact."],
  tables: [
    {
      title: "Peak",
      rows: [
        ["method", "peak"],
        ["a|b", "3 B"],
      ],
    },
  ],
  peaks: [{ label: "a", parts: { backbone: 1, activations: 2 }, text: "3 B" }],
};

test("a plan's report is Markdown, a page that escapes what it shows, and a picture", () => {
  const files = new Map(renderPlan(page).map(({ name, content }) => [name, content]));
  expect([...files.keys()]).toEqual(["plan.md", "plan.html", "plan-peak.svg"]);
  expect(files.get("plan.md")).toContain("| a\\|b | 3 B |");
  expect(files.get("plan.html")).toContain("<h1>t5-&lt;base&gt;</h1>");
  for (const part of ["backbone", "activations", "3 B"]) expect(files.get("plan-peak.svg")).toContain(part);
});
