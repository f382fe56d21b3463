/** Command lines for `bench glue --help`, each with what it does. */
export const examples: readonly { readonly command: string; readonly does: string }[] = [
  { command: "pnpm bench glue", does: "the quick preset; GLUE is downloaded once" },
  {
    command: "pnpm bench glue --data ../glue --tasks sst2,rte --methods read,lora,full",
    does: "your files, your choice",
  },
  { command: "pnpm bench glue --method lora:rank=4 --method lora:rank=16", does: "a sweep: two arms of one method" },
  { command: "pnpm bench glue --method ./my-method.mjs --methods full", does: "a method of your own" },
  { command: "pnpm bench glue --preset lst --backbone t5-base --dry-run", does: "what would run" },
];
