import { z } from "zod";

/** Frequencies of the rotary position embedding. Su et al. 2021, https://arxiv.org/abs/2104.09864 */
export type Rope =
  | { readonly kind: "default"; readonly theta: number }
  /** Positions are divided by `factor`. Chen et al. 2023, https://arxiv.org/abs/2306.15595 */
  | { readonly kind: "linear"; readonly theta: number; readonly factor: number }
  /** Low frequencies are divided by `factor`, high ones kept. Llama 3.1, https://arxiv.org/abs/2407.21783 */
  | {
      readonly kind: "llama3";
      readonly theta: number;
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      /** Longest sequence before the frequencies were scaled, in tokens. */
      readonly originalPositions: number;
    };

const kinds = ["default", "linear", "llama3"] as const;
const positive = z.number().positive();
const kind = z
  .string()
  .refine((value) => (kinds as readonly string[]).includes(value), {
    error: ({ input }) => `expected one of ${kinds.join(", ")}, got ${JSON.stringify(input)}`,
  })
  .nullish();

/** `rope_parameters` of transformers 5, or `rope_scaling` of files before it. */
export const ropeFields = z
  .object({
    rope_type: kind,
    type: kind,
    rope_theta: positive.nullish(),
    factor: positive.nullish(),
    low_freq_factor: positive.nullish(),
    high_freq_factor: positive.nullish(),
    original_max_position_embeddings: z.number().int().positive().nullish(),
    partial_rotary_factor: z.literal(1, "expected 1 (all channels of a head are turned)").nullish(),
  })
  .nullish();

type RopeFields = NonNullable<z.output<typeof ropeFields>>;

/** The frequencies that these fields describe, or the field that is lacking and why. */
export function ropeOf(
  fields: RopeFields,
  theta: number,
  originalPositions: number,
): Rope | { readonly lacking: keyof RopeFields; readonly problem: string } {
  const type = fields.rope_type ?? fields.type ?? "default";
  const common = { theta: fields.rope_theta ?? theta };
  if (type === "default") return { kind: "default", ...common };
  const { factor, low_freq_factor: low, high_freq_factor: high } = fields;
  if (factor == null) return { lacking: "factor", problem: `expected a number with ${type}, got none` };
  if (type === "linear") return { kind: "linear", ...common, factor };
  if (low == null) return { lacking: "low_freq_factor", problem: "expected a number with llama3, got none" };
  if (high == null || high <= low)
    return { lacking: "high_freq_factor", problem: `expected a number above ${low} (low_freq_factor), got ${high}` };
  return {
    ...{ kind: "llama3", ...common, factor },
    ...{ lowFrequencyFactor: low, highFrequencyFactor: high },
    originalPositions: fields.original_max_position_embeddings ?? originalPositions,
  };
}

/** The fields of `rope_parameters` that `ropeOf` reads back to the same. */
export function ropeParameters(rope: Rope): Readonly<Record<string, unknown>> {
  const common = { rope_type: rope.kind, rope_theta: rope.theta };
  if (rope.kind === "default") return common;
  if (rope.kind === "linear") return { ...common, factor: rope.factor };
  return {
    ...common,
    factor: rope.factor,
    low_freq_factor: rope.lowFrequencyFactor,
    high_freq_factor: rope.highFrequencyFactor,
    original_max_position_embeddings: rope.originalPositions,
  };
}

/**
 * The angle between neighbouring positions for each pair of a head's channels, in radians: (headWidth / 2), descending.
 *
 * `theta^(-2 i / headWidth)`, then scaled as the kind says. Every step is rounded to float32, as in transformers 5.24.
 */
export function inverseFrequencies(rope: Rope, headWidth: number): readonly number[] {
  const plain = Array.from({ length: headWidth / 2 }, (_, pair) =>
    Math.fround(1 / Math.fround(rope.theta ** Math.fround((2 * pair) / headWidth))),
  );
  if (rope.kind === "default") return plain;
  if (rope.kind === "linear") return plain.map((frequency) => Math.fround(frequency / rope.factor));
  return plain.map((frequency) => scaledByWavelength(frequency, rope));
}

function scaledByWavelength(
  frequency: number,
  { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions }: Extract<Rope, { kind: "llama3" }>,
): number {
  const wavelength = Math.fround((2 * Math.PI) / frequency); // in tokens
  if (wavelength < originalPositions / high) return frequency;
  if (wavelength > originalPositions / low) return Math.fround(frequency / factor);
  const share = Math.fround((Math.fround(originalPositions / wavelength) - low) / (high - low)); // that is kept
  const scaled = Math.fround(Math.fround(Math.fround(1 - share) * frequency) / factor);
  return Math.fround(scaled + Math.fround(share * frequency));
}
