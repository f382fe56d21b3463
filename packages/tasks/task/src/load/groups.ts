import type { Example } from "./example.js";

/** The group of each example as a number, counted as they come; undefined where the examples have none. */
export function groupsOf(examples: readonly Example[]): readonly number[] | undefined {
  if (examples[0]?.group === undefined) return undefined;
  const numbers = new Map<string | undefined, number>();
  return examples.map(({ group }) => {
    const number = numbers.get(group) ?? numbers.size;
    numbers.set(group, number);
    return number;
  });
}

/** The rows of each group, in the order in which groups come. `groups`: a number for each row. */
export function rowsByGroup(groups: readonly number[]): readonly (readonly number[])[] {
  const rows = new Map<number, number[]>();
  for (const [row, group] of groups.entries()) {
    const own = rows.get(group);
    if (own === undefined) rows.set(group, [row]);
    else own.push(row);
  }
  return [...rows.values()];
}
