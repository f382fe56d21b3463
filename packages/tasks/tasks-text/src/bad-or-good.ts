/** The two classes of reviews by the hub's indexes, where they are called `neg` and `pos`. */
export const badOrGood = [
  { file: "0", word: "negative" },
  { file: "1", word: "positive" },
];
