import { isGgufDtype, type QuantisedDtype } from "@petl/backbone";
import { quantisationConfig } from "@petl/checkpoint";
import { parseJson } from "@petl/files";

/** Strings and numbers of JSON, numbers in a group of their own. */
const stringsAndNumbers = /"(?:\\.|[^"\\])*"|(-?\d[\d.eE+-]*)/g;
/** Before a number that is kept as text. */
const mark = "\u0001";
const markedNumbers = /"\\u0001([^"]*)"/g;

/**
 * The text of `config.json` of a checkpoint in fewer bits: the original's fields, with the type that its other tensors have now where
 * they name one, and what transformers must know of NF4. Numbers stay as they are written, as transformers refuses `1` where it expects `1.0`.
 *
 * @param skippedModules that transformers leaves as they are
 */
export function quantisedConfig(original: string, dtype: QuantisedDtype, skippedModules: readonly string[]): string {
  const asText = original.replace(stringsAndNumbers, (word, number?: string) =>
    number === undefined ? word : JSON.stringify(mark + number),
  );
  const { quantization_config: _, ...fields } = parseJson(asText) as Readonly<Record<string, unknown>>;
  const type = isGgufDtype(dtype) ? "float32" : dtype === "f16" ? "float16" : "bfloat16";
  const named = ["dtype", "torch_dtype"].filter((name) => typeof fields[name] === "string");
  const changed = {
    ...fields,
    ...Object.fromEntries(named.map((name) => [name, type])),
    ...((dtype === "nf4" || dtype === "nf4+dq") && { quantization_config: quantisationConfig(dtype, skippedModules) }),
  };
  return `${JSON.stringify(changed, null, 2).replace(markedNumbers, "$1")}\n`;
}
