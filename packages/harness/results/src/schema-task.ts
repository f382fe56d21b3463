import type { ScoredTask } from "@petl/task";
import { metricNames } from "@petl/task/metrics";
import { z } from "zod";

const target = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("class"), labels: z.array(z.object({ file: z.string(), word: z.string() })) }),
  z.object({ kind: z.literal("score"), minimum: z.number(), maximum: z.number(), step: z.number() }),
  z.object({ kind: z.literal("text") }),
]);

/** What was asked and how its answers are scored; null in records of GLUE that were made before it was kept. */
export const taskShape = {
  task: z
    .object({
      name: z.string().min(1),
      title: z.string().min(1),
      /** Null for a task of one's own. */
      collection: z
        .object({
          title: z.string(),
          means: z.array(z.object({ name: z.string(), tasks: z.array(z.string()) })),
        })
        .nullable(),
      target,
      evaluations: z.array(z.string()),
      metrics: z.array(z.enum(metricNames)),
    } satisfies Record<keyof ScoredTask | "collection", z.ZodType>)
    .nullable()
    .default(null),
};
