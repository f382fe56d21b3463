import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { integrate, writeTraceCsv } from "@petl/meter";
import { expect, test } from "vitest";
import { EMPTY_SAMPLE, traceOf } from "../../../measuring/meter/test/synthetic.js";
import { syntheticRecord } from "../../results/test/record-factory.js";
import { readTraces } from "../src/read-traces.js";
import { temporaryDirectory } from "./bench-command.js";

test.each([
  ["instant", { powerInstantW: 100, powerAverageW: 200, powerDrawW: 300 }, 100],
  ["average", { powerInstantW: null, powerAverageW: 200, powerDrawW: 300 }, 200],
  ["average", { powerInstantW: 0, powerAverageW: 200, powerDrawW: 300 }, 200],
  ["draw", { powerInstantW: null, powerAverageW: null, powerDrawW: 300 }, 300],
])("a plot shows the sensor that the integral takes: %s of %j", async (source, powers, powerW) => {
  const out = temporaryDirectory();
  const record = syntheticRecord();
  const trace = traceOf([1, 2, 3].map((atS) => ({ ...EMPTY_SAMPLE, ...powers, atS })));
  mkdirSync(join(out, "runs"));
  await writeTraceCsv(join(out, "runs", `${record.id}.csv`), trace);
  const problems: string[] = [];
  const plotted = (await readTraces(out, [record], (message) => problems.push(message))).get(record);
  expect(plotted?.powerW).toEqual([1, 2, 3].map((atS) => [atS, powerW]));
  expect(integrate(trace, { fromS: 1, toS: 3 }).value).toMatchObject({ source, grossJ: 2 * powerW });
  expect(problems).toEqual([]);
});
