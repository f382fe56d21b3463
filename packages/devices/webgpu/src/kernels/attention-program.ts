import type { Program } from "./program.js";

/** Compile-time parameters of an attention shader. */
export interface AttentionVariant {
  /** Channels of a head. */
  readonly size: number;
  /** Queries per tile: 16, or 64 if there are many. */
  readonly tile: 16 | 64;
  readonly hasBias: boolean;
  readonly causal: boolean;
}

const side = 16; // threads of a workgroup: 16 x 16
const step = 16; // channels in workgroup memory at a time

const uniforms = [
  ...["heads", "group", "queries", "keys", "width", "keyWidth", "first"].map((name) => `${name}: u32`),
  "scale: f32",
];
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/**
 * WGSL that every pass shares: a workgroup has one head of one example; thread (ty, tx) has queries `ty + 16 i` and keys (or channels)
 * `tx + 16 j` of a tile. Masked scores are -1e30, as in the composition, so their weight is exactly 0.
 */
function common({ tile, hasBias, causal }: AttentionVariant): string {
  const own = tile / side;
  const bias = hasBias ? "+ bias[(head * uniforms.queries + query) * uniforms.keys + key]" : "";
  const future = causal ? "|| key > query + uniforms.keys - uniforms.queries" : "";
  return `
const own = ${own}u;
const tile = ${tile}u;
var<workgroup> left: array<f32, ${tile * (step + 1)}>;
var<workgroup> right: array<f32, ${tile * (step + 1)}>;
var<workgroup> weights: array<f32, ${tile * (tile + 1)}>;

/** The score of a query and a key from their product; keys beyond the last get none. */
fn scoreOf(product: f32, example: u32, head: u32, query: u32, key: u32) -> f32 {
  if (key >= uniforms.keys) { return -3e38; }
  if (query >= uniforms.queries) { return -1e30; }
  let blocked = mask[example * uniforms.keys + key] == 0.0 ${future};
  return select(product * uniforms.scale ${bias}, -1e30, blocked);
}`;
}

/** WGSL: where a head of the queries, or the one of the keys that it shares with its group, begins in a line of them. */
const headOf = (lines: string, size: number): string => `${lines === "keys" ? "keyHead" : "head"} * ${size}u`;
const widthOf = (lines: string): string => `uniforms.${lines === "keys" ? "keyWidth" : "width"}`;

/** WGSL: copies channels `start...` of a tile of lines into `target`; missing ones are zero. */
const load = (target: string, source: string, lines: string, first: string, count: number, size: number): string => `
      for (var slot = local; slot < ${count * step}u; slot += ${side ** 2}u) {
        let line = ${first} + slot / ${step}u;
        let channel = start + slot % ${step}u;
        let at = (example * uniforms.${lines} + line) * ${widthOf(lines)} + ${headOf(lines, size)} + channel;
        ${target}[(slot / ${step}u) * ${step + 1}u + slot % ${step}u] = select(0.0, ${source}[at], line < uniforms.${lines} && channel < ${size}u);
      }`;

/** WGSL: `name{i}_{j} = sum over channels of linesA[ty + 16 i] linesB[tx + 16 j]`, in order of the channels. */
function products(
  name: string,
  a: string,
  linesA: string,
  firstA: string,
  b: string,
  linesB: string,
  firstB: string,
  variant: AttentionVariant,
): string {
  const { tile, size } = variant;
  const own = range(tile / side);
  return `
    ${own.flatMap((i) => own.map((j) => `var ${name}${i}_${j} = 0.0;`)).join(" ")}
    for (var start = 0u; start < ${size}u; start += ${step}u) {
      workgroupBarrier();
      ${load("left", a, linesA, firstA, tile, size)}
      ${load("right", b, linesB, firstB, tile, size)}
      workgroupBarrier();
      for (var channel = 0u; channel < ${step}u; channel++) {
        ${own.map((i) => `let a${i} = left[(ty + ${side * i}u) * ${step + 1}u + channel];`).join(" ")}
        ${own.map((j) => `let b${j} = right[(tx + ${side * j}u) * ${step + 1}u + channel];`).join(" ")}
        ${own.flatMap((i) => own.map((j) => `${name}${i}_${j} = fma(a${i}, b${j}, ${name}${i}_${j});`)).join(" ")}
      }
    }`;
}

