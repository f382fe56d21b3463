/** How the scores of each protocol came about, after "the score is ...". */
export const scoredHow = {
  dev: "the best evaluation on dev, chosen on the set it is reported on",
  tuned: "on dev, scored once by the model that held-out training rows chose",
} as const;

/** What the evaluations while training are on. */
export const evaluatedOn = { dev: "dev", tuned: "held-out rows" } as const;
