import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "./workspace.mjs";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "docs/README.md",
  "docs/adding-a-method.md",
  "docs/architecture.md",
  "docs/decisions/README.md",
  "docs/measuring.md",
  "docs/plan.md",
  "packages/harness/petl-bench/README.md",
];
const textOf = (page: string): string => readFileSync(join(repositoryRoot, page), "utf8");
const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
/** What pnpm itself or an installed tool answers to. */
const others = new Set(["install", "vitest", "sbom"]);

/** Commands in shell blocks and in inline code, without comments: what follows `pnpm`, or `petl-` of an installation. */
const commands = pages.flatMap((page) => {
  const blocks = [...textOf(page).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, text]) => text!.split("\n"));
  const inline = [...textOf(page).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);
  return [...blocks, ...inline]
    .map(
      (line) =>
        /^(?:(?:npx -y )?(?:pnpm(?:@12)? |(?=bench ))|npx petl-(?=bench ))(.+?)(?:\s+#.*)?$/.exec(line.trim())?.[1],
    )
    .filter((command) => command !== undefined)
    .map((command) => [page, command] as const);
});

function help(command: readonly string[]): string {
  const main = join(repositoryRoot, "packages", "harness", "cli", "dist", "main.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...command, "--help"], { encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout;
}
const program = help([]);
const flagsOf = new Map<string, ReadonlySet<string>>();

/** The long flags a `bench` command knows. */
function flags(command: string): ReadonlySet<string> {
  const known = flagsOf.get(command) ?? new Set(help([command]).match(/--[a-z-]+/g));
  flagsOf.set(command, known);
  return known;
}

test("the pages show commands", () => {
  expect(commands.map(([, command]) => command)).toEqual(
    expect.arrayContaining(["test", "check", "bench glue", "bench glue --data DIR"]),
  );
});

test.each(commands)("%s: pnpm %s names what exists, with flags it knows", (_page, command) => {
  const [script, ...words] = command.split(/\s+/);
  expect(others.has(script!) || scripts[script!] !== undefined, `no script ${script}`).toBe(true);
  if (script !== "bench" || words[0] === undefined || words[0].startsWith("<")) return;
  expect(program).toMatch(new RegExp(`^ +${words[0]}\\b`, "m"));
  const own = words.includes("--") ? words.slice(0, words.indexOf("--")) : words; // what follows is another program's
  for (const word of own.filter((each) => each.startsWith("--"))) expect([...flags(words[0])]).toContain(word);
});
