import { realpathSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "import-meta-resolve";

/** The packages a method imports. They hold the tape and the byte counts, so a process may hold only one copy of each. */
const contract = ["@petl/spec", "@petl/tensor"] as const;

type ResolveHook = (
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => unknown,
) => unknown;
/** Node.js 22.15 and newer run hooks in the same thread; older ones run a module of hooks in another thread. */
const { registerHooks } = nodeModule as unknown as { registerHooks?: (hooks: { resolve: ResolveHook }) => void };
const hooksModule = `
  let urls;
  export const initialize = (data) => { urls = data; };
  export const resolve = (specifier, context, next) =>
    Object.hasOwn(urls, specifier)
      ? { url: urls[specifier], format: "module", shortCircuit: true }
      : next(specifier, context);`;

let isShared = false;

/**
 * Imports a module so that it uses this process's copy of the contract, whether or not it has installed another. A module
 * that finds this copy anyway, such as a package of this workspace, is imported unchanged.
 */
export async function importWithContract(url: string): Promise<Readonly<Record<string, unknown>>> {
  if (!isShared && contract.some((name) => foundFrom(name, url) !== foundFrom(name, import.meta.url))) {
    shareContract();
    isShared = true;
  }
  return (await import(url)) as Record<string, unknown>;
}

function shareContract(): void {
  const urls = Object.fromEntries(contract.map((name) => [name, foundFrom(name, import.meta.url)]));
  if (registerHooks === undefined) {
    nodeModule.register(`data:text/javascript,${encodeURIComponent(hooksModule)}`, { data: urls });
    return;
  }
  registerHooks({
    resolve: (specifier, context, next) =>
      Object.hasOwn(urls, specifier)
        ? { url: urls[specifier], format: "module", shortCircuit: true }
        : next(specifier, context),
  });
}

/** Where a module finds a package: the URL Node.js gives it, with links followed. */
function foundFrom(name: string, moduleUrl: string): string | undefined {
  try {
    return pathToFileURL(realpathSync(fileURLToPath(resolve(name, moduleUrl)))).href;
  } catch {
    return undefined; // not installed there
  }
}
