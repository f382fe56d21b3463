import { CheckpointError } from "./error.js";
import type { TensorSource } from "./tensor-source.js";

/** A tensor that a model needs. */
export interface ExpectedTensor {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface MatchOptions {
  /** Tensors of the checkpoint that may be there and are not used: exact names or patterns. */
  readonly ignore?: readonly (string | RegExp)[];
  /** `[alias, of]`: the checkpoint may repeat tensor `of` under the name `alias`, if the contents are equal. */
  readonly tied?: readonly (readonly [alias: string, of: string])[];
}

const SHOWN = 5;

/**
 * Checks that a checkpoint holds the expected tensors, all of them and no others, in the expected shapes.
 *
 * An ignored name is left out; the duplicate of a tied tensor is left out if it equals the original value for value.
 * Where only the alias of a tied pair is stored it stands in for the original.
 *
 * @returns for each expected name, the name under which the checkpoint stores it
 * @throws CheckpointError E_TENSORS_DIFFER naming missing, extra, mis-shaped and unequal tensors together
 */
export function matchTensors(
  expected: readonly ExpectedTensor[],
  found: TensorSource,
  options: MatchOptions = {},
): Map<string, string> {
  const { ignore = [], tied = [] } = options;
  const stored = new Set(found.names());
  const storedName = new Map<string, string>();
  for (const { name } of expected) {
    const alias = tied.find(([a, of]) => of === name && stored.has(a))?.[0];
    storedName.set(name, stored.has(name) || alias === undefined ? name : alias);
  }

  const used = new Set(storedName.values());
  const unused = [...stored].filter((name) => !used.has(name) && !ignore.some((rule) => matches(rule, name)));
  const duplicates = tied.filter(([alias, of]) => unused.includes(alias) && stored.has(storedName.get(of) ?? of));
  const aliases = new Set(duplicates.map(([alias]) => alias));
  const problems = [
    listed("missing", expected.filter(({ name }) => !stored.has(storedName.get(name)!)).map(withShape)),
    listed(
      "extra",
      unused.filter((name) => !aliases.has(name)).map((name) => `"${name}"`),
    ),
    listed(
      "mis-shaped",
      expected.flatMap((tensor) => shapeProblem(tensor, storedName.get(tensor.name)!, stored, found)),
    ),
    listed(
      "unequal",
      duplicates.flatMap(([alias, of]) => duplicateProblem(alias, storedName.get(of) ?? of, found)),
    ),
  ].filter((problem) => problem !== undefined);
  if (problems.length === 0) return storedName;
  throw new CheckpointError("E_TENSORS_DIFFER", {
    file: found.path,
    expected: `the ${expected.length} tensors of the model`,
    got: problems.join("; "),
    remedy: "check that config.json and the weights belong to the same model",
  });
}

function matches(rule: string | RegExp, name: string): boolean {
  return typeof rule === "string" ? rule === name : name.search(rule) >= 0; // search ignores a sticky lastIndex
}

function withShape({ name, shape }: ExpectedTensor): string {
  return `"${name}" [${shape.join(", ")}]`;
}

function shapeProblem(
  { name, shape }: ExpectedTensor,
  storedAs: string,
  stored: ReadonlySet<string>,
  found: TensorSource,
): string[] {
  if (!stored.has(storedAs)) return [];
  const got = found.info(storedAs).shape;
  if (got.length === shape.length && got.every((length, axis) => length === shape[axis])) return [];
  return [`"${name}" [${got.join(", ")}] instead of [${shape.join(", ")}]`];
}

function duplicateProblem(alias: string, of: string, found: TensorSource): string[] {
  const [a, b] = [found.info(alias), found.info(of)];
  if (a.shape.join() !== b.shape.join()) {
    return [`"${alias}" [${a.shape.join(", ")}] repeats "${of}" [${b.shape.join(", ")}] in another shape`];
  }
  const [x, y] = [found.read(alias), found.read(of)];
  const at = x.findIndex((value, index) => !Object.is(value, y[index]));
  return at < 0 ? [] : [`"${alias}" should repeat "${of}" but has ${x[at]} instead of ${y[at]} at element ${at}`];
}

function listed(what: string, items: readonly string[]): string | undefined {
  if (items.length === 0) return undefined;
  const rest = items.length > SHOWN ? ` and ${items.length - SHOWN} more` : "";
  return `${items.length} ${what} (${items.slice(0, SHOWN).join(", ")}${rest})`;
}
