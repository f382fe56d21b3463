import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { backboneNames } from "@petl/backbone";
import { BenchError } from "../errors.js";
import { nearMatch } from "./near-match.js";

export interface FoundBackbone {
  /** As `loadBackbone` takes it. */
  readonly reference: string;
  /** What changes when its weights do: the name, or each file of a directory with its size and time. */
  readonly identity: unknown;
}

/**
 * Finds a backbone: a known name, `hf:ORG/REPO`, or an existing directory, which is made absolute.
 *
 * @throws BenchError E_BACKBONE_UNKNOWN, with the near match
 */
export function findBackbone(name: string, directory: string): FoundBackbone {
  const known = backboneNames();
  if (known.includes(name) || /^hf:[^/\s]+\/[^/\s]+$/.test(name)) return { reference: name, identity: name };
  const path = resolve(directory, name);
  if (existsSync(path)) return { reference: path, identity: filesIn(path) };
  const expected = name.startsWith("hf:") ? "hf:ORG/REPO" : `one of ${known.join(", ")}, a directory or hf:ORG/REPO`;
  throw new BenchError("E_BACKBONE_UNKNOWN", `backbone "${name}": expected ${expected}.${nearMatch(name, known)}`);
}

function filesIn(path: string): unknown {
  const entries = statSync(path).isDirectory() ? readdirSync(path).sort() : [""];
  return entries.map((entry) => {
    const { size, mtimeMs } = statSync(join(path, entry));
    return [entry, size, mtimeMs];
  });
}
