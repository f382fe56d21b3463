import { fileURLToPath } from "node:url";
import { type Input, refuseForeign, refuseInputs } from "../ownership/folders.js";
import type { Plan } from "../suite/plan.js";

/**
 * Refuses an output directory that is not ours, or that is or holds an input: what the plan reads, and `more`.
 *
 * @throws BenchError E_OUT_FOREIGN, E_OUT_INPUT, E_OUT_UNWRITABLE where it cannot be looked at
 */
export function checkOutput(out: string, plan: Plan, more: readonly Input[] = []): void {
  refuseInputs(out, [...more, ...inputsOf(plan)]);
  refuseForeign(out);
}

/** The files and folders that the runs of a plan read. */
function inputsOf({ backbone, data, outline }: Plan): Input[] {
  const methods = [...new Set(outline.map(({ method }) => method.url))].map((url) => ["the method", url] as const);
  const named = [["the backbone", backbone] as const, ...methods];
  return [
    ...(data === null ? [] : [{ what: "the data", path: data.directory }]),
    ...named.flatMap(([what, name]) => (isPath(name) ? [{ what, path: pathOf(name) }] : [])),
  ];
}

/** Names of known backbones and `hf:` references are no paths. */
const isPath = (name: string): boolean => name.startsWith("file:") || /^([/\\]|[a-zA-Z]:[/\\])/.test(name);

const pathOf = (name: string): string => (name.startsWith("file:") ? fileURLToPath(name) : name);
