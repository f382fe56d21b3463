interface Example {
  readonly command: string;
  readonly does: string;
}

/** Command lines for `bench glue --help`, each with what it does. */
export const glueExamples: readonly Example[] = [
  { command: "pnpm bench glue", does: "the quick preset; GLUE is downloaded once" },
  {
    command: "pnpm bench glue --data ../glue --tasks sst2,rte --methods read,lora,full",
    does: "your files, your choice",
  },
  { command: "pnpm bench glue --method lora:rank=4 --method lora:rank=16", does: "a sweep: two arms of one method" },
  { command: "pnpm bench glue --method ./my-method.mjs --methods full", does: "a method of your own" },
  { command: "pnpm bench glue --preset lst --backbone t5-base --dry-run", does: "what would run" },
];

/** The same for `bench run --help`. */
export const runExamples: readonly Example[] = [
  {
    command: "pnpm bench run --data reviews.csv --text review --label stars",
    does: "one table, a fifth of it as the test",
  },
  {
    command: "pnpm bench run --data train.csv --eval dev.csv --text question,answer --label good --methods read,lora",
    does: "two texts, your own test rows",
  },
  {
    command: "pnpm bench run --task my-task.json --tasks sst2",
    does: "a task that a file describes, beside one of GLUE",
  },
];
