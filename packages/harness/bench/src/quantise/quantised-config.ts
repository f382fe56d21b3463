import type { QuantisedDtype } from "@petl/backbone";
import { quantisationConfig } from "@petl/checkpoint";

/**
 * The fields of `config.json` of a checkpoint in fewer bits: those of the original, with the type that its tensors have now where they
 * name one, and what transformers must know of NF4.
 *
 * @param skippedModules that transformers leaves as they are
 */
export function quantisedFields(
  { quantization_config: _, ...fields }: Readonly<Record<string, unknown>>,
  dtype: QuantisedDtype,
  skippedModules: readonly string[],
): Readonly<Record<string, unknown>> {
  const type = dtype === "f16" ? "float16" : "bfloat16";
  const named = ["dtype", "torch_dtype"].filter((name) => typeof fields[name] === "string");
  return {
    ...fields,
    ...Object.fromEntries(named.map((name) => [name, type])),
    ...((dtype === "nf4" || dtype === "nf4+dq") && { quantization_config: quantisationConfig(dtype, skippedModules) }),
  };
}
