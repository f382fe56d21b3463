import { readFileSync } from "node:fs";
import { parseSuite } from "@petl/bench";
import { expect, test } from "vitest";
import { presets } from "../src/index.js";

test("quick has a searched rate for every method and task, from the committed suite that has the same settings", () => {
  const quick = parseSuite(presets.quick, "quick");
  const file = new URL("../../../../benchmarks/suites/mini.json", import.meta.url);
  const searched = parseSuite(JSON.parse(readFileSync(file, "utf8")), "mini.json");
  const shared = ["methods", "tasks", "backbone", "limit", "validation", "evalLimit", "settings", "decades"] as const;
  for (const key of shared) expect(quick[key], key).toEqual(searched[key]);
  const cells = quick.tasks.flatMap((task) => quick.methods.map(({ method, config }) => ({ method, config, task })));
  for (const cell of cells)
    expect(
      quick.rates.filter(
        (rate) =>
          JSON.stringify([rate.method, rate.config, rate.task]) ===
          JSON.stringify([cell.method, cell.config, cell.task]),
      ),
    ).toHaveLength(1);
  expect(quick.rates).toHaveLength(cells.length);
  for (const { chosen } of quick.rates) expect(chosen.of).toBe(searched.trials);
});
