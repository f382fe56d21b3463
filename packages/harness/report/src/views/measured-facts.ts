import { costColumns } from "../model/cost-columns.js";
import type { Fact, ReportModel } from "../model/model.js";
import { distinct } from "../statistics/statistics.js";
import { scoredHow } from "../text/protocol.js";
import { knownBaselines } from "./baseline-rows.js";

/** How each column was measured. */
export function measuredFacts({ sensors, groups, trials }: ReportModel): Fact[] {
  const has = {
    baselines: groups.some((group) => knownBaselines(group).length > 0),
    tests: groups.some(({ standings }) => standings.tasks.some(({ differences }) => differences.length > 0)),
  };
  const how = distinct(groups.map(({ protocol }) => `${protocol}: ${scoredHow[protocol]}`)).join("; ");
  return [
    {
      label: "Score",
      value: `The GLUE score, 0 to 100 (protocol ${how}). Where a task has two metrics, it is their mean. GLUE-9 and GLUE-8 are shown only when all their tasks are there.`,
    },
    ...(has.baselines
      ? [
          {
            label: "Baselines",
            value:
              "The constant answer is the one answer that scores best when it is given to every example. The untouched backbone is scored as it was loaded, before any training.",
          },
        ]
      : []),
    { label: "Trainable parameters", value: "Counted from what the method attaches and unfreezes." },
    {
      label: "Backward through",
      value: "How many layers the gradient goes back through, derived from what the method attaches.",
    },
    ...costColumns.map(({ label, measured }) => ({ label, value: measured })),
    { label: "Sensor", value: sensors.join("; ") || "No energy sensor was read." },
    { label: "Tokens/s", value: "Tokens trained on in a second, without padding." },
    {
      label: "Intervals",
      value:
        "95 % percentile bootstrap of the score over the evaluation examples, with the task's metrics and 1,000 resamples for each run. Over several seeds, both ends are means; over several tasks, their distances from the mean add up as independent ones do. A range over seeds goes from the lowest to the highest.",
    },
    ...(has.tests
      ? [
          {
            label: "Differences",
            value:
              "Two methods answer the same examples, so these are drawn for both at once (paired bootstrap); the variance over seeds is added, and intervals and p values are of Student's t. The p values are adjusted by Holm over all pairs of a score, so that none of them is called real by accident in 95 % of cases.",
          },
        ]
      : []),
    {
      label: "Score by cost",
      value:
        "Each point is one epoch: the mean score of the tasks after it, against training time or energy so far, without evaluations. Costs are sums over tasks of means over seeds.",
    },
    {
      label: "Once a minute",
      value:
        "What a sampler that reads power every 60 s would report for the training energy. It is computed from the same trace, for every moment at which the sampler could start.",
    },
    ...(trials > 0
      ? [
          {
            label: "Search",
            value:
              "Trials of a search are scored on held-out training rows only. Its time and energy are the sums over all its trials, training and evaluation. A trial that diverged counts as the worst, in the picture as the lowest score of its task.",
          },
        ]
      : []),
    { label: "Units", value: "kB, MB and GB are 10^3, 10^6 and 10^9 bytes; 1 Wh is 3,600 J." },
    {
      label: "Missing figures",
      value: "Shown as n/a with the reason, never as 0. A sum or a peak with a missing part is missing too.",
    },
  ];
}
