import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";
import { bench, temporaryDirectory } from "./bench-command.js";

const child = fileURLToPath(new URL("../../bench/dist/child.js", import.meta.url)); // the process of a run

const dataUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

/** The URLs of the modules that a program loads. */
async function modulesOf(program: string, args: readonly string[]): Promise<string[]> {
  const list = join(temporaryDirectory(), "modules.txt");
  const hook = `
    import { appendFileSync } from "node:fs";
    export async function load(url, context, next) {
      appendFileSync(${JSON.stringify(list)}, url + "\\n");
      return next(url, context);
    }`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(dataUrl(hook))});`;
  await execa(process.execPath, ["--import", dataUrl(register), program, ...args], { stdin: "ignore", reject: false });
  return readFileSync(list, "utf8").trim().split("\n");
}

const libraries = ["echarts", "handlebars", "hyparquet", "execa", "zod"];

test.each([
  ["bench --help loads no charts, which take longest", bench, ["--help"], ["execa", "zod"]],
  ["a run's process loads what runs need before it is asked for more", child, [], ["zod"]],
])("%s", async (_, program, args, expected) => {
  const modules = await modulesOf(program, args);
  const loaded = libraries.filter((name) => modules.some((url) => url.includes(`/node_modules/${name}/`)));
  expect(loaded.sort()).toEqual(expected);
});
