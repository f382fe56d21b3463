import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { makeDirectory } from "@petl/files";
import { starterSuite } from "@petl/presets";
import { isMethodName, projectFiles } from "@petl/starter";
import { type ExitCode, UsageError } from "../../exit.js";
import { userDirectory, userPath } from "../../user-directory.js";
import { programVersion } from "../../version.js";

export interface InitFlags {
  readonly name: string;
}

/** Writes the project and prints what to type next. @throws UsageError where a file is in the way */
export async function runInit(where: string, { name }: InitFlags): Promise<ExitCode> {
  if (!isMethodName(name))
    throw new UsageError(`--name: expected lower-case words joined by "-", such as own-bias, got "${name}"`);
  const directory = userPath(where);
  const files = projectFiles({ name, version: programVersion(), suite: starterSuite });
  refuseWhatIsThere(directory, Object.keys(files));
  for (const [path, text] of Object.entries(files)) {
    const file = join(directory, path);
    makeDirectory(dirname(file));
    writeFileSync(file, text, { flag: "wx" });
  }
  const way = relative(userDirectory(), directory);
  console.log(`wrote ${Object.keys(files).join(", ")}`);
  const steps = [
    ...(way === "" ? [] : [`cd ${way}`]),
    "npm install",
    "npm test",
    "npx petl-bench run --suite suite.mjs",
  ];
  console.log(["next:", ...steps.map((step) => `  ${step}`)].join("\n"));
  return 0;
}

function refuseWhatIsThere(directory: string, paths: readonly string[]): void {
  if (existsSync(directory) && !statSync(directory).isDirectory())
    throw new UsageError(`init ${directory}: expected a folder, got a file; name another`);
  const there = paths.find((path) => existsSync(join(directory, path)));
  if (there !== undefined)
    throw new UsageError(`init ${directory}: expected a folder without ${there}, got one with it; name another folder`);
}
