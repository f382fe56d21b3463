import { ConfigReader } from "@petl/spec";
import { type RecurrentCellName, recurrentCells } from "@petl/tensor";

export interface ReadConfig {
  readonly cell: RecurrentCellName;
  /** Width of the recurrent state; null: `min(256, d_model / 3 rounded up to a multiple of 8)`. */
  readonly hidden: number | null;
  /** How a stack's states are combined: their mean, or the last. */
  readonly aggregate: "mean" | "last";
  /** False: a separate feed-forward network per layer (ablation). */
  readonly recurrent: boolean;
  /** False: the decoder sweep ignores the encoder, which then has no sweep (ablation). */
  readonly joiner: boolean;
  /** True: training starts at the backbone. */
  readonly zeroInit: boolean;
  /** `all`, or k for every k-th block counted from the last. */
  readonly layers: "all" | number;
  /** Factor of the correction, per token. */
  readonly scale: "rms" | "none" | number;
  /** Multiplies the suite's learning rate. */
  readonly learningRateScale: number;
}

/** @throws ConfigError naming the field and the value */
export function parseReadConfig(input: unknown): ReadConfig {
  const fields = new ConfigReader("read", input);
  const config: ReadConfig = {
    cell: fields.choice("cell", Object.keys(recurrentCells) as RecurrentCellName[], "gru"),
    hidden: fields.custom<number | null>("hidden", null, "a whole number from 1 up, or auto", (value) =>
      value === "auto" || value === null ? null : wholeNumber(value),
    ),
    aggregate: fields.choice("aggregate", ["mean", "last"], "mean"),
    recurrent: fields.boolean("recurrent", true),
    joiner: fields.boolean("joiner", true),
    zeroInit: fields.boolean("zeroInit", true),
    layers: fields.custom<"all" | number>("layers", "all", "all, or a whole number k for every k-th", (value) =>
      value === "all" ? value : wholeNumber(value),
    ),
    scale: fields.custom<"rms" | "none" | number>("scale", "rms", "rms, none or a number", (value) =>
      value === "rms" || value === "none" ? value : finite(value),
    ),
    learningRateScale: fields.number("learningRateScale", 10, 0),
  };
  fields.done();
  return config;
}

const finite = (value: unknown): number | undefined => {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
};

const wholeNumber = (value: unknown): number | undefined => {
  const number = finite(value);
  return number !== undefined && Number.isInteger(number) && number >= 1 ? number : undefined;
};

/** Default width of the recurrent state: 24 at width 64, 88 at 256, 176 at 512, 256 from T5-base up. */
export const defaultHidden = (modelWidth: number): number => Math.min(256, Math.ceil(modelWidth / 3 / 8) * 8);
