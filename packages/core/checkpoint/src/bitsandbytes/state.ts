import { parseJson } from "@petl/files";
import { dynamicMap, nf4Values, scalesInBlock, valuesInBlock, weightLayout } from "@petl/weight-formats";
import { z } from "zod";
import { CheckpointError, reasonOf } from "../error.js";
import type { RawTensorSource } from "../tensor-source.js";
import { partNames, quantType, statePrefix } from "./parts.js";

/** A weight as its description and the sizes of its parts say. */
export interface NormalFloatWeight {
  readonly format: "nf4" | "nf4+dq";
  readonly shape: readonly number[];
  /** Of `nf4+dq`: added to every scale. */
  readonly offset: number;
}

const length = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const stateSchema = z.object({
  quant_type: z.literal(quantType, `expected ${quantType}, the only type that is read`),
  blocksize: z.literal(valuesInBlock, `expected blocks of ${valuesInBlock}`),
  dtype: z.enum(["float32", "float16", "bfloat16"]),
  shape: z.array(length).max(8),
  nested_blocksize: z.literal(scalesInBlock, `expected blocks of ${scalesInBlock}`).optional(),
  nested_dtype: z.literal("float32", "expected float32").optional(),
  nested_offset: z.number().optional(),
});

/** Most bytes of a description; real ones have some 150. */
const mostStateBytes = 65_536;
/** How far a map in a file may be from the one that its codes are read with: what versions of PyTorch differ by, relative. */
const mapTolerance = 2 ** -22;

/**
 * Checks a quantised weight: its description, that its parts are there in the right sizes, and that its maps are those of the format.
 *
 * @param isNested whether there is a tensor of nested scales
 * @throws CheckpointError E_HEADER_INVALID, E_TENSOR_MISSING, E_SHAPE_MISMATCH
 */
export function checkedWeight(
  source: RawTensorSource,
  name: string,
  stateName: string,
  isNested: boolean,
): NormalFloatWeight {
  const state = parsedState(source, name, stateName);
  if (isNested !== (state.nested_offset !== undefined && state.nested_blocksize !== undefined))
    throw refused(
      source,
      name,
      "nested_offset and nested_blocksize exactly where it has nested_absmax",
      "one without the others",
    );
  const format = isNested ? "nf4+dq" : "nf4";
  const count = state.shape.reduce((product, each) => product * each, 1);
  if (!Number.isSafeInteger(count)) throw refused(source, name, "a shape that memory can hold", `[${state.shape}]`);
  const { codes, scales, nestedScales } = weightLayout(format, count);
  checkBytes(source, name, codes.bytes);
  checkBytes(source, `${name}.${partNames.scales}`, scales!.bytes, isNested ? "U8" : "F32");
  checkMap(source, `${name}.${partNames.map}`, Float32Array.from(nf4Values));
  if (isNested) {
    checkBytes(source, `${name}.${partNames.nestedScales}`, nestedScales!.bytes, "F32");
    checkMap(source, `${name}.${partNames.nestedMap}`, dynamicMap);
  }
  return { format, shape: state.shape, offset: Math.fround(state.nested_offset ?? 0) };
}

function parsedState(source: RawTensorSource, name: string, stateName: string): z.output<typeof stateSchema> {
  const type = stateName.slice(stateName.lastIndexOf(statePrefix) + statePrefix.length);
  if (type !== quantType) throw refused(source, name, `4-bit codes of type ${quantType}`, type);
  const { bytes } = source.info(stateName);
  if (bytes > mostStateBytes) throw refused(source, name, `at most ${mostStateBytes} bytes of quant_state`, `${bytes}`);
  let document: unknown;
  try {
    document = parseJson(new TextDecoder().decode(source.readBytes(stateName)));
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    throw refused(source, name, "a quant_state in JSON", reasonOf(cause));
  }
  const parsed = stateSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the whole"}: ${message}`);
  throw refused(source, name, "a quant_state that this program reads", faults.join("; "));
}

/** Codes may be of any type: some writers store them as numbers of more bytes. */
function checkBytes(source: RawTensorSource, part: string, expected: number, type?: string): void {
  const { bytes, dtype } = source.info(part);
  if (bytes === expected && (type ?? dtype) === dtype) return;
  throw new CheckpointError("E_SHAPE_MISMATCH", {
    file: source.path,
    expected: `tensor "${part}" to hold ${expected} bytes${type === undefined ? "" : ` of ${type}`}, as its weight's shape says`,
    got: `${bytes} of ${dtype}`,
    remedy: "copy or download the file again",
  });
}

function checkMap(source: RawTensorSource, part: string, expected: Float32Array): void {
  checkBytes(source, part, expected.byteLength, "F32");
  const found = source.read(part);
  const at = found.findIndex(
    (value, index) => !(Math.abs(value - expected[index]!) <= mapTolerance * Math.abs(expected[index]!)),
  );
  if (at < 0) return;
  throw refused(source, part, `${expected[at]} at ${at}, as in the map that bitsandbytes makes`, `${found[at]}`);
}

function refused(source: RawTensorSource, name: string, expected: string, got: string): CheckpointError {
  return new CheckpointError("E_HEADER_INVALID", {
    file: source.path,
    expected: `tensor "${name}" to have ${expected}`,
    got,
    remedy: "quantise the model again in NF4 in blocks of 64, or take the checkpoint before quantisation",
  });
}
