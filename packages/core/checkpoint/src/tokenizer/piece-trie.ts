/** A prefix tree over UTF-16 code units, its edges in one open-addressed hash table. */
export class PieceTrie {
  /** Piece index that ends at each node, or -1. */
  readonly pieceAt: Int32Array;
  readonly #parents: Int32Array;
  readonly #units: Uint16Array;
  readonly #children: Int32Array;
  readonly #mask: number;

  constructor(pieces: readonly string[]) {
    const edgesAtMost = pieces.reduce((sum, piece) => sum + piece.length, 1);
    const slots = 2 ** Math.ceil(Math.log2(edgesAtMost * 2));
    this.#mask = slots - 1;
    this.#parents = new Int32Array(slots).fill(-1);
    this.#units = new Uint16Array(slots);
    this.#children = new Int32Array(slots);
    this.pieceAt = new Int32Array(edgesAtMost + 1).fill(-1);
    let nodes = 1;
    pieces.forEach((piece, index) => {
      let node = 0;
      for (let i = 0; i < piece.length; i++) {
        const slot = this.#slot(node, piece.charCodeAt(i));
        if (this.#parents[slot] === -1) {
          this.#parents[slot] = node;
          this.#units[slot] = piece.charCodeAt(i);
          this.#children[slot] = nodes++;
        }
        node = this.#children[slot]!;
      }
      if (node !== 0) this.pieceAt[node] = index;
    });
  }

  /** The node one code unit below `node` (the root is 0), or -1. */
  child(node: number, unit: number): number {
    const slot = this.#slot(node, unit);
    return this.#parents[slot] === -1 ? -1 : this.#children[slot]!;
  }

  #slot(node: number, unit: number): number {
    let slot = (Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)) >>> 7;
    for (slot &= this.#mask; ; slot = (slot + 1) & this.#mask) {
      const parent = this.#parents[slot]!;
      if (parent === -1 || (parent === node && this.#units[slot] === unit)) return slot;
    }
  }
}
