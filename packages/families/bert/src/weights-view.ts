import type { Tensor } from "@petl/tensor";
import type { BertConfig } from "./config.js";

/** What a part of the model needs of the whole. */
export interface WeightsView {
  readonly name: string;
  readonly config: BertConfig;
  /** @throws Error if the model has no tensor of this name */
  param(name: string): Tensor;
}
