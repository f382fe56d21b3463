import { isGgufDtype, type QuantisedDtype } from "@petl/backbone";
import { quantisationConfig } from "@petl/checkpoint";
import { fieldsWithNumbers, jsonText } from "../config-text/numbers.js";

/**
 * The text of `config.json` of a checkpoint in fewer bits: the original's fields, with the type that its other tensors have now where
 * they name one, and what transformers must know of NF4. Numbers stay as they are written.
 *
 * @param skippedModules that transformers leaves as they are
 */
export function quantisedConfig(original: string, dtype: QuantisedDtype, skippedModules: readonly string[]): string {
  const { quantization_config: _, ...fields } = fieldsWithNumbers(original);
  const type = isGgufDtype(dtype) ? "float32" : dtype === "f16" ? "float16" : "bfloat16";
  const named = ["dtype", "torch_dtype"].filter((name) => typeof fields[name] === "string");
  return jsonText({
    ...fields,
    ...Object.fromEntries(named.map((name) => [name, type])),
    ...((dtype === "nf4" || dtype === "nf4+dq") && { quantization_config: quantisationConfig(dtype, skippedModules) }),
  });
}
