import { scatter } from "./sample.js";

/**
 * A fixed random sample of whole groups, of at most `size` items in all, out of a stream in which a group's items may lie apart.
 *
 * The rule is that of `Sample`, by the position of a group's first item: groups are taken by the smallest key while they fit, the first
 * one also where it alone is larger.
 */
export class GroupSample<Item> {
  #kept = new Map<number, { key: number; items: { position: number; item: Item }[] }>();
  #count = 0;
  #bound = Number.POSITIVE_INFINITY;

  constructor(readonly size: number) {}

  /** Offers the item at a position; `first` is the position of its group's first item. `make` is called only if it may enter. */
  offer(position: number, make: () => Item, first: number): void {
    const key = scatter(first);
    if (key > this.#bound) return;
    const group = this.#kept.get(first) ?? { key, items: [] };
    this.#kept.set(first, group);
    group.items.push({ position, item: make() });
    this.#count += 1;
    if (this.#count >= 2 * this.size + 1024) this.#trim();
  }

  /** The sample in the order of the stream. */
  items(): Item[] {
    this.#trim();
    const all = [...this.#kept.values()].flatMap(({ items }) => items);
    return all.sort((a, b) => a.position - b.position).map(({ item }) => item);
  }

  /** Groups only grow, so one that does not fit now never will, and neither will those after it. */
  #trim(): void {
    const groups = [...this.#kept].sort(([, a], [, b]) => a.key - b.key);
    const fitting = fittingGroups(
      groups.map(([, { items }]) => items.length),
      this.size,
    );
    for (const [first] of groups.slice(fitting)) this.#kept.delete(first);
    this.#count = groups.slice(0, fitting).reduce((sum, [, { items }]) => sum + items.length, 0);
    if (groups.length > fitting) this.#bound = groups[fitting - 1]![1].key;
  }
}

/** How many groups of these sizes are at most `most` examples together; the first one counts also where it alone is more. */
export function fittingGroups(sizes: readonly number[], most: number): number {
  let [fitting, sum] = [0, 0];
  while (fitting < sizes.length && (fitting === 0 || sum + sizes[fitting]! <= most)) sum += sizes[fitting++]!;
  return fitting;
}
