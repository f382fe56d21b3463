import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecords } from "@petl/results";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory, tiny, writeTasks } from "../bench-command.js";

const tuned = [...tiny, "--protocol", "tuned", "--data", "glue", "--tasks", "sst2", "--trials", "2", "--seeds", "0"];

test("a search that is killed is resumed, shown again without a run, and reused by bench glue", async () => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const search = ["tune", ...tuned, "--methods", "full,bitfit", "--out", "out", "--no-progress"];
  const killed = startBench(search, directory);
  for await (const line of killed.iterable({ from: "stderr" })) if (line.startsWith("[2/4]")) killed.kill("SIGKILL");
  expect((await killed).signal).toBe("SIGKILL");

  const resumed = await startBench(search, directory);
  expect(resumed.exitCode).toBe(0);
  expect(resumed.stderr).toContain("1 of them completed before");
  expect(resumed.stdout).toMatch(/^Searches\n +method +task +rows +learning rate +validation +trials/m);
  const { rates } = JSON.parse(readFileSync(join(directory, "out/rates.json"), "utf8"));
  expect(rates).toMatchObject([{ method: "full" }, { method: "bitfit" }]);

  const again = await startBench([...search, "--json"], directory);
  expect(again.stderr).toContain("all 4 runs are completed");
  const { searches } = JSON.parse(again.stdout);
  expect(searches[0]).toMatchObject({
    method: "full",
    task: "sst2",
    limit: 16,
    chosen: { of: 2, trial: expect.any(Number) },
  });
  expect(searches[0].trials).toHaveLength(2);

  const glue = ["glue", ...tuned, "--methods", "full,bitfit", "--quiet", "--out"];
  const dry = await startBench([...glue, "out", "--dry-run"], directory);
  expect(dry.stdout).toContain("7 runs, 3 to do"); // a final run of each, and the untouched backbone
  expect((await startBench([...glue, "out"], directory)).exitCode).toBe(0);
  const { records } = await readRecords(join(directory, "out"));
  expect(records.map(({ run }) => run.stage).sort()).toEqual(["baseline", "final", "final", ...Array(4).fill("trial")]);

  const byFile = await startBench([...glue, "other", "--rates", "out/rates.json"], directory);
  expect(byFile.exitCode).toBe(0);
  const others = (await readRecords(join(directory, "other"))).records.filter(({ run }) => run.stage === "final");
  const rateOf = (method: string, list: typeof records) =>
    list.find(({ run }) => run.stage === "final" && run.method === method)!.run.settings.learningRate;
  for (const method of ["full", "bitfit"]) expect(rateOf(method, others)).toBe(rateOf(method, records));
}, 600_000);

test.each([
  [["tune", "--trials", "0"], /expected a suite that searches, got protocol tuned and trials 0/],
  [["tune", "--protocol", "dev"], /expected a suite that searches, got protocol dev/],
  [["tune", "--rates", "rates.json"], /unknown option '--rates'/],
  [["glue", "--rates", "none.json"], /--rates .*none\.json: .*expected the rates\.json of bench tune/],
])("%s is refused in one line", async (command, line) => {
  const directory = temporaryDirectory();
  writeTasks(directory);
  const { stderr, exitCode } = await startBench(
    [...command, "--backbone", "t5-tiny-random", "--data", "glue", "--tasks", "sst2"],
    directory,
  );
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(line);
  expect(exitCode).toBe(2);
});
