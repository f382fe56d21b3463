import { lengthsOf, type Recordings, type Row, type RowLengths, type SiteAxis } from "@petl/backbone";
import { fromHost, type Tensor, tf } from "@petl/tensor";
import type { BackboneRun } from "./backbone-runner.js";
import { copyCorner } from "./copy-corner.js";
import { extentsOf, type Layout, type Slot, sizeOf, valuesIn } from "./layout.js";

/** The kept values of one example: each part's slots one after the other, real tokens only. */
export interface PackedRow {
  readonly source: Float32Array;
  readonly target: Float32Array;
}

/** Reads recorded outputs back, one site after the other, and cuts each row's real tokens out of them. */
export async function pack(
  { recordings, positions }: Pick<BackboneRun, "recordings" | "positions">,
  rows: readonly Row[],
  layout: Layout,
): Promise<PackedRow[]> {
  if (rows.length === 0) return [];
  const lengths = rows.map(lengthsOf);
  const part = (slots: readonly Slot[]): Float32Array[] =>
    lengths.map((length) => new Float32Array(valuesIn(slots, length)));
  const parts = { source: part(layout.source), target: part(layout.target) };
  for (const name of ["source", "target"] as const) {
    const ends = rows.map(() => 0);
    for (const slot of layout[name]) {
      const { hidden } = recordings.get(slot.site)!;
      const values = (await hidden.data()) as Float32Array;
      const extents = hidden.shape.slice(1);
      for (const [row, length] of lengths.entries()) {
        const corner = extentsOf(slot, length);
        const to = { values: parts[name][row]!, extents: corner, at: ends[row]! };
        copyCorner(corner, { values, extents, at: positions[row]! * sizeOf(extents) }, to);
        ends[row] = ends[row]! + sizeOf(corner);
      }
    }
  }
  return rows.map((_, row) => ({ source: parts.source[row]!, target: parts.target[row]! }));
}

/** Kept values as a batch's recorded outputs, padded with zeros to the longest. The caller disposes them. */
export function unpack(packed: readonly PackedRow[], rows: readonly Row[], layout: Layout): Recordings {
  const lengths = rows.map(lengthsOf);
  const masks = new Map<TokenAxis, Tensor>();
  const most = longestOf(lengths);
  const recordings = new Map<string, { hidden: Tensor; mask: Tensor }>();
  for (const name of ["source", "target"] as const) {
    const starts = rows.map(() => 0);
    for (const slot of layout[name]) {
      const extents = extentsOf(slot, most);
      const hidden = fromHost([rows.length, ...extents], (values) => {
        for (const [row, length] of lengths.entries()) {
          const corner = extentsOf(slot, length);
          const from = { values: packed[row]![name], extents: corner, at: starts[row]! };
          const at = row * sizeOf(extents);
          if (sizeOf(corner) < sizeOf(extents)) values.fill(0, at, at + sizeOf(extents));
          copyCorner(corner, from, { values, extents, at });
          starts[row] = starts[row]! + sizeOf(corner);
        }
      });
      const axis = maskOf(slot);
      if (!masks.has(axis)) masks.set(axis, maskAlong(axis, lengths, most));
      recordings.set(slot.site, { hidden, mask: masks.get(axis)!.clone() });
    }
  }
  tf.dispose([...masks.values()]);
  return recordings;
}

type TokenAxis = Exclude<SiteAxis, number>;

/** Along which axis the mask of a site's output runs: that of its tokens, at attention weights of its keys. */
export function maskOf({ axes }: Slot): TokenAxis {
  return axes.findLast((axis) => typeof axis === "string") as TokenAxis;
}

function longestOf(lengths: readonly RowLengths[]): RowLengths {
  const most = (axis: TokenAxis): number => lengths.reduce((longest, each) => Math.max(longest, each[axis]), 0);
  return { source: most("source"), sequence: most("sequence"), positions: most("positions") };
}

/** 1 for each real token; positions that are read out are all 1, since what stands behind them reaches nothing. */
function maskAlong(axis: TokenAxis, lengths: readonly RowLengths[], most: RowLengths): Tensor {
  const tokens = most[axis];
  if (axis === "positions") return tf.ones([lengths.length, tokens]);
  const values = new Float32Array(lengths.length * tokens);
  for (const [row, { [axis]: length }] of lengths.entries()) values.fill(1, row * tokens, row * tokens + length);
  return tf.tensor(values, [lengths.length, tokens]);
}
