const letters = "xyzw";

/** One operand of a tiled matrix product: lines are rows of A or columns of B. */
export interface Operand {
  readonly name: "a" | "b";
  /** Lines and depth of a tile; both are multiples of 4. */
  readonly lines: number;
  readonly depth: number;
  /** Whether neighbours in memory are neighbours in depth (else they are neighbouring lines). */
  readonly depthFirst: boolean;
  /** Stored extents: the uniform that counts lines. */
  readonly count: "rows" | "columns";
  /** Vectors of four from one line (depth first) or one depth to the next in workgroup memory. */
  readonly pitch: number;
  /** WGSL: four neighbours in memory from `at` on. */
  readonly four: string;
  /** Whether extents along memory are multiples of 4, so that four neighbours are inside or outside together. */
  readonly wholeQuads: boolean;
  /** WGSL: the type in which fetched values wait, and how four values become it. */
  readonly waiting: { readonly type: string; readonly from: (four: string) => string };
}

/** WGSL: values from a binding of floats, or of vectors of four where all of them are whole. */
export const floatsOf = (name: string, wholeQuads: boolean): string =>
  wholeQuads ? `${name}[at / 4u]` : `vec4f(${[0, 1, 2, 3].map((part) => `${name}[at + ${part}u]`).join(", ")})`;

/** Vectors of four in a tile, those of the gaps between lines included. */
export const tileVectors = ({ depthFirst, lines, depth, pitch }: Operand): number =>
  (depthFirst ? lines : depth) * pitch;

const vectorsOf = ({ lines, depth }: Operand): number => (lines * depth) / 4;
const perRun = ({ depthFirst, lines, depth }: Operand): number => (depthFirst ? depth : lines) / 4;

/** Vectors of a tile that each of `threads` fetches. */
const loads = (operand: Operand, threads: number): number => Math.max(1, Math.ceil(vectorsOf(operand) / threads));

/** WGSL: where a thread keeps what it has fetched. */
export const waitingValues = (operand: Operand, threads: number): string[] =>
  Array.from(
    { length: loads(operand, threads) },
    (_, load) => `var next_${operand.name}${load}: ${operand.waiting.type};`,
  );

/**
 * WGSL: reads the thread's share of the tile at depth `start` from memory into registers; values outside are 0. No branches: WebGPU itself
 * clamps an index outside the buffer.
 */
export function fetch(operand: Operand, threads: number): string {
  const { name, depthFirst, count, four, wholeQuads, waiting } = operand;
  const run = perRun(operand);
  return Array.from({ length: loads(operand, threads) }, (_, load) => {
    const slot = `local + ${load * threads}u`;
    const [line, depth] = depthFirst
      ? [`(${slot}) / ${run}u`, `4u * ((${slot}) % ${run}u)`]
      : [`4u * ((${slot}) % ${run}u)`, `(${slot}) / ${run}u`];
    const at = depthFirst ? "line * uniforms.depth + depth" : `depth * uniforms.${count} + line`;
    const isInside = wholeQuads
      ? `line < uniforms.${count} && depth < limit`
      : depthFirst
        ? `vec4u(depth) + vec4u(0u, 1u, 2u, 3u) < vec4u(select(0u, limit, line < uniforms.${count}))`
        : `vec4u(line) + vec4u(0u, 1u, 2u, 3u) < vec4u(select(0u, uniforms.${count}, depth < limit))`;
    return `{
      let line = first_${name} + ${line};
      let depth = start + ${depth};
      let at = base_${name} + ${at};
      next_${name}${load} = ${waiting.from(`select(vec4f(), ${four}, ${isInside})`)};
    }`;
  }).join("\n    ");
}

/** WGSL: does something, of `at` (a vector of the tile) and `value` (its fetched values), for each vector of the thread's share. */
export function store(operand: Operand, threads: number, put: (at: string, value: string) => string): string {
  const run = perRun(operand);
  const vectors = vectorsOf(operand);
  return Array.from({ length: loads(operand, threads) }, (_, load) => {
    const slot = `(local + ${load * threads}u)`;
    const statement = put(`${slot} / ${run}u * ${operand.pitch}u + ${slot} % ${run}u`, `next_${operand.name}${load}`);
    return vectors < (load + 1) * threads ? `if (${slot} < ${vectors}u) { ${statement} }` : statement;
  }).join("\n    ");
}

/** The n-th component of a vector. */
export const component = (vector: string, index: number): string => `${vector}.${letters[index]}`;

/** WGSL of both kinds of products: which tile a workgroup computes, and of what; declares `limit`, `base`, `start` and more. */
export const place = (tileRows: number, tileColumns: number): string => `
  let column = workgroup.x * ${tileColumns}u;
  let row = workgroup.y * ${tileRows}u;
  let product = workgroup.z / uniforms.splits;
  let split = workgroup.z % uniforms.splits;
  let begin = split * uniforms.splitDepth;
  let limit = min(begin + uniforms.splitDepth, uniforms.depth);
  let base_a = product * uniforms.batchA;
  let base_b = product * uniforms.batchB;
  let first_a = row;
  let first_b = column;
  let base = (split * (uniforms.rows * uniforms.columns)) + product * uniforms.splits * uniforms.rows * uniforms.columns + row * uniforms.columns + column;
  var start = begin;`;

/** Uniforms of both kinds of products. */
export const productUniforms: readonly string[] = [
  "rows",
  "columns",
  "depth",
  "batchA",
  "batchB",
  "splits",
  "splitDepth",
].map((name) => `${name}: u32`);
