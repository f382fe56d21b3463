import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startBench, temporaryDirectory } from "./bench-command.js";

/** A module that has Node.js write down each module it loads. */
const hook = (list: string): string => {
  const source = `
    import { appendFileSync } from "node:fs";
    export async function load(url, context, next) {
      appendFileSync(${JSON.stringify(list)}, url + "\\n");
      return next(url, context);
    }`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(source))});`;
  return dataUrl(register);
};
const dataUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

test("charts, which take longest to load, are loaded by commands that draw", async () => {
  const directory = temporaryDirectory();
  const list = join(directory, "modules.txt");
  const { stdout, exitCode } = await startBench(["--help"], directory, { NODE_OPTIONS: `--import="${hook(list)}"` });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Usage: bench");
  const loaded = readFileSync(list, "utf8").split("\n");
  expect(loaded.filter((url) => url.includes("/cli/dist/commands/")).length).toBeGreaterThan(10);
  expect(loaded.filter((url) => /\/(?:echarts|handlebars|report\/dist)\//.test(url))).toEqual([]);
});