/** WGSL: adds `sum over the tile's lines of weights[line of the thread][line] * source[line]` to `name{i}_{c}`, c-th 16 channels. */
function weighted(
  name: string,
  transposed: boolean,
  source: string,
  lines: string,
  first: string,
  variant: AttentionVariant,
): string {
  const { tile, size } = variant;
  const own = range(tile / side);
  const blocks = range(Math.ceil(size / step));
  const at = (i: number): string =>
    transposed ? `line * ${tile + 1}u + ty + ${side * i}u` : `(ty + ${side * i}u) * ${tile + 1}u + line`;
  return blocks
    .map(
      (block) => `{
      let start = ${block * step}u;
      workgroupBarrier();
      ${load("right", source, lines, first, tile, size)}
      workgroupBarrier();
      for (var line = 0u; line < ${tile}u; line++) {
        let value = right[line * ${step + 1}u + tx];
        ${own.map((i) => `${name}${i}_${block} = fma(weights[${at(i)}], value, ${name}${i}_${block});`).join(" ")}
      }
    }`,
    )
    .join("\n    ");
}

const declareSums = (name: string, { tile, size }: AttentionVariant): string =>
  range(tile / side)
    .flatMap((i) => range(Math.ceil(size / step)).map((block) => `var ${name}${i}_${block} = 0.0;`))
    .join(" ");

/** WGSL: writes `name{i}_{block}` times `scale(i)` to lines of `target`. */
function write(
  name: string,
  target: string,
  lines: string,
  first: string,
  { tile, size }: AttentionVariant,
  scale = (_: number): string => "1.0",
): string {
  return range(tile / side)
    .flatMap((i) =>
      range(Math.ceil(size / step)).map(
        (block) => `if (${first} + ty + ${side * i}u < uniforms.${lines} && ${block * step}u + tx < ${size}u) {
    ${target}[(example * uniforms.${lines} + ${first} + ty + ${side * i}u) * ${widthOf(lines)} + ${headOf(lines, size)} + ${block * step}u + tx] = ${name}${i}_${block} * ${scale(i)};
  }`,
      ),
    )
    .join("\n  ");
}

/**
 * WGSL: for each line `i` of the thread, `name{i} = ` its values and those of the 15 other threads of the line, combined in the order
 * of the threads. All lines at once, through `left`, which is free after the products: barriers are expensive, above all to compile
 * on a CPU.
 */
function acrossThreads(
  name: string,
  own: readonly number[],
  value: (i: number) => string,
  first: string,
  combine: (a: string, b: string) => string,
): string {
  const line = (i: number): string => `(ty + ${side * i}u) * ${step + 1}u`;
  return `
    workgroupBarrier();
    ${own.map((i) => `left[${line(i)} + tx] = ${value(i)};`).join("\n    ")}
    workgroupBarrier();
    ${own.map((i) => `var ${name}${i} = ${first};`).join(" ")}
    for (var x = 0u; x < ${side}u; x++) {
      ${own.map((i) => `${name}${i} = ${combine(`${name}${i}`, `left[${line(i)} + x]`)};`).join(" ")}
    }`;
}

const start = (heads: string, tiles: string): string => `
@compute @workgroup_size(${side ** 2})
fn main(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) workgroup: vec3u) {
  let tx = local % ${side}u;
  let ty = local / ${side}u;
  ${heads}
  let ${tiles} = workgroup.x * tile;`;

/** WGSL: the workgroup has one head of the queries. */
const byQueryHead = `let head = workgroup.y % uniforms.heads;
  let example = uniforms.first + workgroup.y / uniforms.heads;
  let keyHead = head / uniforms.group;`;
/** WGSL: the workgroup has one head of the keys. */
const byKeyHead = `let keyHeads = uniforms.heads / uniforms.group;
  let keyHead = workgroup.y % keyHeads;
  let example = uniforms.first + workgroup.y / keyHeads;`;

const nameOf = (pass: string, { size, tile, hasBias, causal }: AttentionVariant): string =>
  `attention ${pass}, ${size} channels, tile ${tile}${hasBias ? ", bias" : ""}${causal ? ", causal" : ""}`;

