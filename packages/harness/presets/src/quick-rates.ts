import type { FoundRate } from "@petl/bench";

/** What `bench tune` found for the preset `quick` on GLUE; `docs/results/mini.md` says how. */
export const quickRates: FoundRate[] = [];
