import type { HeadTask, Scoring } from "@petl/backbone";
import type { Tokenizer } from "@petl/checkpoint";
import type { Backbone } from "@petl/spec";
import type { Prediction, Task } from "@petl/task";
import type { TrainSettings } from "../settings.js";

/** One example as token ids. */
export interface TokenizedExample {
  readonly source: readonly number[];
  /** Token types of `source`, where the family has them. */
  readonly segments?: readonly number[] | undefined;
  /** The answer's ids; empty where a head answers. */
  readonly target: readonly number[];
  /** Class index or score, where a head answers. */
  readonly value?: number | undefined;
}

/** How predictions are made and read. */
export type Answering =
  | {
      readonly scoring: Exclude<Scoring, "head">;
      /** Every valid answer: by class index, or ascending for a score. */
      readonly labels: readonly { readonly text: string; readonly ids: readonly number[] }[];
      /** A predicted text as a class index or score; undefined where it is no valid answer. */
      parse(text: string): Prediction;
      /** Text of token ids, for free decoding. */
      decode(ids: readonly number[]): string;
    }
  | { readonly scoring: "head"; readonly head: HeadTask };

/** How examples become rows: in which format, and for which kind of answer. */
export interface Encoding extends Pick<TrainSettings, "maxLength" | "maxTargetLength"> {
  /** Of the backbone. */
  readonly kind: Backbone["kind"];
  readonly tokenizer: Tokenizer;
  readonly scoring: Scoring;
  readonly format: string;
}

/** What a task asks of a head. */
export function headTaskOf({ target }: Pick<Task, "target">): HeadTask {
  if (target.kind === "text") throw new Error("a head gives no text; expected a plan to have refused it");
  return target.kind === "class" ? { kind: "classes", outputs: target.labels.length } : { kind: "score", outputs: 1 };
}
