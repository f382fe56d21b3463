/** A task's rows as a classifier sees them: the texts, and the class. */
export interface Sample {
  readonly texts: readonly string[];
  readonly label: number;
}

const tokens = (text: string): string[] => text.toLowerCase().match(/[a-z0-9'-]+|[^\sa-z0-9]/g) ?? [];

/** Words of each text, marked with the text they stand in. */
export const bagOfWords = ({ texts }: Sample): string[] =>
  texts.flatMap((text, index) => tokens(text).map((token) => `${index}:${token}`));

/** How many words both texts share, and which part of the shorter one. */
export const sharedWords = ({ texts: [first = "", second = ""] }: Sample): string[] => {
  const [one, two] = [new Set(tokens(first)), new Set(tokens(second))];
  const shared = [...one].filter((token) => two.has(token)).length;
  return [`shared ${shared}`, `share ${Math.round((10 * shared) / Math.min(one.size, two.size))}`];
};

/**
 * Accuracy on `dev` of a softmax regression on binary features, trained on `train` by gradient descent with weight decay,
 * in the file's order, 30 passes.
 */
export function regressionAccuracy(
  train: readonly Sample[],
  dev: readonly Sample[],
  features: (sample: Sample) => readonly string[],
): number {
  const classes = Math.max(...train.map(({ label }) => label)) + 1;
  const weights = new Map<string, Float64Array>();
  const of = (sample: Sample) => ["", ...new Set(features(sample))];
  const logits = (names: readonly string[]): number[] =>
    Array.from({ length: classes }, (_, at) => names.reduce((sum, name) => sum + (weights.get(name)?.[at] ?? 0), 0));
  const data = train.map((sample) => ({ names: of(sample), label: sample.label }));
  for (let pass = 0; pass < 30; pass++) {
    const rate = 0.2 / (1 + pass);
    for (const { names, label } of data) {
      const values = logits(names).map(Math.exp);
      const total = values.reduce((sum, value) => sum + value, 0);
      for (const name of names) {
        const row = weights.get(name) ?? new Float64Array(classes);
        weights.set(name, row);
        for (let at = 0; at < classes; at++)
          row[at] = row[at]! * (1 - 1e-3 * rate) + rate * ((at === label ? 1 : 0) - values[at]! / total);
      }
    }
  }
  const best = (values: number[]): number => values.indexOf(Math.max(...values));
  return dev.filter((sample) => best(logits(of(sample))) === sample.label).length / dev.length;
}

/** Pearson's correlation. */
export function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const sum = (of: (index: number) => number) => x.reduce((total, _, index) => total + of(index), 0);
  const [dx, dy] = [(at: number) => x[at]! - meanX, (at: number) => y[at]! - meanY];
  const product = sum((at) => dx(at) * dy(at));
  const scale = Math.sqrt(sum((at) => dx(at) ** 2) * sum((at) => dy(at) ** 2));
  return scale === 0 ? 0 : product / scale;
}

/** Length in tokens of each text of a sample. */
export const lengths = ({ texts }: Sample): number[] => texts.map((text) => tokens(text).length);
