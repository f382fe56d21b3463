import type { HeadTask, Row } from "@petl/backbone";
import { seededRandom } from "@petl/tensor";
import family, { type Bert, type BertConfig } from "../src/index.js";

export const classes: HeadTask = { kind: "classes", outputs: 3 };

/** The family's test geometry with random weights and a head for three classes. */
export function smallModel(change: Partial<BertConfig> = {}): Bert {
  const config = { ...family.testConfig, ...change };
  const bare = family.build("bert-test", config, family.initialise(config, seededRandom(7), "trained")) as Bert;
  return bare.withHead(classes, seededRandom(11));
}

/** A row of some length, the last third of it of token type 1. */
export function row(length: number, offset = 0): Row {
  const source = Array.from({ length }, (_, index) => 2 + ((index * 7 + offset) % 59));
  return { source, segments: source.map((_, index) => (index < (2 * length) / 3 ? 0 : 1)), answer: [] };
}

export const rows: readonly Row[] = [row(9), row(6, 11), row(3, 22), row(12, 33)];
