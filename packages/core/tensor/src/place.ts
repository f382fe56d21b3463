/** The parts of a training step, in order. */
export const phases = ["forward", "backward", "update"] as const;
export type Phase = (typeof phases)[number];

/** Where in a step the program is. */
export interface Place {
  readonly phase: Phase;
  /** The innermost site of the backbone that is being computed or differentiated; "" outside all of them. */
  readonly site: string;
}

let place: Place = { phase: "forward", site: "" };

/** Where in a step the program is now: for devices that account for what each part costs. */
export function currentPlace(): Place {
  return place;
}

/** Runs `scope` at another place; what is not given stays. Scopes nest, the innermost wins. */
export function atPlace<T>(change: Partial<Place>, scope: () => T): T {
  const before = place;
  place = { ...place, ...change };
  try {
    return scope();
  } finally {
    place = before;
  }
}