/**
 * Outputs for a tile of queries, iterating over tiles of keys (online softmax); `stats` also gets each row's log of the sum and
 * `dy . output`.
 */
export function forwardProgram(variant: AttentionVariant, withStats: boolean): Program {
  const { tile, size, hasBias } = variant;
  const own = range(tile / side);
  const blocks = range(Math.ceil(size / step));
  const reads = ["query", "key", "value", "mask", ...(hasBias ? ["bias"] : []), ...(withStats ? ["dy"] : [])];
  const along = own.map(
    (i) => `
    let inside${i} = query0 + ty + ${side * i}u < uniforms.queries;
    let at${i} = (example * uniforms.queries + query0 + ty + ${side * i}u) * uniforms.width + head * ${size}u + tx;
    var part${i} = 0.0;
    ${blocks.map((block) => `if (inside${i} && ${block * step}u + tx < ${size}u) { part${i} = fma(dy[at${i} + ${block * step}u], o${i}_${block} / total${i}, part${i}); }`).join("\n    ")}`,
  );
  const statistics = own.map(
    (i) => `
    if (tx == 0u && inside${i}) {
      let row = 2u * ((example * uniforms.heads + head) * uniforms.queries + query0 + ty + ${side * i}u);
      stats[row] = top${i} + log(total${i});
      stats[row + 1u] = along${i};
    }`,
  );
  return {
    name: nameOf(withStats ? "statistics" : "forward", variant),
    reads,
    writes: [withStats ? "stats" : "result"],
    uniforms,
    source: `${common(variant)}
${start(byQueryHead, "query0")}
  ${declareSums("o", variant)}
  ${own.map((i) => `var top${i} = -3e38; var total${i} = 0.0;`).join(" ")}
  for (var key0 = 0u; key0 < uniforms.keys; key0 += tile) {
    ${products("s", "query", "queries", "query0", "key", "keys", "key0", variant)}
    ${own.flatMap((i) => own.map((j) => `s${i}_${j} = scoreOf(s${i}_${j}, example, head, query0 + ty + ${side * i}u, key0 + tx + ${side * j}u);`)).join("\n    ")}
    ${acrossThreads(
      "tops",
      own,
      (i) => own.reduce((text, j) => `max(${text}, s${i}_${j})`, "-3e38"),
      "-3e38",
      (a, b) => `max(${a}, ${b})`,
    )}
    ${own
      .map(
        (i) => `
    tops${i} = max(top${i}, tops${i});
    let shrink${i} = exp(top${i} - tops${i});
    top${i} = tops${i};
    ${own.map((j) => `s${i}_${j} = exp(s${i}_${j} - top${i}); weights[(ty + ${side * i}u) * ${tile + 1}u + tx + ${side * j}u] = s${i}_${j};`).join(" ")}
    ${blocks.map((block) => `o${i}_${block} *= shrink${i};`).join(" ")}`,
      )
      .join("")}
    ${acrossThreads(
      "sums",
      own,
      (i) => own.map((j) => `s${i}_${j}`).join(" + "),
      "0.0",
      (a, b) => `${a} + ${b}`,
    )}
    ${own.map((i) => `total${i} = fma(total${i}, shrink${i}, sums${i});`).join(" ")}
    ${weighted("o", false, "value", "keys", "key0", variant)}
  }
  ${
    withStats
      ? [
          ...along,
          acrossThreads(
            "along",
            own,
            (i) => `part${i}`,
            "0.0",
            (a, b) => `${a} + ${b}`,
          ),
          ...statistics,
        ].join("")
      : write("o", "result", "queries", "query0", variant, (i) => `(1.0 / total${i})`)
  }
}`,
  };
}

