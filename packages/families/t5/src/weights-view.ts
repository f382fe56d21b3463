import type { Tensor } from "@petl/tensor";
import type { T5Config } from "./config.js";

/** What a sublayer needs of the model it belongs to. */
export interface WeightsView {
  readonly config: T5Config;
  /** @throws Error if the model has no tensor of this name */
  param(name: string): Tensor;
}
