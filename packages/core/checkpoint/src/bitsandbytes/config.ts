import { z } from "zod";
import { quantType } from "./parts.js";

/**
 * The field `quantization_config` of a `config.json` whose weights are read: none, or that of bitsandbytes' NF4. What it says of single
 * weights stands beside them too, and is checked there.
 */
export const quantisationField = z
  .unknown()
  .refine(
    isRead,
    "expected none, or quant_method bitsandbytes with load_in_4bit and bnb_4bit_quant_type nf4; other quantized weights are not read: take the checkpoint before quantization",
  )
  .optional();

function isRead(field: unknown): boolean {
  if (field === null || field === undefined) return true;
  const { quant_method, load_in_4bit, bnb_4bit_quant_type } = field as Record<string, unknown>;
  return quant_method === "bitsandbytes" && load_in_4bit === true && bnb_4bit_quant_type === quantType;
}

/**
 * The field `quantization_config` with which transformers loads a checkpoint that `writeStoredSafetensors` wrote in NF4.
 *
 * @param skipped names of linear layers that are not quantised, such as `lm_head`
 */
export function quantisationConfig(
  format: "nf4" | "nf4+dq",
  skipped: readonly string[],
): Readonly<Record<string, unknown>> {
  return {
    quant_method: "bitsandbytes",
    ...{ load_in_4bit: true, load_in_8bit: false, bnb_4bit_quant_type: quantType },
    bnb_4bit_use_double_quant: format === "nf4+dq",
    ...{ bnb_4bit_compute_dtype: "float32", bnb_4bit_quant_storage: "uint8" },
    llm_int8_skip_modules: skipped,
  };
}
