import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PetlMethod } from "@petl/spec";

const packages = fileURLToPath(new URL("../../packages/methods/", import.meta.url));

/** Every method of the repository by name, from its sources: a new one is tested without being named here. */
export async function everyMethod(): Promise<ReadonlyMap<string, PetlMethod>> {
  const directories = readdirSync(packages).filter((name) => name !== "testkit");
  const methods = directories.sort().map(async (directory) => {
    const module = (await import(`${packages}${directory}/src/index.ts`)) as { default: PetlMethod };
    return [module.default.name, module.default] as const;
  });
  return new Map(await Promise.all(methods));
}

/** Methods for backbones of one stack, whose own packages test their costs. */
const forOneStack: ReadonlySet<string> = new Set(["qst"]);

/** Every method that attaches to an encoder-decoder. */
export async function everyMethodOnT5(): Promise<ReadonlyMap<string, PetlMethod>> {
  return new Map([...(await everyMethod())].filter(([name]) => !forOneStack.has(name)));
}
