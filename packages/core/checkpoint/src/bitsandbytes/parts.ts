import type { TensorSource } from "../tensor-source.js";

/** What follows a weight's name and a dot in the names of the tensors that bitsandbytes stores beside its codes. */
export const partNames = {
  scales: "absmax",
  map: "quant_map",
  nestedScales: "nested_absmax",
  nestedMap: "nested_quant_map",
} as const;

/** The tensor that holds the weight's description in JSON: this and the type, `nf4` or `fp4`. */
export const statePrefix = "quant_state.bitsandbytes__";

/** The type whose codes this program reads. */
export const quantType = "nf4";

/** A quantised weight by name, and the name of the tensor with its description. */
export function quantisedWeights(source: Pick<TensorSource, "names">): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of source.names()) {
    const at = name.lastIndexOf(`.${statePrefix}`);
    if (at > 0) found.set(name.slice(0, at), name);
  }
  return found;
}
