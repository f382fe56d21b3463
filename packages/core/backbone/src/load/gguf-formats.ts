import { type GgufFormat, ggufBlocks } from "@petl/weight-formats";

/** What weights can be brought to in GGUF, the most bits first. */
export const ggufDtypes = ["q8_0", "q6_k", "q4_k", "q4_1", "q4_0"] as const satisfies readonly GgufFormat[];

/** Formats of tensors in a file that is written in one of these. */
export type TensorFormat = GgufFormat | "f16" | "f32";

/** `general.file_type`: llama.cpp's number for a file most of whose weights are in a format. */
export const fileTypes: Readonly<Record<GgufFormat, number>> = { q4_0: 2, q4_1: 3, q8_0: 7, q4_k: 14, q6_k: 18 };

/** What takes a format's place where its blocks do not divide a row. */
const next: Readonly<Record<GgufFormat, GgufFormat | "f16">> = {
  ...{ q6_k: "q8_0", q4_k: "q4_1" },
  ...{ q8_0: "f16", q4_1: "f16", q4_0: "f16" },
};

/** The format of the weight of a layer or of a table of tokens, and of a tensor that is neither (`other`). */
export function wantedFormat(dtype: GgufFormat, role: "layer" | "table" | "other"): GgufFormat | "f32" {
  if (role === "other") return "f32";
  return role === "layer" || dtype === "q8_0" ? dtype : "q6_k";
}

/** The format, or the first after it whose blocks divide a row of so many values. */
export function fittingFormat(wanted: GgufFormat | "f32", row: number): TensorFormat {
  let format: TensorFormat = wanted;
  while (format !== "f32" && format !== "f16" && row % ggufBlocks[format].values !== 0) format = next[format];
  return format;
}

/** Tensors that are in another format than their kind of tensor, because its blocks do not divide their rows. */
export interface OtherFormat {
  readonly wanted: GgufFormat;
  readonly format: TensorFormat;
  readonly count: number;
  /** Values in a block of the wanted format. */
  readonly block: number;
}

/** What is not as wanted, by pair of formats. */
export function otherFormats(
  tensors: readonly { readonly wanted: GgufFormat | "f32"; readonly format: TensorFormat }[],
): readonly OtherFormat[] {
  const others = new Map<string, OtherFormat>();
  for (const { wanted, format } of tensors) {
    if (wanted === format || wanted === "f32") continue;
    const key = `${wanted} ${format}`;
    const count = 1 + (others.get(key)?.count ?? 0);
    others.set(key, { ...{ wanted, format, count }, block: ggufBlocks[wanted].values });
  }
  return [...others.values()];
}
