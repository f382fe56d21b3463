import { AttachmentError, type Backbone } from "@petl/spec";
import type { LstConfig } from "../config.js";
import { hasSideLayer, type Rungs } from "../ladder.js";

export type Stack = "encoder" | "decoder";
export const stacks: readonly Stack[] = ["encoder", "decoder"];

/** The backbone's geometry, as far as the side network uses it; side widths are these divided by `reduction`. */
export interface Geometry {
  readonly channels: number;
  readonly heads: number;
  /** Channels of one head. */
  readonly headWidth: number;
  readonly feedForward: number;
  readonly isGated: boolean;
  readonly reduction: number;
  /** Indices of the layers that have a side layer, by stack. */
  readonly layers: Readonly<Record<Stack, readonly number[]>>;
}

/** @throws AttachmentError if the backbone is not a T5 or `reduction` does not divide its widths */
export function geometryOf({ sites }: Backbone, { reduction, skipEvery }: LstConfig): Geometry {
  const width = (name: string): readonly [number, number] => {
    const site = sites.find((each) => each.name === name);
    if (site !== undefined) return site.width;
    throw new AttachmentError(`lst: expected an encoder and a decoder with T5's sites, found no ${name}`);
  };
  const [channels, inner] = width("encoder.0.attention.query");
  const [heads] = width("encoder.0.attention.weights");
  const [, feedForward] = width("encoder.0.feedforward.input");
  width("decoder.0.crossAttention.query");
  const geometry = { channels, heads, headWidth: inner / heads, feedForward };
  const indivisible = Object.entries(geometry).find(([name, size]) => name !== "heads" && size % reduction !== 0);
  if (indivisible !== undefined) {
    const [name, size] = indivisible;
    throw new AttachmentError(`lst: expected a reduction that divides ${name} ${size}, got ${reduction}`);
  }
  const kept = (stack: Stack): readonly number[] => {
    const blocks = sites.filter(({ name, kind }) => kind === "block" && name.startsWith(`${stack}.`));
    return blocks.map(({ layer }) => layer).filter((layer) => hasSideLayer(layer, skipEvery));
  };
  const layers = { encoder: kept("encoder"), decoder: kept("decoder") };
  const empty = stacks.find((stack) => layers[stack].length === 0);
  if (empty !== undefined)
    throw new AttachmentError(
      `lst: skipEvery ${skipEvery} leaves no ${empty} layer; expected 0 for so shallow a stack`,
    );
  return { ...geometry, reduction, layers, isGated: sites.some(({ name }) => name === "encoder.0.feedforward.gate") };
}

/** The parts of one layer: each attention, then the feed-forward network. */
export const attentionsOf = (stack: Stack): readonly ("attention" | "crossAttention")[] =>
  stack === "encoder" ? ["attention"] : ["attention", "crossAttention"];

/** Name of the table of relative position biases that a stack's layers share. */
export const relativeBiasOf = ({ sites }: Backbone, stack: Stack): string => {
  const owned = sites.find(({ name }) => name === `${stack}.0.attention.weights`)?.params[0];
  if (owned === undefined) throw new AttachmentError(`lst: expected ${stack}.0.attention.weights to own a bias table`);
  return owned;
};

/** What the side network reads of each stack. */
export const rungsIn = ({ layers }: Geometry): readonly Rungs[] =>
  stacks.map((stack) => ({
    entry: `${stack}.embedding`,
    blocks: layers[stack].map((layer) => `${stack}.${layer}`),
  }));
