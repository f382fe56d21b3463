/** Where the hub has a task's rows, the split that is scored, as the labels of its test rows are hidden, and T5's order of texts. */
export const published = (config: string) => ({
  ...{ data: `hf:aps/super_glue/${config}`, test: "validation" },
  sortsFields: true,
});

/** Two classes by the hub's indexes, with the words that T5 writes for them. */
export const falseOrTrue = [
  { file: "0", word: "False" },
  { file: "1", word: "True" },
];
