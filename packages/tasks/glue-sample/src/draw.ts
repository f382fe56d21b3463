import { type RandomKey, seededRandom, threefry, unit } from "@petl/tensor";

/** Random choices from lists: a pure function of the seed and the labels, the same on every machine. */
export class Draw {
  readonly #key: RandomKey;
  #count = 0;

  /** @param labels names of the stream; other labels give independent choices */
  constructor(seed: number, ...labels: readonly (string | number)[]) {
    let random = seededRandom(seed);
    for (const label of labels) random = random.fork(label);
    this.#key = random.key;
  }

  /** Uniform on 0..below-1. */
  integer(below: number): number {
    return Math.floor(unit(threefry(this.#key, [this.#count++, 0])[0]) * below);
  }

  chance(probability: number): boolean {
    return unit(threefry(this.#key, [this.#count++, 0])[0]) < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.integer(items.length)]!;
  }

  /** An item that is not in `others`. */
  pickOther<Item>(items: readonly Item[], ...others: readonly Item[]): Item {
    return this.pick(items.filter((item) => !others.includes(item)));
  }

  /** Different items, in random order. */
  several<Item>(items: readonly Item[], count: number): Item[] {
    return this.shuffle(items).slice(0, count);
  }

  /** A copy in random order (Fisher-Yates). */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }
}
