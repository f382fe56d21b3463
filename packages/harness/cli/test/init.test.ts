import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory } from "./bench-command.js";

test("init writes a project of this version and prints what to type next; a second call replaces nothing", async () => {
  const directory = temporaryDirectory();
  const { exitCode, stdout, stderr } = await startBench(["init", "mine", "--name", "side-bias"], directory);
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    /next:\n {2}cd mine\n {2}npm install\n {2}npm test\n {2}npx petl-bench run --suite suite.mjs$/,
  );
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const { name, devDependencies } = JSON.parse(readFileSync(join(directory, "mine/package.json"), "utf8"));
  expect([name, devDependencies["petl-bench"]]).toEqual(["petl-method-side-bias", `^${version}`]);

  const again = await startBench(["init", "mine"], directory);
  expect([again.exitCode, again.stdout]).toEqual([2, ""]);
  expect(again.stderr).toMatch(/^error: init .*mine: expected a folder without package\.json, got one with it; .*$/);
});

test("a bad name, and a file where the folder should be, are one line, and nothing is written", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "file"), "");
  const named = await startBench(["init", "--name", "Side_Bias"], directory);
  expect([named.exitCode, named.stderr.split("\n").length]).toEqual([2, 1]);
  expect(named.stderr).toContain('--name: expected lower-case words joined by "-"');
  const onFile = await startBench(["init", "file"], directory);
  expect([onFile.exitCode, onFile.stderr]).toEqual([2, expect.stringMatching(/expected a folder, got a file/)]);
  expect(readdirSync(directory)).toEqual(["file"]);
});
