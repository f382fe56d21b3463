import type { Collection } from "@petl/task";

/** The nine tasks of the overall score, in GLUE's order. */
const names = ["cola", "sst2", "mrpc", "qqp", "stsb", "mnli", "qnli", "rte", "wnli"];

/**
 * GLUE (Wang et al. 2019, https://arxiv.org/abs/1804.07461): `GLUE-9` is the mean of the official score, `GLUE-8` that without WNLI,
 * which T5, Ladder Side-Tuning and READ report.
 */
export const glue: Collection = {
  title: "GLUE",
  means: [
    { name: "GLUE-9", tasks: names },
    { name: "GLUE-8", tasks: names.filter((name) => name !== "wnli") },
  ],
};
