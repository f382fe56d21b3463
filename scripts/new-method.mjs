// Writes a method package that changes nothing yet and passes `testMethod` at once.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { isMethodName, methodFiles, methodPackage } from "../packages/harness/starter/dist/index.js";
import { inRepository } from "./new-method/templates.mjs";
import { isProgram, repositoryRoot } from "./workspace.mjs";

const usage = "usage: pnpm new:method NAME [--out DIR]";

/** Refused input: one line that says what was expected and given. */
export class NewMethodError extends Error {}

/**
 * Writes the package and returns its directory, the files written and the commands to go on with.
 *
 * Without `out` it becomes `packages/methods/NAME` of the repository at `root`; with `out` it is a package of its own in that
 * directory, `petl-method-NAME`, which depends on published names only. @throws NewMethodError
 *
 * @param {{ name: string | undefined, out?: string | undefined, root?: string }} wanted
 */
export function newMethod({ name, out, root = repositoryRoot }) {
  if (!isMethodName(name ?? "")) {
    throw new NewMethodError(
      `NAME: expected lower-case words joined by "-", such as side-bias, got ${JSON.stringify(name)}`,
    );
  }
  const directory = out === undefined ? join(root, "packages", "methods", name) : resolve(out);
  if (existsSync(join(directory, "package.json"))) {
    throw new NewMethodError(
      `${directory}: expected no package yet, found one; choose another name or --out directory`,
    );
  }
  const files = {
    ...methodFiles(name),
    ...(out === undefined ? inRepository(name) : methodPackage(name, version(root))),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return { directory, files: Object.keys(files), next: nextSteps(name, directory, out, root) };
}

/** That of all our packages. */
const version = (root) => JSON.parse(readFileSync(join(root, "packages/core/spec/package.json"), "utf8")).version;

function nextSteps(name, directory, out, root) {
  if (out !== undefined) {
    const packed = join(dirname(resolve(directory)), "petl-packages"); // until the packages are published
    return [
      `pnpm pack:packages ${packed}`,
      `(cd ${directory} && npm install --no-save ${packed}/*.tgz && npm test)`,
      `pnpm bench glue --method ${directory} --tasks rte`,
    ];
  }
  return [
    "pnpm install",
    `pnpm vitest run ${relative(root, directory)}`,
    `pnpm bench glue --methods full,${name} --tasks rte`,
    "docs/adding-a-method.md has the contract",
  ];
}

function main() {
  try {
    const { values, positionals } = parseArgs({ options: { out: { type: "string" } }, allowPositionals: true });
    if (positionals.length !== 1) throw new NewMethodError(usage);
    const { directory, files, next } = newMethod({ name: positionals[0], out: values.out });
    console.log(`wrote ${files.length} files to ${directory}: ${files.join(", ")}`);
    console.log(["next:", ...next.map((step) => `  ${step}`)].join("\n"));
  } catch (error) {
    const isUsage = error instanceof NewMethodError || error.code?.startsWith("ERR_PARSE_ARGS");
    if (!isUsage) throw error;
    console.error(error instanceof NewMethodError ? error.message : `${error.message}; ${usage}`);
    process.exitCode = 2;
  }
}

if (isProgram(import.meta.url)) main();
