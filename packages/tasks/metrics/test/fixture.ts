import { readFileSync } from "node:fs";
import type { BleuCounts, RougeKind } from "../src/index.js";

/** What scripts/fixtures/metrics-package.py writes. */
export interface Fixture {
  readonly classes: readonly {
    readonly name: string;
    readonly predictions: readonly (number | null)[];
    readonly references: readonly number[];
    readonly classes: number;
    readonly macroF1: number;
  }[];
  /** Classes of examples in groups. */
  readonly groups: readonly {
    readonly name: string;
    readonly predictions: readonly (number | null)[];
    readonly references: readonly number[];
    readonly groups: readonly number[];
    readonly groupExactMatch: number;
  }[];
  readonly texts: readonly TextCase[];
  readonly corpora: readonly {
    readonly name: string;
    /** Names of text cases. */
    readonly cases: readonly string[];
    readonly bleu: number;
    readonly exactMatch: number;
    readonly tokenF1: number;
  }[];
  /** Words, each followed by its stem. */
  readonly stems: readonly string[];
}

export interface TextCase {
  readonly name: string;
  readonly prediction: string;
  readonly references: readonly string[];
  readonly exactMatch: number;
  readonly tokenF1: number;
  readonly rouge: Readonly<Record<RougeKind, number>>;
  readonly rougeStemmed: Readonly<Record<RougeKind, number>>;
  readonly bleu: number;
  readonly bleuCounts: BleuCounts;
}

export const fixture: Fixture = JSON.parse(readFileSync(new URL("fixtures/metrics.json", import.meta.url), "utf8"));

/** The examples of a corpus, by name. */
export function casesOf(names: readonly string[]): TextCase[] {
  const byName = new Map(fixture.texts.map((each) => [each.name, each]));
  return names.map((name) => byName.get(name)!);
}
