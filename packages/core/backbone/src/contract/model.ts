import type { Activation, Backbone, ReadAt, Site } from "@petl/spec";
import type { Random, Tensor } from "@petl/tensor";
import type { Pass } from "../pass/pass.js";
import type { SiteAxis } from "./axes.js";
import type { Inputs, Row } from "./rows.js";

/** What a task asks of a head: a class out of so many, or one number. */
export interface HeadTask {
  readonly kind: "classes" | "score";
  /** Classes; 1 for a score. */
  readonly outputs: number;
}

/** A model of some family, as training, evaluation and the activation cache see it. */
export interface BackboneModel extends Backbone {
  /** Name of its family. */
  readonly family: string;
  readonly padId: number;
  readonly eosId: number;
  /** What its head answers; null: it writes text, and is read out to logits over its vocabulary. */
  readonly headTask: HeadTask | null;
  /** The site whose output enters the readout, unless a side network replaces it. */
  readonly lastBlock: string;
  /** @throws Error if there is no tensor of this name */
  param(name: string): Tensor;
  /** Dimensions after the batch, in order, of a site's output as it is recorded `at`; there is no mean of attention weights. */
  axes(site: Site, at: ReadAt): readonly SiteAxis[];
  /** Makes tensors of rows. */
  pad(rows: readonly Row[]): Inputs;
  /**
   * Of a site's output on whole rows, what is read out: (rows, tokens, channels) -> (rows, positions, channels). For recordings that come
   * from elsewhere; a pass is told by `forward`.
   */
  readOut(output: Activation, inputs: Inputs): Activation;
  /** Runs the backbone on rows whose answers are known as far as they matter -> the state that enters the readout, (rows, positions, channels). */
  forward(inputs: Inputs, pass: Pass): Activation;
  /** Runs it on the sources alone, once for all the answers that are then tried. The answers in `inputs` are ignored. */
  prefill(inputs: Inputs, pass: Pass): Prefilled;
  /** Whether what follows a prefill has the bits of a whole `forward`, on a device that computes rows independently of each other. */
  readonly prefillIsExact: boolean;
  /** The state that enters the site `enters` of the readout (default: the first) -> logits, (rows, positions, outputs). */
  readout(state: Activation, pass: Pass, enters?: string): Tensor;
  /**
   * The linear layer without bias that ends the readout, so that a loss may be computed without the logits of all positions; null: it ends
   * otherwise. `readout` is `linear(input(...), weight)` at the last readout site.
   */
  readonly outputLayer?: OutputLayer | null;
  /**
   * The same backbone, its tensors shared, with a head of its family for a task. What a checkpoint has of the head is taken, the rest
   * drawn; its own tensors are `head`. A drawn bias of its outputs begins as `start`, one value an output (default: zeros).
   * @throws BackboneError E_BACKBONE_HEAD where the family has none
   */
  withHead(task: HeadTask, random: Random, start?: readonly number[]): BackboneModel;
  /** Frees every tensor, those shared with other heads included. */
  dispose(): void;
}

/** The last linear layer of a readout. */
export interface OutputLayer {
  /** (outputs, channels) */
  readonly weight: Tensor;
  /** What enters it, of the state that enters the site `enters` of the readout: (rows, positions, channels). */
  input(state: Activation, pass: Pass, enters?: string): Tensor;
}

/** Sources that the backbone has read. */
export interface Prefilled {
  /** After known answers, one list for each source -> the state that enters the readout, (rows, longest answer + 1, channels). */
  after(answers: readonly (readonly number[])[], pass: Pass): Activation;
  /**
   * After one more token of each row, whose earlier ones it keeps -> the state at that token alone, (rows, 1, channels); null stands
   * for no token: the state after the sources. Absent where something watches the backbone that must see whole sequences.
   */
  next?(ids: readonly number[] | null, pass: Pass): Activation;
  dispose(): void;
}
