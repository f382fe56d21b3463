import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny } from "./bench-command.js";

const notice = "built-in sample, not GLUE";
const reported = "The data is the built-in sample, which is not GLUE.";

test("a run on the built-in sample says so on the terminal, in the record, in both reports and in JSON", async () => {
  const directory = temporaryDirectory();
  const command = ["glue", ...tiny, "--data", "sample", "--tasks", "rte", "--methods", "full", "--out", "out"];
  const env = { PETL_CACHE: join(directory, "cache") };
  const first = await startBench(command, directory, env);
  expect([first.exitCode, first.stderr, first.stdout]).toEqual([
    0,
    expect.stringContaining(`note: The data are the ${notice}`),
    expect.stringContaining(reported),
  ]);
  const { records } = await readRecords(join(directory, "out"));
  expect(records[0]?.data).toMatchObject({ source: "sample", notices: expect.arrayContaining([notice]) });
  expect(records[0]?.data?.files.map(({ officialRows }) => officialRows)).toEqual([null, null]);
  for (const report of ["report.md", "report.html"])
    expect(readFileSync(join(directory, "out", report), "utf8")).toContain(reported);

  const again = await startBench([...command, "--json"], directory, env);
  expect(JSON.parse(again.stdout)).toMatchObject({ data: { source: "sample" }, runs: [{ status: "completed" }] });
});
