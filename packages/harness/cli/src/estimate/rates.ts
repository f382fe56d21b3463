interface Sum {
  units: number;
  seconds: number;
}

/** Seconds a unit of work takes (an update, an evaluated example), learned for each method and task. */
export class Rates {
  readonly #cells = new Map<string, Map<string, Sum>>();

  add(method: string, task: string, units: number, seconds: number): void {
    const ofMethod = this.#cells.get(method) ?? new Map<string, Sum>();
    const cell = ofMethod.get(task) ?? { units: 0, seconds: 0 };
    cell.units += units;
    cell.seconds += seconds;
    this.#cells.set(method, ofMethod.set(task, cell));
  }

  /** Units seen of a method on a task. */
  units(method: string, task: string): number {
    return this.#cells.get(method)?.get(task)?.units ?? 0;
  }

  /**
   * Seconds a unit of a method on a task; null while nothing was seen at all.
   *
   * `w m + (1 - w) e`: its own mean `m` where it was seen, weighing `w = units / (units + doubt)` against what the others lead
   * to expect, `e`: the method's mean elsewhere times how much longer the task takes others than they take elsewhere.
   */
  of(method: string, task: string, doubt: number): number | null {
    const own = this.#cells.get(method)?.get(task);
    const expected = this.#expected(method, task);
    if (own === undefined) return expected;
    if (expected === null) return own.seconds / own.units;
    return (own.seconds + doubt * expected) / (own.units + doubt);
  }

  #expected(method: string, task: string): number | null {
    const elsewhere = this.#mean((m, t) => m === method && t !== task);
    const others = this.#mean((m, t) => m !== method && t === task);
    if (elsewhere !== null && others !== null) {
      const othersElsewhere = this.#mean((m, t) => m !== method && t !== task);
      return othersElsewhere === null ? elsewhere : (elsewhere * others) / othersElsewhere;
    }
    return elsewhere ?? others ?? this.#mean((m, t) => m !== method || t !== task);
  }

  #mean(isMeant: (method: string, task: string) => boolean): number | null {
    const sum: Sum = { units: 0, seconds: 0 };
    for (const [method, tasks] of this.#cells)
      for (const [task, { units, seconds }] of tasks)
        if (isMeant(method, task)) {
          sum.units += units;
          sum.seconds += seconds;
        }
    return sum.units === 0 ? null : sum.seconds / sum.units;
  }
}
