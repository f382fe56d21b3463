import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { checkPackages } from "./check-packages.mjs";
import { newMethod } from "./new-method.mjs";
import { temporaryWorkspace } from "./temporary-workspace.js";
import { repositoryRoot } from "./workspace.mjs";

const inRepository = (path: string) => join(repositoryRoot, path);
const workspace = () =>
  temporaryWorkspace({
    "pnpm-workspace.yaml": readFileSync(inRepository("pnpm-workspace.yaml"), "utf8"),
    "tsconfig.base.json": readFileSync(inRepository("tsconfig.base.json"), "utf8"),
    "packages/core/spec/package.json": readFileSync(inRepository("packages/core/spec/package.json"), "utf8"),
  });

test("a new package, in the repository or outside, passes testMethod at once", { timeout: 600_000 }, () => {
  const root = workspace();
  const written = [
    newMethod({ name: "side-bias", root }),
    newMethod({ name: "own", out: join(root, "packages/methods/mine"), root }),
  ];
  for (const { directory } of written)
    symlinkSync(inRepository("packages/methods/lora/node_modules"), join(directory, "node_modules"), "junction");
  const vitest = inRepository("node_modules/vitest/vitest.mjs");
  const report = join(root, "report.json");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      vitest,
      "run",
      "--root",
      root,
      "--config",
      inRepository("vitest.config.ts"),
      "--reporter=default",
      "--reporter=json",
      `--outputFile=${report}`,
    ],
    { encoding: "utf8", env: { ...process.env, VITEST: undefined } },
  );
  expect(status, stdout + stderr).toBe(0);
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
  expect(testResults).toHaveLength(2);
  expect(numPassedTests).toBeGreaterThanOrEqual(2 * 11);
});

test("a package in the repository has the shape of the others", () => {
  const root = workspace();
  newMethod({ name: "side-bias", root });
  const problems: string[] = checkPackages(root);
  expect(problems.filter((problem) => problem.includes("method-side-bias"))).toEqual([]);
});

test("a package outside depends on published names and versions only", () => {
  const root = workspace();
  const { directory, files, next } = newMethod({ name: "own", out: join(root, "elsewhere"), root });
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.join(" ")).not.toMatch(/workspace:|catalog:|file:|link:|latest/);
  expect(Object.keys(manifest.dependencies)).toEqual(["@petl/spec", "@petl/tensor"]);
  expect(files.every((file: string) => existsSync(join(directory, file)))).toBe(true);
  expect(next.join("\n")).toContain(`--method ${directory}`);
});

test.each([
  [{ name: "Side_Bias" }, "NAME: expected lower-case words"],
  [{ name: undefined }, "got undefined"],
  [{ name: "spec", out: join(repositoryRoot, "packages/core/spec") }, "expected no package yet"],
])("%j is refused: %s", (input, problem) => {
  expect(() => newMethod(input)).toThrow(problem);
});

test("the command prints the next steps, and bad usage is one line and exit status 2", () => {
  const root = workspace();
  const program = inRepository("scripts/new-method.mjs");
  const printed = execFileSync(process.execPath, [program, "own", "--out", join(root, "mine")], { encoding: "utf8" });
  expect(printed).toMatch(
    /next:\n {2}pnpm pack:packages .*petl-packages\n {2}\(cd .*mine && npm install --no-save .*tgz && npm test\)/,
  );
  const { status, stderr } = spawnSync(process.execPath, [program, "own", "--nothing"], { encoding: "utf8" });
  expect([status, stderr.trim().split("\n").length]).toEqual([2, 1]);
});

/** Lays a package into `node_modules` as it would be published: its manifest and its `files`, with links to what it depends on. */
function installPublished(name: string, nodeModules: string): void {
  const from = inRepository(`packages/core/${name}`);
  const to = join(nodeModules, "@petl", name);
  const { files, dependencies } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  for (const path of ["package.json", ...files]) cpSync(join(from, path), join(to, path), { recursive: true });
  for (const each of Object.keys(dependencies).filter((dependency) => !dependency.startsWith("@petl/"))) {
    const link = join(nodeModules, each);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(from, "node_modules", each), link, "junction");
  }
}

test("a package outside builds on published packages, and a file on nothing; bench trains both with its own copy of them", {
  timeout: 600_000,
}, () => {
  const root = temporaryWorkspace({ "alone.mjs": methodInOneFile });
  const { directory } = newMethod({ name: "own", out: join(root, "own") });
  for (const name of ["spec", "tensor"]) installPublished(name, join(directory, "node_modules"));
  const run = (script: string, ...args: string[]) =>
    execFileSync(process.execPath, [inRepository(script), ...args], { cwd: root, encoding: "utf8", stdio: "pipe" });
  run("node_modules/typescript/bin/tsc", "-p", directory);
  for (const name of ["spec", "tensor"])
    writeFileSync(join(directory, "node_modules/@petl", name, "dist/index.js"), 'throw new Error("a second copy");');
  const size = [
    "--backbone",
    "t5-tiny-random",
    "--tasks",
    "sst2",
    "--limit",
    "16",
    "--eval-limit",
    "8",
    "--epochs",
    "1",
    "--protocol",
    "dev",
  ];
  const arms = ["--method", "./own", "--method", "./alone.mjs"];
  const printed = run(
    "packages/harness/cli/dist/main.js",
    "glue",
    "--data",
    "sample",
    ...size,
    ...arms,
    "--out",
    "out",
    "--json",
  );
  const { runs } = JSON.parse(printed) as { runs: { method: string; status: string }[] };
  expect(runs.map(({ method, status }) => `${method} ${status}`).sort()).toEqual(["alone completed", "own completed"]);
});

const methodInOneFile = `
import { ConfigReader, defineMethod } from "@petl/spec";
import { rmsNorm, tf } from "@petl/tensor";

export default defineMethod({
  specVersion: "v1",
  name: "alone",
  paper: { title: "None", url: "https://example.org/" },
  parse(input) {
    new ConfigReader("alone", input).done();
    return {};
  },
  attach({ sites }) {
    const blocks = sites.filter(({ kind }) => kind === "block");
    return {
      params: Object.fromEntries(blocks.map(({ name, width }) => [name + ".gain", tf.zeros([width[1]])])),
      unfrozen: [],
      hooks: new Map(
        blocks.map(({ name }) => [
          name,
          ({ hidden, mask }, _, { params }) => ({ hidden: tf.add(hidden, rmsNorm(hidden, params[name + ".gain"])), mask }),
        ]),
      ),
    };
  },
});
`;
