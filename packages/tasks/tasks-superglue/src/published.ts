/** Where the hub has a task's rows, and the split that is scored: the labels of its test rows are hidden. */
export const published = (config: string) => ({ data: `hf:aps/super_glue/${config}`, test: "validation" });

/** Two classes by the hub's indexes, with the words that T5 writes for them. */
export const falseOrTrue = [
  { file: "0", word: "False" },
  { file: "1", word: "True" },
];
