import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { backboneNames } from "@petl/backbone";
import { BenchError } from "../errors.js";
import { nearMatch } from "./near-match.js";

/**
 * A backbone as `loadBackbone` takes it: a known name, `hf:ORG/REPO`, or an existing directory made absolute.
 *
 * @throws BenchError E_BACKBONE_UNKNOWN, with the near match
 */
export function findBackbone(name: string, directory: string): string {
  const known = backboneNames();
  if (known.includes(name) || /^hf:[^/\s]+\/[^/\s]+$/.test(name)) return name;
  const path = resolve(directory, name);
  if (existsSync(path)) return path;
  const expected = name.startsWith("hf:") ? "hf:ORG/REPO" : `one of ${known.join(", ")}, a directory or hf:ORG/REPO`;
  throw new BenchError("E_BACKBONE_UNKNOWN", `backbone "${name}": expected ${expected}.${nearMatch(name, known)}`);
}

/** Whether nothing of it has to be read or downloaded. */
export function isRandomBackbone(backbone: string): boolean {
  return backbone.endsWith("-random") && backboneNames().includes(backbone);
}
