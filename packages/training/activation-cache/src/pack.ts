import type { BackboneRow, Recordings } from "@petl/backbone";
import { fromHost, type Tensor, tf } from "@petl/tensor";
import type { BackboneRun } from "./backbone-runner.js";
import { copyCorner } from "./copy-corner.js";
import { extentsOf, type Layout, type Lengths, type Slot, sizeOf, valuesIn } from "./layout.js";
import { lengthsOf } from "./rows.js";

/** The kept values of one example: each part's slots one after the other, real tokens only. */
export interface PackedRow {
  readonly source: Float32Array;
  readonly target: Float32Array;
}

/** Reads recorded outputs back, one site after the other, and cuts each row's real tokens out of them. */
export async function pack(
  { recordings, positions }: Pick<BackboneRun, "recordings" | "positions">,
  rows: readonly BackboneRow[],
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
export function unpack(packed: readonly PackedRow[], rows: readonly BackboneRow[], layout: Layout): Recordings {
  const lengths = rows.map(lengthsOf);
  const most: Lengths = {
    source: Math.max(...lengths.map(({ source }) => source)),
    target: Math.max(...lengths.map(({ target }) => target)),
  };
  const masks = { source: sourceMask(lengths, most), target: tf.ones([rows.length, most.target]) };
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
      recordings.set(slot.site, { hidden, mask: masks[maskOf(slot)].clone() });
    }
  }
  tf.dispose([masks.source, masks.target]);
  return recordings;
}

/** Whose mask a site's output has: that of its tokens, at attention weights of its keys. */
export function maskOf({ axes }: Slot): "source" | "target" {
  return axes.findLast((axis) => typeof axis === "string") as "source" | "target";
}

function sourceMask(lengths: readonly Lengths[], most: Lengths): Tensor {
  const values = new Float32Array(lengths.length * most.source);
  for (const [row, { source }] of lengths.entries()) values.fill(1, row * most.source, row * most.source + source);
  return tf.tensor(values, [lengths.length, most.source]);
}