/** WGSL: after the scores `s` and the products `d` of dy and value, the probabilities and score gradients of the tile. */
function backOfTile(
  queryOf: (i: number, j: number) => string,
  keyOf: (i: number, j: number) => string,
  use: (i: number, j: number) => string,
  own: readonly number[],
): string {
  return own
    .flatMap((i) =>
      own.map(
        (j) => `{
      let query = ${queryOf(i, j)};
      let key = ${keyOf(i, j)};
      let row = 2u * ((example * uniforms.heads + head) * uniforms.queries + min(query, uniforms.queries - 1u));
      let isInside = query < uniforms.queries && key < uniforms.keys;
      let probability = select(0.0, exp(scoreOf(s${i}_${j}, example, head, query, key) - stats[row]), isInside);
      let gradient = select(0.0, probability * (d${i}_${j} - stats[row + 1u]), isInside);
      ${use(i, j)}
    }`,
      ),
    )
    .join("\n    ");
}

const backwardReads = ({ hasBias }: AttentionVariant): string[] => [
  "query",
  "key",
  "value",
  "dy",
  "mask",
  "stats",
  ...(hasBias ? ["bias"] : []),
];

/** dQuery for a tile of queries; with `keepScores` the gradients of the scores too, for the bias. */
export function queryGradientProgram(variant: AttentionVariant, keepScores: boolean): Program {
  const { tile } = variant;
  const own = range(tile / side);
  const keep = keepScores
    ? "if (isInside) { dScores[((example - uniforms.first) * uniforms.heads + head) * uniforms.queries * uniforms.keys + query * uniforms.keys + key] = gradient; }"
    : "";
  return {
    name: nameOf(keepScores ? "dQuery and dScores" : "dQuery", variant),
    reads: backwardReads(variant),
    writes: keepScores ? ["dQuery", "dScores"] : ["dQuery"],
    uniforms,
    source: `${common(variant)}
${start(byQueryHead, "query0")}
  ${declareSums("g", variant)}
  for (var key0 = 0u; key0 < uniforms.keys; key0 += tile) {
    ${products("s", "query", "queries", "query0", "key", "keys", "key0", variant)}
    ${products("d", "dy", "queries", "query0", "value", "keys", "key0", variant)}
    ${backOfTile(
      (i) => `query0 + ty + ${side * i}u`,
      (_, j) => `key0 + tx + ${side * j}u`,
      (i, j) => `weights[(ty + ${side * i}u) * ${tile + 1}u + tx + ${side * j}u] = gradient; ${keep}`,
      own,
    )}
    ${weighted("g", false, "key", "keys", "key0", variant)}
  }
  ${write("g", "dQuery", "queries", "query0", variant, () => "uniforms.scale")}
}`,
  };
}

/** dKey and dValue for a tile of keys, iterating over the heads that share them and tiles of queries: thread (ty, tx) has keys `ty + 16 i`, queries `tx + 16 j`. */
export function keyGradientProgram(variant: AttentionVariant): Program {
  const { tile } = variant;
  const own = range(tile / side);
  const put = (i: number, j: number, value: string): string =>
    `weights[(ty + ${side * i}u) * ${tile + 1}u + tx + ${side * j}u] = ${value};`;
  const query = (_: number, j: number): string => `query0 + tx + ${side * j}u`;
  const key = (i: number): string => `key0 + ty + ${side * i}u`;
  return {
    name: nameOf("dKey and dValue", variant),
    reads: backwardReads(variant),
    writes: ["dKey", "dValue"],
    uniforms,
    source: `${common(variant)}
${start(byKeyHead, "key0")}
  ${declareSums("k", variant)}
  ${declareSums("v", variant)}
  for (var head = keyHead * uniforms.group; head < (keyHead + 1u) * uniforms.group; head++) {
  for (var query0 = 0u; query0 < uniforms.queries; query0 += tile) {
    ${products("s", "key", "keys", "key0", "query", "queries", "query0", variant)}
    ${products("d", "value", "keys", "key0", "dy", "queries", "query0", variant)}
    workgroupBarrier();
    ${backOfTile(query, key, (i, j) => `${put(i, j, "probability")} d${i}_${j} = gradient;`, own)}
    ${weighted("v", false, "dy", "queries", "query0", variant)}
    workgroupBarrier();
    ${own.flatMap((i) => own.map((j) => put(i, j, `d${i}_${j}`))).join("\n    ")}
    ${weighted("k", false, "query", "queries", "query0", variant)}
  } }
  ${write("k", "dKey", "keys", "key0", variant, () => "uniforms.scale")}
  ${write("v", "dValue", "keys", "key0", variant)}
}`,
  };
}
